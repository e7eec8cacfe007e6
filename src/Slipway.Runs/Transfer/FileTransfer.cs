using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.Processes;

namespace Slipway.Runs.Transfer;

/// <summary>
/// Copies files and whole trees to and from a host: modes, links as links, empty directories, any names. A file takes its place in one step, when
/// it is whole; a tree comes into a directory beside its target first, and is then merged into it file by file. What goes wrong with
/// one file is collected while the others go on, and makes the copy fail.
/// </summary>
/// <param name="here">This machine.</param>
/// <param name="host">The host.</param>
public sealed class FileTransfer(IMachine here, IMachine host)
{
    private static readonly string Script = HostScripts.Read("transfer.sh") + HostScripts.Dispatch;

    private readonly RsyncTransfer _rsync = new(here, host);

    /// <summary>Copies to the host.</summary>
    /// <param name="source">A file or a directory here; a link itself is followed, links inside of a tree are copied as links.</param>
    /// <param name="target">What it becomes there: see <see cref="HostPath"/>; with a <c>/</c> at its end, the directory to put it into.</param>
    /// <param name="progress">Told how far it is; null when nobody watches.</param>
    /// <param name="cancellationToken">Ends it; nothing half is left in place.</param>
    public async Task<Result<TransferSummary>> PushAsync(string source, string target, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        var from = Path.GetFullPath(source).TrimEnd('/') is { Length: > 0 } trimmed ? trimmed : "/";
        if (!LocalPaths.Resolve(from).TryGet(out var real, out var failure) || !LocalFiles.Stat(real).TryGet(out var status, out failure))
        {
            return failure;
        }

        if (status.Kind is FileKind.Missing)
        {
            return new Failure(TransferFailures.SourceMissing, $"There is no {from} here.");
        }

        if (!(await PlaceAsync(target, from, cancellationToken).ConfigureAwait(false)).TryGet(out var place, out failure))
        {
            return failure;
        }

        return status.Kind switch
        {
            FileKind.Directory => await PushTreeAsync(real, place, progress, cancellationToken).ConfigureAwait(false),
            FileKind.File => await PushFileAsync(real, status, place, progress, cancellationToken).ConfigureAwait(false),
            _ => new Failure(TransferFailures.PathUnusable, $"{from} is neither a file nor a directory."),
        };
    }

    /// <summary>Copies from the host.</summary>
    /// <param name="source">A file or a directory there: see <see cref="HostPath"/>; a link itself is followed.</param>
    /// <param name="target">What it becomes here; with a <c>/</c> at its end, the directory to put it into.</param>
    /// <param name="progress">Told how far it is; null when nobody watches.</param>
    /// <param name="cancellationToken">Ends it; nothing half is left in place.</param>
    public async Task<Result<TransferSummary>> PullAsync(string source, string target, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        if (target.Length == 0)
        {
            return new Failure(TransferFailures.PathUnusable, "The target is empty.");
        }

        var facts = await host.GetFactsAsync(cancellationToken).ConfigureAwait(false);
        if (!facts.Then(known => HostPath.Resolve(source, known.Home)).TryGet(out var from, out var failure)
            || !(await LookAsync(from, cancellationToken).ConfigureAwait(false)).TryGet(out var look, out failure))
        {
            return failure;
        }

        var place = HostPath.Place(Path.GetFullPath(target), from);
        return look.First("kind") switch
        {
            "directory" => await PullTreeAsync(from, place, look, progress, cancellationToken).ConfigureAwait(false),
            "file" => await new FileArrival(host, progress).PullAsync(HostCall.Command(Script, "send", from), from, place, cancellationToken).ConfigureAwait(false),
            "missing" => new Failure(TransferFailures.SourceMissing, $"There is no {from} on {host.Name}."),
            _ => new Failure(TransferFailures.PathUnusable, $"{from} on {host.Name} is neither a file nor a directory that can be read."),
        };
    }

    /// <summary>Unpacks an archive into a directory of the host, which is made for it.</summary>
    /// <param name="staging">The directory.</param>
    /// <param name="produce">Writes the archive.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal async Task<Result<Unit>> UnpackAsync(string staging, Func<Func<ReadOnlyMemory<byte>, bool>, Task<Failure?>> produce, CancellationToken cancellationToken)
    {
        var command = HostCall.Command(Script, "unpack", staging) with { Grace = HostCall.LongTail };
        var unpacked = await HostCall.FeedAsync(host, command, produce, cancellationToken).ConfigureAwait(false);
        return unpacked.Then(answer => Check(answer, staging));
    }

    private async Task<Result<string>> PlaceAsync(string target, string source, CancellationToken cancellationToken)
    {
        var facts = await host.GetFactsAsync(cancellationToken).ConfigureAwait(false);
        return facts.Then(known => HostPath.Resolve(target, known.Home)).Map(path => HostPath.Place(path, source));
    }

    private async Task<Result<HostAnswer>> LookAsync(string path, CancellationToken cancellationToken) =>
        await HostCall.AskAsync(host, HostCall.Command(Script, "look", path) with { Timeout = TimeSpan.FromSeconds(60) }, cancellationToken).ConfigureAwait(false);

    private async Task<Result<TransferSummary>> PushFileAsync(string path, FileStatus status, string target, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        const long Nanoseconds = 1_000_000_000;
        return FilePieces.Hash(path).TryGet(out var hashed, out var failure)
            ? await PushContentAsync(path, hashed, status.Mode, status.ModifiedUnixNanoseconds / Nanoseconds, target, progress, cancellationToken).ConfigureAwait(false)
            : failure;
    }

