using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.Processes;

namespace Slipway.Runs.Transfer;

/// <summary>Takes one file from a host: a line with size, mode and time, the content, the digest. It gets its place when all of that agrees.</summary>
internal sealed class FileArrival(IMachine host, IProgress<TransferProgress>? progress) : IOutputSink
{
    private const int DigestLength = 64;
    private const int LongestHead = 256;
    private readonly StringBuilder _head = new();
    private readonly StringBuilder _digest = new();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private FileDraft? _draft;
    private Failure? _failure;
    private Action _stop = static () => { };
    private long _size = -1;
    private long _taken;

    /// <summary>Runs the sending command and places what comes.</summary>
    public async Task<Result<TransferSummary>> PullAsync(ProcessCommand command, string source, string target, CancellationToken cancellationToken)
    {
        if (LocalPaths.StatusOf($"{target}/.").Kind is FileKind.Directory)
        {
            return new Failure(TransferFailures.PathUnusable, $"{target} is a directory.") { Hint = $"Write {target.TrimEnd('/')}/ to put the file into it." };
        }

        if (!LocalFiles.MakeDirectory(Path.GetDirectoryName(target)!, (UnixFileMode)0x1ED).Then(_ => FileDraft.Beside(target)).TryGet(out var draft, out var failure))
        {
            return failure;
        }

        using (draft)
        using (_hash)
        using (var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            _draft = draft;
            _stop = stop.Cancel;
            try
            {
                var ran = await host.RunAsync(command with { CaptureLimit = 64 * 1024 }, this, stop.Token).ConfigureAwait(false);
                return !ran.TryGet(out var outcome, out failure) ? failure : _failure is { } why ? why : Conclude(draft, outcome, source, target);
            }
            catch (OperationCanceledException) when (_failure is not null && !cancellationToken.IsCancellationRequested)
            {
                return _failure;
            }
        }
    }

    public void Write(OutputStream stream, ReadOnlySpan<byte> chunk)
    {
        if (stream is OutputStream.Error || _failure is not null)
        {
            return;
        }

        if (_size < 0)
        {
            var end = chunk.IndexOf((byte)'\n');
            _head.Append(Encoding.ASCII.GetString(end < 0 ? chunk : chunk[..end]));
            if (end < 0 && _head.Length < LongestHead)
            {
                return;
            }

            _size = long.TryParse(_head.ToString().Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : 0;
            chunk = chunk[(end + 1)..];
        }

        var content = chunk[..(int)Math.Min(chunk.Length, _size - _taken)];
        _taken += content.Length;
        _hash.AppendData(content);
        if (!_draft!.Write(content).TryGet(out _, out var failure))
        {
            _failure = failure;
            _stop();
        }

        progress?.Report(new TransferProgress(0, _taken, _size));
        if (_digest.Length <= DigestLength)
        {
            _digest.Append(Encoding.ASCII.GetString(chunk[content.Length..]));
        }
    }

    private Result<TransferSummary> Conclude(FileDraft draft, ProcessOutcome outcome, string source, string target)
    {
        var words = _head.ToString().Split(' ');
        if (!outcome.Succeeded || words.Length != 3)
        {
            return outcome.Code == 0 && outcome.OutputText.StartsWith("need ", StringComparison.Ordinal)
                ? new Failure(TransferFailures.ToolMissing, $"{host.Name} has no {outcome.OutputText[5..].TrimEnd('\0')}.")
                : new Failure(TransferFailures.SourceMissing, $"{source} on {host.Name} cannot be read ({outcome.Describe()}).") { Detail = outcome.ErrorText.Trim() };
        }

        if (_taken != _size || !string.Equals(_digest.ToString(), Convert.ToHexStringLower(_hash.GetHashAndReset()), StringComparison.Ordinal))
        {
            return new Failure(TransferFailures.Damaged, $"{source} on {host.Name} changed while it was read, or was damaged on its way: {_taken} of {_size} bytes.");
        }

        var mode = (UnixFileMode)(Convert.ToInt32(words[1], 8) & 0xFFF);
        _ = long.TryParse(words[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var modified);
        return draft.Place(target, mode, modified).Map(_ => new TransferSummary(target, 1, _size, []));
    }
}
