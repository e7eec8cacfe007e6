using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Training.Adapters.Http;
using Slipway.Training.Ports;

namespace Slipway.Training.Adapters.Hub;

/// <summary>Brings one file: goes on where a download was cut, also one of an earlier run, and moves it to its place when size and digest are right.</summary>
internal sealed class HubDownload(HubOptions options, HttpService http)
{
    private const int Piece = 128 * 1024;

    /// <summary>Brings a file; what went wrong, or null.</summary>
    public async Task<Failure?> RunAsync(HubRepository repository, Uri address, HubEntry entry, string blob, CancellationToken cancellationToken)
    {
        if (File.Exists(blob) && new FileInfo(blob).Length == entry.Size)
        {
            return null;
        }

        try
        {
            var incomplete = blob + ".incomplete";
            var stream = new FileStream(incomplete, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, Piece, useAsync: true);
            await using (stream.ConfigureAwait(false))
            {
                if (await FillAsync(repository, address, entry, stream, cancellationToken).ConfigureAwait(false) is { } failure)
                {
                    return failure;
                }

                stream.Flush(flushToDisk: true);
                if (await ProblemAsync(entry, stream, cancellationToken).ConfigureAwait(false) is { } problem)
                {
                    File.Delete(incomplete);
                    return new Failure(AdapterFailures.HubDigest, $"{repository.Id}/{entry.Path}: {problem}");
                }
            }

            File.Move(incomplete, blob, overwrite: true);
            return LocalFiles.SyncDirectory(Path.GetDirectoryName(blob)!) is { IsOk: false } failed ? Cache(failed.Failure) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Failure(AdapterFailures.HubCache, $"{blob} cannot be written, or another process brings it: {exception.Message}");
        }
    }

    /// <summary>A failure of the disk.</summary>
    public static Failure Cache(Failure failure) => new(AdapterFailures.HubCache, failure.Message);

    private async Task<Failure?> FillAsync(HubRepository repository, Uri address, HubEntry entry, FileStream stream, CancellationToken cancellationToken)
    {
        for (var attempt = 1; stream.Length != entry.Size || attempt == 1 && entry.Size == 0; attempt++)
        {
            if (entry.Size == 0)
            {
                stream.SetLength(0);
                return null;
            }

            // More than all of it is not of this file.
            stream.SetLength(stream.Length > entry.Size ? 0 : stream.Length);
            var before = stream.Length;
            var (failure, problem) = await TryAsync(repository, address, entry, stream, cancellationToken).ConfigureAwait(false);
            if (failure is not null)
            {
                return failure;
            }

            if (stream.Length == entry.Size)
            {
                return null;
            }

            if (attempt >= http.Options.Tries)
            {
                return new Failure(AdapterFailures.Unreachable, $"{repository.Id}/{entry.Path} stopped at {stream.Length} of {entry.Size} bytes: {problem} What came is kept, and the next time goes on from there.");
            }

            attempt = stream.Length > before ? 0 : attempt;
            await http.WaitAsync(Math.Max(attempt, 1), asked: null, cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    private async Task<(Failure? Failure, string Problem)> TryAsync(HubRepository repository, Uri address, HubEntry entry, FileStream stream, CancellationToken cancellationToken)
    {
        using var idle = new CancellationTokenSource(options.IdleLimit, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancellationToken);
        try
        {
            using var request = HttpRequests.Get(address, options.Token);
            request.Headers.Range = stream.Length > 0 ? new RangeHeaderValue(stream.Length, to: null) : null;
            using var response = await http.SendAsync(request, either.Token).ConfigureAwait(false);
            if (HttpService.IsPassing(response.StatusCode))
            {
                return (null, $"the hub answered {(int)response.StatusCode}.");
            }

            if (response.StatusCode is HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                stream.SetLength(0);
                return (null, "the hub does not go on from there.");
            }

            if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.PartialContent))
            {
                return (HubRefusals.Of(repository, response, options.Token is null), string.Empty);
            }

            stream.Position = response.StatusCode is HttpStatusCode.PartialContent ? response.Content.Headers.ContentRange?.From ?? 0 : 0;
            stream.SetLength(stream.Position);
            await CopyAsync(response, entry, stream, idle, either.Token).ConfigureAwait(false);
            return (null, "the connection ended.");
        }
        catch (HttpRequestException exception)
        {
            return (null, $"{exception.Message.TrimEnd('.')}.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"nothing came for {options.IdleLimit.TotalSeconds:0} s.");
        }
    }

    private async Task CopyAsync(HttpResponseMessage response, HubEntry entry, FileStream stream, CancellationTokenSource idle, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = body.ConfigureAwait(false);
        var buffer = new byte[Piece];
        while (stream.Length <= entry.Size)
        {
            int count;
            try
            {
                count = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            catch (IOException exception)
            {
                // Of the connection; those of the disk are another failure.
                throw new HttpRequestException(exception.Message, exception);
            }

            if (count == 0)
            {
                break;
            }

            idle.CancelAfter(options.IdleLimit);
            await stream.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
        }

        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task<string?> ProblemAsync(HubEntry entry, FileStream stream, CancellationToken cancellationToken)
    {
        // Git's digest has a header before the content; it says nothing of who made the file, and finds what was cut or mixed up.
        using var digest = IncrementalHash.CreateHash(entry.Sha256 is null ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256);
        if (entry.Sha256 is null)
        {
            digest.AppendData(Encoding.ASCII.GetBytes($"blob {entry.Size}\0"));
        }

        stream.Position = 0;
        var buffer = new byte[Piece];
        int count;
        while ((count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            digest.AppendData(buffer, 0, count);
        }

        var found = Convert.ToHexStringLower(digest.GetHashAndReset());
        return found == entry.Blob ? null : $"the digest is {found}, and the hub tells {entry.Blob}.";
    }
}
