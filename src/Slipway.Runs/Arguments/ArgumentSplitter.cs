using System.Collections.Immutable;
using Slipway.Core.Failures;

namespace Slipway.Runs.Arguments;

/// <summary>
/// Cuts a command line at the target. The fast path and the full path both use this one, so they cannot disagree about
/// where the workload's own arguments begin. It never looks at what comes after the target.
/// </summary>
public static class ArgumentSplitter
{
    /// <summary>Splits the arguments after the verb.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="known">The options that the verb takes.</param>
    public static Result<RunArguments> Split(ReadOnlySpan<string> arguments, ImmutableArray<RunOption> known)
    {
        var options = ImmutableArray.CreateBuilder<KeyValuePair<RunOption, string>>();
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
                case "-m" or "-":
                    return AtTarget(arguments[i..], options, help);
            }

            if (!word.StartsWith('-'))
            {
                return AtTarget(arguments[i..], options, help);
            }

            if (!TakeOption(arguments, ref i, known).TryGet(out var option, out var failure))
            {
                return failure;
            }

            if (!option.Key.Repeatable && Contains(options, option.Key))
            {
                return Usage($"{option.Key.Name} is given twice.");
            }

            options.Add(option);
        }

        return new RunArguments(options.ToImmutable(), null, [], help);
    }

    private static Result<RunArguments> AtTarget(
        ReadOnlySpan<string> rest, ImmutableArray<KeyValuePair<RunOption, string>>.Builder options, bool help)
    {
        if (rest.IsEmpty)
        {
            return new RunArguments(options.ToImmutable(), null, [], help);
        }

        if (rest[0] is "-m")
        {
            return rest.Length < 2
                ? Usage("-m needs the name of a module.")
                : new RunArguments(options.ToImmutable(), new RunTarget(TargetForm.Module, rest[1]), [.. rest[2..]], help);
        }

        var form = rest[0] is "-" ? TargetForm.StandardInput : TargetForm.Word;
        return rest[0].Length == 0
            ? Usage("The target is an empty word.")
            : new RunArguments(options.ToImmutable(), new RunTarget(form, rest[0]), [.. rest[1..]], help);
    }

    private static Result<KeyValuePair<RunOption, string>> TakeOption(ReadOnlySpan<string> arguments, ref int index, ImmutableArray<RunOption> known)
    {
        var word = arguments[index];
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? word : word[..equals];
        if (Find(known, name) is not { } option)
        {
            return Usage($"'{name}' is not an option of this command.");
        }

        if (!option.TakesValue)
        {
            return equals < 0 ? KeyValuePair.Create(option, string.Empty) : Usage($"{name} takes no value.");
        }

        if (equals >= 0)
        {
            return KeyValuePair.Create(option, word[(equals + 1)..]);
        }

        if (index + 1 >= arguments.Length)
        {
            return Usage($"{name} needs {option.ValueName}.");
        }

        return KeyValuePair.Create(option, arguments[++index]);
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

    private static bool Contains(ImmutableArray<KeyValuePair<RunOption, string>>.Builder options, RunOption option)
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
