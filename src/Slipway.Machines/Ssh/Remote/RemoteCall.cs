using System.Collections.Immutable;

namespace Slipway.Machines.Ssh.Remote;

/// <summary>What standard input is for, after the script and its payloads.</summary>
internal enum InputUse
{
    /// <summary>Nothing but its end, which ends the worker.</summary>
    Lifeline,

    /// <summary>Lines that the worker asks for.</summary>
    Answers,

    /// <summary>What the command reads.</summary>
    Feed,
}

/// <summary>One call: what the worker does there, and what it gets.</summary>
/// <param name="Body">The worker's script: POSIX sh, made only of our own text and quoted words.</param>
internal sealed record RemoteCall(string Body)
{
    /// <summary>What the supervisor does when the worker has ended: <c>$sw_code</c> is its code, and <c>$sw_ended</c> is not empty when it was ended from outside.</summary>
    public string After { get; init; } = string.Empty;

    /// <summary>Bytes that lie in the files <c>$sw_room/1</c>, <c>$sw_room/2</c> … when the script starts.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Payloads { get; init; } = [];

    /// <summary>What standard input is for.</summary>
    public InputUse Input { get; init; }

    /// <summary>What the command reads, for <see cref="InputUse.Feed"/>.</summary>
    public Processes.InputFeed? Feed { get; init; }

    /// <summary>Between TERM and KILL.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After this time the worker is ended; null means no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether our lines come on standard output, too.</summary>
    public bool MarksOutput { get; init; }
}

/// <summary>How a call ended there.</summary>
/// <param name="Code">The worker's exit code as its shell tells it: 128 and the signal's number for a signal.</param>
/// <param name="TimedOut">Whether its time limit ended it.</param>
/// <param name="Duration">Wall time, from the start here.</param>
internal sealed record RemoteEnd(int Code, bool TimedOut, TimeSpan Duration);

/// <summary>Receives what a call produces. Calls come one at a time.</summary>
internal interface IRemoteListener : Processes.IOutputSink
{
    /// <summary>A line of the worker's own.</summary>
    /// <param name="stream">Where it came.</param>
    /// <param name="line">Its text.</param>
    /// <returns>A line to answer with; null for none.</returns>
    string? Line(Processes.OutputStream stream, string line);
}
