using Slipway.Core.Failures;

namespace Slipway.Machines.Ssh.Remote;

/// <summary>The one place that puts text into a shell script: exact in every POSIX shell for all bytes but NUL.</summary>
public static class ShellText
{
    /// <summary>One word.</summary>
    /// <exception cref="ArgumentException">The text holds a NUL, which <see cref="CheckNul"/> tells beforehand.</exception>
    public static string Quote(string text) => text.Contains('\0', StringComparison.Ordinal)
        ? throw new ArgumentException("A NUL cannot be written in a script.", nameof(text))
        : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>A line for the worker that <c>printf %b</c> turns back into the text.</summary>
    public static string Line(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\0", string.Empty, StringComparison.Ordinal);

    /// <summary>Whether a text can be the name of a variable in a shell.</summary>
    public static bool IsVariable(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_');

    /// <summary>A failure when a path holds a NUL.</summary>
    public static Failure? CheckNul(string path) => path.Contains('\0', StringComparison.Ordinal)
        ? new Failure(MachinesFailures.CommandInvalid, "A path holds a NUL character.")
        : null;
}
