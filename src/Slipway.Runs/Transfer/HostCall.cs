using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Posix;
using Slipway.Machines.Processes;

namespace Slipway.Runs.Transfer;

/// <summary>What a script of ours answered: records, each a word and a text.</summary>
/// <param name="Outcome">How it ended.</param>
internal sealed record HostAnswer(ProcessOutcome Outcome)
{
    private readonly ILookup<string, string> _records = PosixText.Decode(Outcome.StandardOutput.Span).Split('\0', StringSplitOptions.RemoveEmptyEntries)
        .Select(static record => record.Split(' ', 2))
        .ToLookup(static pair => pair[0], static pair => pair.Length > 1 ? pair[1] : string.Empty, StringComparer.Ordinal);

    /// <summary>Whether it came to its end.</summary>
    public bool IsDone => Outcome.Succeeded && _records.Contains("done");

    /// <summary>The texts of one word's records.</summary>
    public ImmutableArray<string> this[string word] => [.. _records[word]];

    /// <summary>The text of a word's first record; null when there is none.</summary>
    public string? First(string word) => _records[word].FirstOrDefault();
}

/// <summary>Runs scripts of ours on a host.</summary>
internal static class HostCall
{
    /// <summary>After the end of what it is sent, a script has this long for the rest. It ends by itself when the sending breaks off.</summary>
    public static readonly TimeSpan LongTail = TimeSpan.FromMinutes(30);

    /// <summary>A command that runs a script.</summary>
    public static ProcessCommand Command(string script, params ReadOnlySpan<string> arguments) =>
        ProcessCommand.Create("sh", ["-c", script, "sh", .. arguments]);

    /// <summary>Runs a script to its end.</summary>
    public static async Task<Result<HostAnswer>> AskAsync(IMachine host, ProcessCommand command, CancellationToken cancellationToken)
    {
        var ran = await host.RunAsync(command, output: null, cancellationToken).ConfigureAwait(false);
        return ran.Map(static outcome => new HostAnswer(outcome));
    }

    /// <summary>Runs a command that reads what is produced meanwhile.</summary>
    /// <param name="host">Where.</param>
    /// <param name="command">The command.</param>
    /// <param name="produce">Writes; what it writes to answers false when nobody reads any more. Its failure counts more than the command's.</param>
    /// <param name="cancellationToken">Ends both.</param>
    public static async Task<Result<HostAnswer>> FeedAsync(
        IMachine host, ProcessCommand command, Func<Func<ReadOnlyMemory<byte>, bool>, Task<Failure?>> produce, CancellationToken cancellationToken)
    {
        var feed = new InputFeed();
        var running = host.RunAsync(command with { Feed = feed }, output: null, cancellationToken);
        Failure? failure;
        try
        {
            failure = await Task.Run(() => produce(Hand), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            feed.Complete();
        }

        var ran = await running.ConfigureAwait(false);
        return failure is not null ? failure : ran.Map(static outcome => new HostAnswer(outcome));

        // A command that never starts takes nothing, and says so only by its end.
        bool Hand(ReadOnlyMemory<byte> data)
        {
            try
            {
                var written = feed.WriteAsync(data);
                Task.WaitAny([written, running], CancellationToken.None);
                return written.IsCompletedSuccessfully && written.Result;
            }
            catch (InvalidOperationException)
            {
                // Of a command that has come to its end, the machine completes the input.
                return false;
            }
        }
    }
}
