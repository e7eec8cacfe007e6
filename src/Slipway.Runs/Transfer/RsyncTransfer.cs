using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.Processes;
using Slipway.Machines.Ssh;

namespace Slipway.Runs.Transfer;

/// <summary>
/// Copies trees with rsync where both machines have it: it sends only what differs, and goes on where it was broken off. It speaks over the same
/// connection and options as everything else. Null means that it could not begin, for example because the login shell there says
/// something of its own, and that the copy is to be made with tar.
/// </summary>
internal sealed class RsyncTransfer(IMachine here, IMachine host)
{
    private const int PartialTransfer = 23;
    private const int VanishedSource = 24;

    // Wrong options for its version, no protocol, a stream that is no rsync's, no program.
    private static readonly ImmutableArray<int> NotBegun = [1, 2, 4, 12, 14, 126, 127];

    // rsync gives the host's name first, which the text of the client has already.
    private const string Shell = "sh -c 'shift; eval \"exec $SLIPWAY_SSH \\\"\\$@\\\"\"' sh";

    /// <summary>Copies a tree there.</summary>
    public Task<Result<TransferSummary>?> PushAsync(string root, IReadOnlyList<InventoryEntry> entries, string target, TransferFaults faults, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        var usual = entries.Where(static entry => entry.Kind is not FileKind.Other).ToList();
        foreach (var other in entries.Where(static entry => entry.Kind is FileKind.Other))
        {
            faults.Warn($"{root}/{other.Path} is neither a file, a directory nor a link, and was passed over.");
        }

        var command = Command("--from0", "--files-from=-", "--", $"{root}/", $"host:{target.TrimEnd('/')}/") with { StandardInput = TreePacker.Records(usual.Select(static entry => entry.Path)) };
        return RunAsync(command, target, usual.Count, usual.Sum(static entry => entry.Size), faults, progress, cancellationToken);
    }

    /// <summary>Copies a tree here.</summary>
    public async Task<Result<TransferSummary>?> PullAsync(string source, string target, TransferFaults faults, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        if (!LocalFiles.MakeDirectory(Path.GetDirectoryName(target) ?? "/", (UnixFileMode)0x1ED).TryGet(out _, out var failure))
        {
            return failure;
        }

        var done = await RunAsync(Command("--no-specials", "--no-devices", "--", $"host:{source.TrimEnd('/')}/", $"{target}/"), target, 0, 0, faults, progress, cancellationToken).ConfigureAwait(false);
        return done is { IsOk: true } && LocalTrees.List(target, static _ => false, static _ => { }, cancellationToken).TryGet(out var entries, out _)
            ? done.Map(summary => summary with { Files = entries.Count, Bytes = entries.Sum(static entry => entry.Size) })
            : done;
    }

    // Owners are left out: their numbers mean nothing on another machine.
    private static ProcessCommand Command(params ReadOnlySpan<string> rest) =>
        ProcessCommand.Create("rsync", ["-a", "--no-owner", "--no-group", "--protect-args", "--mkpath", "--partial-dir=.slipway-partial", "--timeout=60", "--info=progress2", "-e", Shell, .. rest]);

    private async Task<Result<TransferSummary>?> RunAsync(
        ProcessCommand command, string target, int files, long bytes, TransferFaults faults, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        if (host is not SshMachine machine)
        {
            return null;
        }

        var client = await machine.ClientTextAsync(cancellationToken).ConfigureAwait(false);
        if (!client.TryGet(out var text, out var failure))
        {
            return failure;
        }

        var variables = EnvironmentChanges.None with { Set = EnvironmentChanges.None.Set.Add("SLIPWAY_SSH", text).Add("LC_ALL", "C") };
        var ran = await here.RunAsync(command with { Environment = variables, CaptureLimit = 1024 * 1024 }, progress is null ? null : new Watch(progress, bytes), cancellationToken).ConfigureAwait(false);
        if (!ran.TryGet(out var outcome, out failure))
        {
            return failure.Code == MachinesFailures.ProgramNotFound ? default(Result<TransferSummary>?) : failure;
        }

        if (outcome.End is ProcessEnd.Exited && NotBegun.Contains(outcome.Code))
        {
            return null;
        }

        var complaints = outcome.ErrorText.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static line => !line.StartsWith("rsync error:", StringComparison.Ordinal) && !line.StartsWith("rsync warning:", StringComparison.Ordinal));
        foreach (var line in complaints)
        {
            if (outcome.Code == PartialTransfer)
            {
                faults.Add(line);
            }
            else if (outcome.Code == VanishedSource)
            {
                faults.Warn(line);
            }
        }

        return outcome is { End: ProcessEnd.Exited, Code: 0 or PartialTransfer or VanishedSource }
            ? faults.Conclude(target, files, bytes, "rsync")
            : new Failure(TransferFailures.NotWritable, $"rsync ended with {outcome.Describe()} while it copied to {target}.") { Detail = outcome.ErrorText.Trim(), Hint = "Look at its words; copy again, and what is there already is not sent again." };
    }

    /// <summary>Reads what rsync says of its progress: <c>1,234  12%  1.2MB/s  0:00:01 (xfr#3, to-chk=1/9)</c>, each line over the last one.</summary>
    private sealed class Watch(IProgress<TransferProgress> progress, long total) : IOutputSink
    {
        private int _files;

        public void Write(OutputStream stream, ReadOnlySpan<byte> chunk)
        {
            if (stream is OutputStream.Error)
            {
                return;
            }

            foreach (var line in Encoding.ASCII.GetString(chunk).Split(['\r', '\n']))
            {
                var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                var file = words.FirstOrDefault(static word => word.StartsWith("(xfr#", StringComparison.Ordinal))?[5..].TrimEnd(',');
                _files = int.TryParse(file, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : _files;
                if (words is [var bytes, var share, ..] && share.EndsWith('%') && long.TryParse(bytes, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var done))
                {
                    progress.Report(new TransferProgress(_files, done, total > 0 ? total : null));
                }
            }
        }
    }
}
