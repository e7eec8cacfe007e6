using System.Security.Cryptography;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Machines.Posix;
using Slipway.Machines.Processes;
using Slipway.Machines.Ssh.Transport;

namespace Slipway.Machines.Ssh.Remote;

/// <summary>
/// Runs a command with a terminal on a host, joined with that of this process by <c>ssh -tt</c>. Then nothing but the command's own may be on the connection, so
/// its script goes there before, into a file that only its owner can read and that is removed as soon as it is open, and what it has to say is asked for after.
/// </summary>
internal sealed class RemoteTerminal(SshSettings settings, ProcessRunner runner, SshConnections connections, RemoteCommands commands)
{
    private const string Prepare =
        "umask 077; sw_d=$(mktemp -d /dev/shm/slipway.XXXXXXXX 2>/dev/null || mktemp -d \"${TMPDIR:-/tmp}/slipway.XXXXXXXX\") && printf %s \"$1\" >\"$sw_d/wait\" && cat >\"$sw_d/body\" && printf %s \"$sw_d\"";

    private const string Ask = "cat -- \"$1/said\" 2>/dev/null; rm -rf -- \"$1\"";

    private static readonly TimeSpan CallTime = TimeSpan.FromSeconds(60);
    private static readonly string Wait = RemoteScripts.Read(typeof(RemoteTerminal), "terminal.sh");

    /// <summary>Runs a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="before">Lines of the worker's that come first.</param>
    /// <param name="listener">Receives the lines of <paramref name="before"/>.</param>
    /// <param name="cancellationToken">Ends the preparation.</param>
    public async Task<Result<ProcessOutcome>> RunAsync(ProcessCommand command, string before, CommandListener listener, CancellationToken cancellationToken)
    {
        if (CommandText.Check(command) is { } invalid)
        {
            return invalid;
        }

        var body = $"rm -f -- \"$0\"\nsw_tty=$1\n{RemoteScripts.Worker}tell() {{ printf '%s\\n' \"$*\" >>\"$sw_tty/said\"; }}\n{before}{JournalText.Begin(command.Journal)}say start\n{CommandText.Become(command)}";
        var wait = $"sw_after={ShellText.Quote(JournalText.End(command.Journal))}\n{Wait}";
        var prepared = await CallAsync(ProcessCommand.Create("sh", "-c", Prepare, "sh", wait) with { StandardInput = PosixText.Encode(body) }, cancellationToken).ConfigureAwait(false);
        if (!prepared.TryGet(out var there, out var failure))
        {
            return failure;
        }

        var folder = PosixText.Decode(there.StandardOutput.Span);
        if (!there.Succeeded || folder.Length == 0 || !folder.All(static c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-'))
        {
            return new Failure(MachinesFailures.RemoteToolMissing, $"{settings.Name} has no writable /dev/shm or /tmp, which Slipway needs there.") { Detail = there.ErrorText.Trim() };
        }

        return await AttachAsync(command, folder, listener, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Result<ProcessOutcome>> AttachAsync(ProcessCommand command, string folder, CommandListener listener, CancellationToken cancellationToken)
    {
        var opened = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (!opened.TryGet(out var socket, out var failure))
        {
            return failure;
        }

        var log = $"{connections.LogFolder}/log-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        try
        {
            var ssh = new ProcessCommand("ssh", SshArguments.Terminal(settings, socket.Length == 0 ? null : socket, log, $"exec sh {folder}/wait {folder}")) { IsAttached = true };
            var ran = await runner.RunAsync(ssh, sink: null, [], cancellationToken).ConfigureAwait(false);
            if (!ran.TryGet(out var outcome, out failure))
            {
                return failure.Code == MachinesFailures.ProgramNotFound ? SshConnections.NoClient() : failure;
            }

            var asked = await CallAsync(ProcessCommand.Create("sh", "-c", Ask, "sh", folder), CancellationToken.None).ConfigureAwait(false);
            if (!asked.TryGet(out var said, out failure))
            {
                return failure;
            }

            if (Code(said.OutputText, listener) is { } code)
            {
                return listener.Conclude(command, new RemoteEnd(code, TimedOut: false, outcome.Duration));
            }

            var words = SshConnections.ReadLog(log);
            return SshDiagnosis.Describe(settings, SshDiagnosis.Classify(words), words);
        }
        finally
        {
            _ = LocalFiles.RemoveFile(log);
        }
    }

    private static int? Code(string said, CommandListener listener)
    {
        int? code = null;
        foreach (var line in said.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("rc ", StringComparison.Ordinal) && int.TryParse(line.AsSpan(3), out var number))
            {
                code = number;
            }
            else
            {
                _ = listener.Line(OutputStream.Error, line);
            }
        }

        return code;
    }

    private Task<Result<ProcessOutcome>> CallAsync(ProcessCommand command, CancellationToken cancellationToken) =>
        commands.RunAsync(command with { Timeout = CallTime }, string.Empty, new CommandListener(sink: null, command.CaptureLimit), cancellationToken);
}
