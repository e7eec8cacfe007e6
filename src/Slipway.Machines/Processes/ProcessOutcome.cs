using System.Text;

namespace Slipway.Machines.Processes;

/// <summary>How a process ended.</summary>
public enum ProcessEnd
{
    /// <summary>It exited by itself.</summary>
    Exited,

    /// <summary>A signal that was not ours ended it.</summary>
    Signalled,

    /// <summary>Its time limit passed and it was ended.</summary>
    TimedOut,
}

/// <summary>The end of a process and the tail of what it wrote.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Code">The exit code, or the signal's number.</param>
/// <param name="StandardOutput">The last bytes of standard output, at most the command's capture limit.</param>
/// <param name="StandardError">The last bytes of standard error, likewise.</param>
/// <param name="Truncated">Whether either stream was longer than what is kept.</param>
/// <param name="Duration">Wall time from start to exit.</param>
public sealed record ProcessOutcome(
    ProcessEnd End,
    int Code,
    ReadOnlyMemory<byte> StandardOutput,
    ReadOnlyMemory<byte> StandardError,
    bool Truncated,
    TimeSpan Duration)
{
    // A shell tells a signal by a code above this one.
    internal const int SignalBase = 128;

    /// <summary>The code as a shell tells it: 128 and the signal's number for a signal.</summary>
    public int ShellCode => End is ProcessEnd.Signalled ? SignalBase + Code : Code;

    /// <summary>Whether the process exited with code 0.</summary>
    public bool Succeeded => End is ProcessEnd.Exited && Code == 0;

    /// <summary>Standard output as UTF-8, invalid bytes replaced.</summary>
    public string OutputText => Encoding.UTF8.GetString(StandardOutput.Span);

    /// <summary>Standard error as UTF-8, invalid bytes replaced.</summary>
    public string ErrorText => Encoding.UTF8.GetString(StandardError.Span);

    /// <summary>The end in words: <c>exit code 1</c>, <c>signal 9</c>, <c>time limit</c>.</summary>
    public string Describe() => End switch
    {
        ProcessEnd.Exited => $"exit code {Code}",
        ProcessEnd.Signalled => $"signal {Code}",
        _ => "its time limit",
    };
}
