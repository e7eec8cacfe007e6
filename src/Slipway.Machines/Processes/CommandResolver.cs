using Slipway.Core.Failures;
using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Processes;

/// <summary>Turns a command into what the system starts: environment applied, executable found.</summary>
internal static class CommandResolver
{
    private const int MayExecute = 1;

    /// <summary>Where the shell looks when no PATH is set.</summary>
    private static readonly byte[] DefaultPath = "/usr/local/bin:/usr/bin:/bin"u8.ToArray();

    public static Result<ExecImage> Resolve(ProcessCommand command, StartupEnvironment inherited)
    {
        if (FindNul(command) is { } where)
        {
            return new Failure(MachinesFailures.CommandInvalid, $"Cannot start {Printable(command.Executable)}: {where} holds a NUL character.");
        }

        var block = inherited.ToBlock();
        block.Drop(command.DropPrefixes.AsSpan(), command.KeepVariables.AsSpan());
        block.Apply(command.Environment);
        var arguments = new byte[command.Arguments.Length + 1][];
        arguments[0] = PosixText.Encode(command.ArgumentZero ?? command.Executable);
        for (var i = 0; i < command.Arguments.Length; i++)
        {
            arguments[i + 1] = PosixText.Encode(command.Arguments[i]);
        }

        return Find(command, block).Map(path => new ExecImage(path, arguments, block.ToArray()));
    }

    /// <summary>A failure when the working directory of a command is not there.</summary>
    public static Failure? CheckDirectory(string? directory)
    {
        if (directory is null)
        {
            return null;
        }

        var result = StatX.ReadAt(Descriptor.CurrentDirectory, PosixText.EncodeTerminated(directory), out var status, follow: true);
        return result == 0 && status.Kind is FileKind.Directory ? null : StartFailures.NoDirectory(directory);
    }

    private static Result<byte[]> Find(ProcessCommand command, EnvironmentBlock block)
    {
        if (command.Executable.Contains('/', StringComparison.Ordinal))
        {
            return PosixText.Encode(command.Executable);
        }

        var name = PosixText.Encode(command.Executable);
        var path = block.Find("PATH"u8) ?? DefaultPath;
        string? refused = null;
        foreach (var range in path.AsSpan().Split((byte)':'))
        {
            // An empty entry means the current directory: nothing here is ever found by accident.
            var directory = path.AsSpan(range);
            if (directory.IsEmpty || name.Length == 0)
            {
                continue;
            }

            byte[] candidate = [.. directory, (byte)'/', .. name, 0];
            if (StatX.ReadAt(Descriptor.CurrentDirectory, candidate, out var status, follow: true) != 0 || status.Kind is not FileKind.File)
            {
                continue;
            }

            if (Libc.AccessAt(Descriptor.CurrentDirectory, candidate, MayExecute, 0) == 0)
            {
                return candidate[..^1];
            }

            refused ??= PosixText.Decode(candidate.AsSpan()[..^1]);
        }

        return refused is null ? StartFailures.NotFound(command.Executable) : StartFailures.NotExecutable(refused, "permission denied");
    }

    private static string? FindNul(ProcessCommand command)
    {
        if (HasNul(command.Executable) || HasNul(command.ArgumentZero) || HasNul(command.WorkingDirectory))
        {
            return "its name or directory";
        }

        for (var i = 0; i < command.Arguments.Length; i++)
        {
            if (HasNul(command.Arguments[i]))
            {
                return $"argument {i + 1}";
            }
        }

        foreach (var (name, value) in command.Environment.Set.Concat(command.Environment.Prepend))
        {
            if (HasNul(name) || HasNul(value))
            {
                return $"variable {Printable(name)}";
            }
        }

        return null;
    }

    private static bool HasNul(string? text) => text is not null && text.Contains('\0', StringComparison.Ordinal);

    private static string Printable(string text) => text.Replace('\0', '\uFFFD');
}
