using System.Text;
using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.Processes;

namespace Slipway.Runs.Transfer;

/// <summary>Takes a tree from a host as an archive, into a directory beside the target, and merges it from there.</summary>
internal sealed class TreeArrival(IMachine host, TransferFaults faults, IProgress<TransferProgress>? progress)
{
    private const int NoTar = 97;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Runs the packing command, unpacks and merges.</summary>
    public async Task<Result<TransferSummary>> PullAsync(ProcessCommand command, string source, string target, CancellationToken cancellationToken)
    {
        var parent = Path.GetDirectoryName(target) ?? "/";
        var staging = $"{parent.TrimEnd('/')}/.slipway-{Guid.NewGuid():N}.part";
        if (!LocalFiles.MakeDirectory(parent, (UnixFileMode)0x1ED).Then(_ => LocalFiles.MakeDirectory(staging, OwnerOnly)).TryGet(out _, out var failure))
        {
            return failure;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var unpacker = new Unpacker(staging, faults, progress);
        var sink = new Sink(unpacker, stop.Cancel);
        try
        {
            var ran = await host.RunAsync(command with { CaptureLimit = 1024 * 1024 }, sink, stop.Token).ConfigureAwait(false);
            return !ran.TryGet(out var outcome, out failure) ? failure
                : sink.Failure is { } why ? why
                : Conclude(outcome, sink, unpacker, source, staging, target, cancellationToken);
        }
        catch (OperationCanceledException) when (sink.Failure is not null && !cancellationToken.IsCancellationRequested)
        {
            return sink.Failure;
        }
        finally
        {
            _ = LocalFiles.RemoveTree(staging);
        }
    }

    private Result<TransferSummary> Conclude(ProcessOutcome outcome, Sink sink, Unpacker unpacker, string source, string staging, string target, CancellationToken cancellationToken)
    {
        if (outcome is { End: ProcessEnd.Exited, Code: NoTar })
        {
            return new Failure(TransferFailures.ToolMissing, $"{host.Name} has no tar.");
        }

        if (!sink.HasEnded)
        {
            return new Failure(TransferFailures.Damaged, $"The archive of {source} broke off on {host.Name} ({outcome.Describe()}).") { Detail = outcome.ErrorText.Trim() };
        }

        if (!outcome.Succeeded)
        {
            ReadComplaints(outcome, staging);
        }

        return LocalMerge.Into(staging, target, unpacker, faults, cancellationToken).Then(_ => faults.Conclude(target, unpacker.Files, unpacker.Bytes));
    }

    // tar names what it could not read, and pads what became shorter: half a file, which is not to be merged.
    private void ReadComplaints(ProcessOutcome outcome, string staging)
    {
        var lines = outcome.ErrorText.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var line in lines.Where(static line => !line.Contains("Exiting with failure status", StringComparison.Ordinal)))
        {
            faults.Add(line);
            var words = line.Split(": ");
            if (words.Length > 2 && words[1].StartsWith("./", StringComparison.Ordinal) && !words[1].Split('/').Contains("..", StringComparer.Ordinal))
            {
                var path = $"{staging}/{words[1][2..]}";
                _ = LocalPaths.StatusOf(path).Kind is FileKind.File ? LocalFiles.RemoveFile(path) : Unit.Value;
            }
        }

        if (lines.Length == 0)
        {
            faults.Add($"tar ended with {outcome.Describe()}");
        }
    }

    private sealed class Sink(Unpacker unpacker, Action stop) : IOutputSink
    {
        private readonly TarReader _reader = new(unpacker);

        public Failure? Failure { get; private set; }

        public bool HasEnded => _reader.HasEnded;

        public void Write(OutputStream stream, ReadOnlySpan<byte> chunk)
        {
            if (stream is OutputStream.Output && Failure is null && _reader.Write(chunk) is { } failure)
            {
                Failure = failure;
                stop();
            }
        }
    }
}

/// <summary>Puts a tree that has arrived in its place, by rename: a directory that is new as a whole, else file by file.</summary>
internal static class LocalMerge
{
    /// <summary>Merges.</summary>
    /// <param name="staging">Where it arrived.</param>
    /// <param name="target">Its place.</param>
    /// <param name="unpacker">Knows the modes.</param>
    /// <param name="faults">Told of what something else is in the way of.</param>
    /// <param name="cancellationToken">Ends it between two files.</param>
    public static Result<Unit> Into(string staging, string target, Unpacker unpacker, TransferFaults faults, CancellationToken cancellationToken)
    {
        if (!LocalFiles.Exists(target))
        {
            var moved = LocalFiles.MoveUnsynced(staging, target);
            SetModes(target, unpacker);
            return moved.Then(_ => LocalFiles.SetMode(target, unpacker.RootMode));
        }

        if (!LocalTrees.List(staging, static _ => false, problem => faults.Add(problem.Message), cancellationToken).TryGet(out var entries, out var failure))
        {
            return failure;
        }

        var settled = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.Path.LastIndexOf('/') is > 0 and var slash && settled.Contains(entry.Path[..slash]))
            {
                settled.Add(entry.Path);
            }
            else if (!Place(entry, staging, target, faults))
            {
                settled.Add(entry.Path);
            }
        }

        SetModes(target, unpacker);
        return Unit.Value;
    }

    // True only for a directory whose content is still to be placed.
    private static bool Place(InventoryEntry entry, string staging, string target, TransferFaults faults)
    {
        var place = $"{target}/{entry.Path}";
        var there = LocalPaths.StatusOf(place).Kind;
        if (entry.Kind is FileKind.Directory && there is FileKind.Directory)
        {
            return true;
        }

        if (entry.Kind is FileKind.Directory ? there is not FileKind.Missing : there is FileKind.Directory)
        {
            faults.Add($"{place} is there and is {(there is FileKind.Directory ? "a" : "no")} directory");
        }
        else if (!LocalFiles.MoveUnsynced($"{staging}/{entry.Path}", place).TryGet(out _, out var failure))
        {
            faults.Add(failure.Message);
        }

        return false;
    }

    private static void SetModes(string target, Unpacker unpacker)
    {
        foreach (var (path, mode) in unpacker.Modes)
        {
            _ = LocalPaths.StatusOf($"{target}/{path}").Kind is FileKind.Directory ? LocalFiles.SetMode($"{target}/{path}", mode) : Unit.Value;
        }
    }
}
