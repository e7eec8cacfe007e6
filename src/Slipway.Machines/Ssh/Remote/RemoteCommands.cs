using System.Security.Cryptography;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Machines.Processes;

namespace Slipway.Machines.Ssh.Remote;

/// <summary>Runs commands on a host and tells their end as the local machine does.</summary>
internal sealed class RemoteCommands(RemoteShell shell)
{
    private const int MarkDigits = 32;

    /// <summary>Runs a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="before">Lines of the worker's that come first.</param>
    /// <param name="listener">Receives output, and the lines of <paramref name="before"/>.</param>
    /// <param name="cancellationToken">Ends it there.</param>
    public async Task<Result<ProcessOutcome>> RunAsync(ProcessCommand command, string before, CommandListener listener, CancellationToken cancellationToken)
    {
        if (CommandText.Check(command) is { } invalid)
        {
            return invalid;
        }

        // A login shell's start files may say something first; the command's output begins after a line that nothing else can know.
        var mark = RandomNumberGenerator.GetHexString(MarkDigits, lowercase: true);
        listener.Expect(mark);
        var input = command.StandardInput is not null ? "exec 0<\"$sw_room/1\"\nrm -f -- \"$sw_room/1\"\n" : command.Feed is not null ? "exec 0<&5 5<&-\n" : "exec 0</dev/null\n";
        var call = new RemoteCall($"{RemoteScripts.Worker}{input}{before}{JournalText.Begin(command.Journal)}say start\necho {mark}\n{CommandText.Become(command)}")
        {
            After = JournalText.End(command.Journal),
            Payloads = command.StandardInput is { } content ? [content] : [],
            Input = command is { StandardInput: null, Feed: not null } ? InputUse.Feed : InputUse.Lifeline,
            Feed = command.StandardInput is null ? command.Feed : null,
            Grace = command.Grace,
            Timeout = command.Timeout,
        };
        var ended = await shell.RunAsync(call, listener, cancellationToken).ConfigureAwait(false);
        return ended.TryGet(out var end, out var failure) ? listener.Conclude(command, end) : failure;
    }
}

/// <summary>What a command wrote, and what its worker said instead of starting it.</summary>
internal class CommandListener(IOutputSink? sink, int captureLimit) : IRemoteListener
{
    private const int LastSignal = 64;

    private readonly TailBuffer _output = new(captureLimit);
    private readonly TailBuffer _error = new(captureLimit);
    private readonly List<byte> _early = [];
    private byte[] _mark = [];
    private string? _refusal;

    /// <summary>What comes on standard output before a line of this text is not the command's.</summary>
    public void Expect(string mark) => _mark = Encoding.ASCII.GetBytes($"{mark}\n");

    public void Write(OutputStream stream, ReadOnlySpan<byte> chunk)
    {
        if (stream is OutputStream.Output && _mark.Length > 0)
        {
            _early.AddRange(chunk);
            byte[] all = [.. _early];
            var start = all.AsSpan().IndexOf(_mark);
            if (start < 0)
            {
                _early.RemoveRange(0, Math.Max(0, _early.Count - _mark.Length));
                return;
            }

            chunk = all.AsSpan(start + _mark.Length);
            _mark = [];
            if (chunk.IsEmpty)
            {
                return;
            }
        }

        (stream is OutputStream.Output ? _output : _error).Append(chunk);
        sink?.Write(stream, chunk);
    }

    public virtual string? Line(OutputStream stream, string line)
    {
        _refusal ??= line is "start" ? null : line;
        return null;
    }

    /// <summary>The end of the command.</summary>
    public Result<ProcessOutcome> Conclude(ProcessCommand command, RemoteEnd end) => Refusal(command, _refusal) is { } failure ? failure : new ProcessOutcome(
        end.TimedOut ? ProcessEnd.TimedOut : ProcessEnd.Exited,
        end.Code,
        _output.ToArray(),
        _error.ToArray(),
        _output.Truncated || _error.Truncated,
        end.Duration);

    /// <summary>The failure that a worker's line stands for; null for a line of another kind.</summary>
    public static Failure? Refusal(ProcessCommand command, string? line) => line switch
    {
        "nodir" => StartFailures.NoDirectory(command.WorkingDirectory ?? "~"),
        "notfound" => StartFailures.NotFound(command.Executable),
        not null when line.StartsWith("noexec ", StringComparison.Ordinal) => StartFailures.NotExecutable(line[7..], "it has no execute permission, or what it names as its interpreter does not exist"),
        _ => null,
    };

    /// <summary>The signal that an exit code probably stands for; null for none. A shell cannot tell <c>exit 137</c> from a kill.</summary>
    internal static int? LikelySignal(int code) => code is > ProcessOutcome.SignalBase and <= ProcessOutcome.SignalBase + LastSignal ? code - ProcessOutcome.SignalBase : null;
}
