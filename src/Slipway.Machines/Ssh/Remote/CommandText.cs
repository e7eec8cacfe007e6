using System.Text;
using Slipway.Core.Failures;
using Slipway.Machines.Processes;

namespace Slipway.Machines.Ssh.Remote;

/// <summary>A command as the lines of a script that become it.</summary>
internal static class CommandText
{
    /// <summary>A failure when a shell cannot pass the command on.</summary>
    public static Failure? Check(ProcessCommand command)
    {
        var changes = command.Environment;
        string? wrong = Texts(command).Any(static text => text.Contains('\0', StringComparison.Ordinal)) ? "a part of it holds a NUL character" : null;
        wrong ??= changes.Set.Keys.Concat(changes.Prepend.Keys).Concat(changes.Unset).FirstOrDefault(static name => !ShellText.IsVariable(name)) is { } name
            ? $"no shell passes on a variable named '{name}'"
            : null;
        wrong ??= command.DropPrefixes.Concat(command.KeepVariables).FirstOrDefault(static text => !ShellText.IsVariable(text)) is { } odd
            ? $"'{odd}' is no part of a variable's name"
            : null;
        return wrong is null ? null : new Failure(MachinesFailures.CommandInvalid, $"Cannot start {command.Executable.Replace('\0', '\uFFFD')}: {wrong}.");
    }

    /// <summary>
    /// The lines. They end in the command, in the same process. The worker says <c>nodir</c>, <c>notfound</c> or <c>noexec</c> when there is
    /// nothing to become.
    /// </summary>
    /// <param name="command">A command that <see cref="Check"/> passed.</param>
    public static string Become(ProcessCommand command)
    {
        var text = new StringBuilder();
        if (command.WorkingDirectory is { } directory)
        {
            text.Append("cd -- ").Append(ShellText.Quote(directory)).Append(" 2>/dev/null || { say nodir; exit 1; }\n");
        }

        if (!command.DropPrefixes.IsEmpty)
        {
            text.Append($"drop '{string.Join(' ', command.DropPrefixes)}' '{string.Join(' ', command.KeepVariables)}'\n");
        }

        foreach (var name in command.Environment.Unset)
        {
            text.Append("unset -v ").Append(name).Append('\n');
        }

        foreach (var (name, value) in command.Environment.Set)
        {
            text.Append("export ").Append(name).Append('=').Append(ShellText.Quote(value)).Append('\n');
        }

        foreach (var (name, value) in command.Environment.Prepend)
        {
            text.Append("export ").Append(name).Append('=').Append(ShellText.Quote(value)).Append($"\"${{{name}:+:${name}}}\"\n");
        }

        text.Append("sw_zero=").Append(command.ArgumentZero is { } zero && !string.Equals(zero, command.Executable, StringComparison.Ordinal) ? ShellText.Quote(zero) : string.Empty);
        text.Append("\nbecome ").Append(ShellText.Quote(command.Executable));
        foreach (var argument in command.Arguments)
        {
            text.Append(' ').Append(ShellText.Quote(argument));
        }

        return text.Append('\n').ToString();
    }

    private static IEnumerable<string> Texts(ProcessCommand command) =>
    [
        command.Executable, command.ArgumentZero ?? string.Empty, command.WorkingDirectory ?? string.Empty, .. command.Arguments,
        .. command.Environment.Set.Values, .. command.Environment.Prepend.Values,
    ];
}
