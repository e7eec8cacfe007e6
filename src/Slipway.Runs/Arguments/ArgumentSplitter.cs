using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Runs.Arguments;

/// <summary>
/// Cuts a command line at the target. The fast path and the full path both use this one, so they cannot disagree about
/// where the workload's own arguments begin. It never looks at what comes after the target. After <c>--</c> the next
/// word is the target whatever it looks like; only <c>-</c> still means standard input, as everywhere in POSIX.
/// </summary>
public static class ArgumentSplitter
{
    /// <summary>Splits the arguments after the verb.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="known">The options that the verb takes.</param>
    public static Result<RunArguments> Split(ReadOnlySpan<string> arguments, ImmutableArray<RunOption> known)
    {
        var options = ImmutableArray.CreateBuilder<GivenOption>();
        var help = false;
        for (var i = 0; i < arguments.Length; i++)
        {
            var word = arguments[i];
            switch (word)
            {
                case "-h" or "--help":
                    help = true;
                    continue;
                case "--":
                    return AtTarget(arguments[(i + 1)..], options, help);
                case "-m":
                    return AtModule(arguments[(i + 1)..], options, help);
            }

            if (word is "-" || !word.StartsWith('-'))
            {
                return AtTarget(arguments[i..], options, help);
            }

            if (!TakeOption(arguments, ref i, known).TryGet(out var option, out var failure))
            {
                return failure;
            }

            if (!option.Option.Repeatable && Contains(options, option.Option))
            {
                return Usage($"{option.Option.Name} is given twice.");
            }

            options.Add(option);
        }

        return new RunArguments(options.ToImmutable(), null, [], help);
    }

    /// <summary>
    /// Whether a switch stands before the target, also where the rest of the head is wrong: a mistake has to be told in
    /// the way that was asked for.
    /// </summary>
    /// <param name="arguments">The arguments after the verb.</param>
    /// <param name="known">The options that the verb takes.</param>
    /// <param name="option">The switch.</param>
    public static bool HasInHead(ReadOnlySpan<string> arguments, ImmutableArray<RunOption> known, RunOption option)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            var word = arguments[i];
            if (word is "--" or "-m" or "-" || !word.StartsWith('-'))
            {
                return false;
            }

            if (string.Equals(word, option.Name, StringComparison.Ordinal))
            {
                return true;
            }

            i += Find(known, word) is { TakesValue: true } ? 1 : 0;
        }

        return false;
    }

    private static Result<RunArguments> AtModule(
        ReadOnlySpan<string> rest, ImmutableArray<GivenOption>.Builder options, bool help)
    {
        if (rest.IsEmpty && help)
        {
            return new RunArguments(options.ToImmutable(), null, [], help);
        }

        return rest.IsEmpty || rest[0].Length == 0
            ? Usage("-m needs the name of a module.")
            : new RunArguments(options.ToImmutable(), new RunTarget(TargetForm.Module, rest[0]), [.. rest[1..]], help);
    }

    private static Result<RunArguments> AtTarget(
        ReadOnlySpan<string> rest, ImmutableArray<GivenOption>.Builder options, bool help)
    {
        if (rest.IsEmpty)
        {
            return new RunArguments(options.ToImmutable(), null, [], help);
        }

        var form = rest[0] is "-" ? TargetForm.StandardInput : TargetForm.Word;
        return rest[0].Length == 0
            ? Usage("The target is an empty word.")
            : new RunArguments(options.ToImmutable(), new RunTarget(form, rest[0]), [.. rest[1..]], help);
    }

    private static Result<GivenOption> TakeOption(ReadOnlySpan<string> arguments, ref int index, ImmutableArray<RunOption> known)
    {
        var word = arguments[index];
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? word : word[..equals];
        if (Find(known, name) is not { } option)
        {
            var nearest = NearestName.Of(name, known.Select(candidate => candidate.Name));
            return Usage($"'{name}' is not an option of this command{(nearest is null ? "." : $"; did you mean {nearest}?")}");
        }

        if (!option.TakesValue)
        {
            return equals < 0 ? new GivenOption(option, string.Empty) : Usage($"{name} takes no value.");
        }

        if (equals >= 0)
        {
            return new GivenOption(option, word[(equals + 1)..]);
        }

        if (index + 1 >= arguments.Length)
        {
            return Usage($"{name} needs {option.ValueName}.");
        }

        return new GivenOption(option, arguments[++index]);
    }

    private static RunOption? Find(ImmutableArray<RunOption> known, string name)
    {
        foreach (var option in known)
        {
            if (string.Equals(option.Name, name, StringComparison.Ordinal))
            {
                return option;
            }
        }

        return null;
    }

    private static bool Contains(ImmutableArray<GivenOption>.Builder options, RunOption option)
    {
        foreach (var (given, _) in options)
        {
            if (ReferenceEquals(given, option))
            {
                return true;
            }
        }

        return false;
    }

    private static Failure Usage(string message) => new(RunFailures.Usage, message);
}
