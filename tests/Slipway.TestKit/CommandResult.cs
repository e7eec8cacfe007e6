namespace Slipway.TestKit;

/// <summary>What a program left behind.</summary>
/// <param name="ExitCode">Its exit code; 128 plus the signal's number when a signal ended it.</param>
/// <param name="Stdout">All of its standard output.</param>
/// <param name="Stderr">All of its standard error.</param>
/// <param name="Duration">From its start until it had ended and its output was read.</param>
public sealed record CommandResult(int ExitCode, string Stdout, string Stderr, TimeSpan Duration)
{
    /// <summary>The output as a message for a failed test.</summary>
    public override string ToString() => $"exit code {ExitCode}\n--- stdout ---\n{Stdout}\n--- stderr ---\n{Stderr}";

    /// <summary>This result, when the program succeeded.</summary>
    /// <exception cref="InvalidOperationException">It did not; the message holds the output.</exception>
    public CommandResult OrThrow() => ExitCode == 0 ? this : throw new InvalidOperationException(ToString());
}