    /// <summary>Copies a file whose content is known: with another one it does not take its place there.</summary>
    /// <param name="path">The absolute path here, no link.</param>
    /// <param name="content">Digest and length.</param>
    /// <param name="mode">Its mode there.</param>
    /// <param name="time">Its time there, in seconds since 1970.</param>
    /// <param name="target">The absolute path there.</param>
    /// <param name="progress">Told how far it is; null when nobody watches.</param>
    /// <param name="cancellationToken">Ends it; nothing half is left in place.</param>
    internal async Task<Result<TransferSummary>> PushContentAsync(
        string path, (string Sha256, long Size) content, UnixFileMode mode, long time, string target, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        const long SlowDisk = 10_000_000;
        var command = HostCall.Command(Script, "receive", target, $"{content.Size}", content.Sha256, Convert.ToString((int)mode, 8), $"{time}", Nonce()) with
        {
            Grace = TimeSpan.FromSeconds(30 + (content.Size / SlowDisk)),
        };
        var sent = await HostCall.FeedAsync(host, command, write => Task.FromResult(SendFile(path, content.Size, write, progress)), cancellationToken).ConfigureAwait(false);
        return sent.Then(answer => answer.First("fault") is { } fault
                ? new Failure(fault.EndsWith("a directory", StringComparison.Ordinal) ? TransferFailures.PathUnusable : TransferFailures.Damaged, $"{target} on {host.Name}: {fault}.")
                : Check(answer, target))
            .Map(_ => new TransferSummary(target, 1, content.Size, []));
    }

    private static Failure? SendFile(string path, long size, Func<ReadOnlyMemory<byte>, bool> write, IProgress<TransferProgress>? progress)
    {
        var sent = 0L;
        var read = FilePieces.Read(path, size, piece =>
        {
            sent += piece.Length;
            progress?.Report(new TransferProgress(0, sent, size));
            return write(piece.ToArray());
        });
        return read.TryGet(out _, out var failure) ? null : failure;
    }

    private async Task<Result<TransferSummary>> PushTreeAsync(string root, string target, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        if (!(await LookAsync(target, cancellationToken).ConfigureAwait(false)).TryGet(out var look, out var failure))
        {
            return failure;
        }

        if (look.First("kind") is "file" or "other")
        {
            return new Failure(TransferFailures.PathUnusable, $"{target} on {host.Name} is there and is no directory.");
        }

        var faults = new TransferFaults();
        if (!LocalTrees.List(root, static _ => false, problem => faults.Add(problem.Message), cancellationToken).TryGet(out var entries, out failure))
        {
            return failure;
        }

        if (look["tool"].Contains("rsync", StringComparer.Ordinal)
            && await _rsync.PushAsync(root, entries, target, faults, progress, cancellationToken).ConfigureAwait(false) is { } done)
        {
            return done;
        }

        var staging = $"{Parent(target)}/.slipway-{Nonce()}.part";
        var packer = new TreePacker(root, faults, progress);
        var unpacked = await UnpackAsync(staging, write => Task.FromResult(packer.Pack(entries, write)), cancellationToken).ConfigureAwait(false);
        var joined = unpacked.TryGet(out _, out failure)
            ? await HostCall.AskAsync(host, HostCall.Command(Script, "join", staging, target), cancellationToken).ConfigureAwait(false)
            : failure;
        return joined.Then(answer =>
        {
            foreach (var fault in answer["fault"])
            {
                faults.Add(fault);
            }

            return Check(answer, target);
        }).Then(_ => faults.Conclude(target, packer.Files, packer.Bytes));
    }

    private async Task<Result<TransferSummary>> PullTreeAsync(string source, string target, HostAnswer look, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        if (LocalPaths.StatusOf($"{target}/.") is { Kind: not FileKind.Directory } && LocalFiles.Exists(target))
        {
            return new Failure(TransferFailures.PathUnusable, $"{target} is there and is no directory.");
        }

        var faults = new TransferFaults();
        if (look["tool"].Contains("rsync", StringComparer.Ordinal)
            && await _rsync.PullAsync(source, target, faults, progress, cancellationToken).ConfigureAwait(false) is { } done)
        {
            return done;
        }

        return await new TreeArrival(host, faults, progress).PullAsync(HostCall.Command(Script, "pack", source), source, target, cancellationToken).ConfigureAwait(false);
    }

    private Result<Unit> Check(HostAnswer answer, string path) =>
        answer.First("need") is { } tool ? new Failure(TransferFailures.ToolMissing, $"{host.Name} has no {tool}.")
        : answer.IsDone || answer["fault"].Length > 0 && answer.Outcome.Succeeded ? Broken(answer, path)
        : new Failure(TransferFailures.NotWritable, $"{path} on {host.Name} cannot be written ({answer.Outcome.Describe()}).") { Detail = answer.Outcome.ErrorText.Trim() };

    private Result<Unit> Broken(HostAnswer answer, string path) => answer.IsDone ? Unit.Value
        : new Failure(TransferFailures.Damaged, $"{path} on {host.Name}: {answer.First("fault")}.") { Detail = answer.Outcome.ErrorText.Trim() };

    private static string Parent(string path) => path[..Math.Max(0, path.TrimEnd('/').LastIndexOf('/'))];

    private static string Nonce() => Guid.NewGuid().ToString("N")[..16];
}
