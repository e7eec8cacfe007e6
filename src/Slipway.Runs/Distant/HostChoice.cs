using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Runs.Arguments;

namespace Slipway.Runs.Distant;

/// <summary>One host of <c>--on</c>, and the extras that only it gets: <c>gpu1[training,dev]</c>.</summary>
/// <param name="On">A name or an address.</param>
/// <param name="Extras">Names of extras.</param>
public sealed record HostChoice(string On, ImmutableArray<string> Extras)
{
    /// <summary>Reads the values of <c>--on</c>; commas outside of brackets separate hosts. An IPv6 address begins with its bracket, extras end with theirs.</summary>
    /// <returns>The hosts in order, each once; a failure for a malformed value and for a host that is named twice.</returns>
    public static Result<ImmutableArray<HostChoice>> ParseAll(IEnumerable<string> values)
    {
        var hosts = ImmutableArray.CreateBuilder<HostChoice>();
        foreach (var text in values.SelectMany(Split))
        {
            if (!Parse(text).TryGet(out var host, out var failure))
            {
                return failure;
            }

            if (hosts.Any(other => string.Equals(other.On, host.On, StringComparison.Ordinal)))
            {
                return new Failure(RunFailures.Usage, $"--on names {host.On} twice.");
            }

            hosts.Add(host);
        }

        return hosts.ToImmutable();
    }

    /// <summary>A command line as it is for this host alone.</summary>
    public RunArguments Apply(RunArguments arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return arguments with
        {
            Options =
            [
                .. arguments.Options.Where(static option => !ReferenceEquals(option.Option, RunOptions.On)),
                new GivenOption(RunOptions.On, On),
                .. Extras.Select(static extra => new GivenOption(RunOptions.Extra, extra)),
            ],
        };
    }

    private static Result<HostChoice> Parse(string text)
    {
        var open = text.EndsWith(']') ? text.LastIndexOf('[') : -1;
        var on = (open > 0 && text[open - 1] is not '@' ? text[..open] : text).Trim();
        ImmutableArray<string> extras = on.Length == text.Trim().Length ? [] : [.. text[(open + 1)..^1].Split(',', StringSplitOptions.TrimEntries)];
        return on.Length == 0 || extras.Any(static extra => extra.Length == 0)
            ? new Failure(RunFailures.Usage, $"--on '{text}' names no host, or an extra without a name.")
            : new HostChoice(on, extras);
    }

    private static IEnumerable<string> Split(string value)
    {
        var (depth, start) = (0, 0);

        // The line of a provider is one address, whatever is in it.
        if (value.TrimStart().StartsWith("ssh ", StringComparison.Ordinal))
        {
            yield return value;
            yield break;
        }

        for (var i = 0; i < value.Length; i++)
        {
            depth += value[i] is '[' ? 1 : value[i] is ']' ? -1 : 0;
            if (depth == 0 && value[i] is ',')
            {
                yield return value[start..i];
                start = i + 1;
            }
        }

        yield return value[start..];
    }
}
