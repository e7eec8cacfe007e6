using System.Collections.Immutable;
using Slipway.Core.Failures;

namespace Slipway.Runs.Transfer;

/// <summary>How far a copy is.</summary>
/// <param name="Files">Files, links and directories so far.</param>
/// <param name="Bytes">Bytes of content so far.</param>
/// <param name="TotalBytes">Bytes in all; null when that is not known.</param>
public readonly record struct TransferProgress(int Files, long Bytes, long? TotalBytes);

/// <summary>What was copied.</summary>
/// <param name="Target">Where it lies now: the absolute path.</param>
/// <param name="Files">Files, links and directories.</param>
/// <param name="Bytes">Bytes of content; those of rsync count what it compared, not what it sent.</param>
/// <param name="Warnings">What people should know: things that were passed over, files that vanished while they were copied.</param>
public sealed record TransferSummary(string Target, int Files, long Bytes, ImmutableArray<string> Warnings)
{
    /// <summary>What copied: <c>stream</c> for one file, <c>tar</c> or <c>rsync</c> for a tree.</summary>
    public string Tool { get; init; } = "stream";
}

/// <summary>Collects what went wrong with single files while the others go on.</summary>
internal sealed class TransferFaults
{
    private const int Shown = 50;
    private readonly List<string> _faults = [];
    private readonly List<string> _warnings = [];

    public void Add(string text) => _faults.Add(text.ReplaceLineEndings(" ").Trim());

    public void Warn(string text) => _warnings.Add(text.ReplaceLineEndings(" ").Trim());

    /// <summary>The end of a copy: a failure that names each file when there were faults.</summary>
    public Result<TransferSummary> Conclude(string target, int files, long bytes, string tool = "tar") => _faults.Count == 0
        ? new TransferSummary(target, files, bytes, [.. _warnings]) { Tool = tool }
        : new Failure(TransferFailures.Incomplete, _faults.Count == 1 ? $"One file was not copied: {_faults[0]}" : $"{_faults.Count} files were not copied.")
        {
            Detail = string.Join('\n', _faults.Take(Shown)) + (_faults.Count > Shown ? $"\nand {_faults.Count - Shown} more" : string.Empty),
        };
}
