using System.Collections.Immutable;

namespace Slipway.Machines.Processes;

/// <summary>
/// Fixed shell text of ours that keeps a record of a command where the command runs: POSIX sh, run beside it by the machine, in a shell of its own and with
/// nothing to read. What it writes to its streams and how it ends is lost: a command never fails because its record could not be kept.
/// </summary>
/// <param name="Script">
/// The text. Its first three arguments are <c>begin</c>, the command's process and the process that waits for it, once, just before or after the command starts;
/// <c>refused</c>, a word that says why there is nothing to start (<c>nodir</c>, <c>notfound</c>, <c>noexec</c>) and nothing, on a distant machine, which finds
/// that out last; and <c>end</c>, the command's code as a shell tells it and a text that is not empty when it was ended from outside. A distant machine tells of
/// an end also where a guard kept the command from beginning.
/// </param>
/// <param name="Arguments">What follows these three.</param>
public sealed record CommandJournal(string Script, ImmutableArray<string> Arguments)
{
    /// <summary>A command of this machine that does one part of it.</summary>
    internal ProcessCommand ToCommand(string part, string first, string second) =>
        ProcessCommand.Create("/bin/sh", ["-c", Script, "sh", part, first, second, .. Arguments]);
}
