using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.IO.Enumeration;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Machines.Files;
using Slipway.Training.Adapters.Blobs;
using Slipway.Training.Adapters.Http;
using Slipway.Training.Ports;

namespace Slipway.Training.Adapters.Hub;

/// <summary>
/// The Hugging Face hub. What is brought lies as the hub's own library lays it, so that one cache serves both: <c>models--owner--name</c> with <c>blobs</c>,
/// <c>refs</c> and <c>snapshots</c>.
/// </summary>
public sealed partial class HubClient : IHubClient, IDisposable
{
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;
    private readonly HubOptions _options;
    private readonly HttpService _http;
    private readonly HubDownload _download;
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _busy = new(StringComparer.Ordinal);

    private HubClient(HubOptions options)
    {
        _options = options;
        _http = new HttpService(options.Handler, new HttpOptions { Time = options.Time });
        _download = new HubDownload(options, _http);
    }

    /// <inheritdoc/>
    public string Name => "huggingface";

    /// <inheritdoc/>
    public bool IsSimulated => false;

    /// <summary>Makes the adapter.</summary>
    public static Result<HubClient> Create(HubOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options switch
        {
            { CacheDirectory: null or "" } => AdapterFailures.Missing("hub", "a cache directory (HF_HOME)"),
            { CacheDirectory: [not '/', ..] } => AdapterFailures.Wrong("hub", $"the cache directory is {options.CacheDirectory}, and must be an absolute path."),
            { Endpoint.IsAbsoluteUri: false } => AdapterFailures.Wrong("hub", "the endpoint must be an absolute URL."),
            { FilesAtOnce: < 1 } => AdapterFailures.Wrong("hub", "at least one file must be brought at once."),
            _ => new HubClient(options),
        };
    }

    /// <inheritdoc/>
    public async Task<Result<HubListing>> ListAsync(HubRepository repository, CancellationToken cancellationToken)
    {
        var listed = await FindAsync(repository, cancellationToken).ConfigureAwait(false);
        return listed.Map(static found => new HubListing(found.Commit, [.. found.Entries.Select(static entry => new HubFile(entry.Path, entry.Size, entry.Sha256))]));
    }

    /// <inheritdoc/>
    public async Task<Result<string>> DownloadAsync(HubRepository repository, string file, CancellationToken cancellationToken)
    {
        if (!(await FindAsync(repository, cancellationToken).ConfigureAwait(false)).TryGet(out var found, out var failure))
        {
            return failure;
        }

        if (found.Entries.FirstOrDefault(entry => entry.Path == file) is not { } wanted)
        {
            var nearest = NearestName.Of(file, found.Entries.Select(static entry => entry.Path)) is { } near ? $" Did you mean {near}?" : string.Empty;
            return new Failure(AdapterFailures.NotOnHub, $"{repository.Id} has no file {Shown.Quote(file)} at {Shown.Quote(repository.Revision)}.{nearest}");
        }

        var brought = await BringAsync(repository, found, [wanted], cancellationToken).ConfigureAwait(false);
        return brought.Map(folder => $"{folder}/{file}");
    }

    /// <inheritdoc/>
    public async Task<Result<string>> SnapshotAsync(HubRepository repository, ImmutableArray<string> patterns, CancellationToken cancellationToken)
    {
        if (!(await FindAsync(repository, cancellationToken).ConfigureAwait(false)).TryGet(out var found, out var failure))
        {
            return failure;
        }

        ImmutableArray<HubEntry> wanted = patterns.IsDefaultOrEmpty
            ? found.Entries
            : [.. found.Entries.Where(entry => patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, entry.Path, ignoreCase: false)))];
        return wanted.IsEmpty
            ? new Failure(AdapterFailures.NotOnHub, $"{repository.Id} has no file that matches {string.Join(", ", patterns)} at {Shown.Quote(repository.Revision)}.")
            : await BringAsync(repository, found, wanted, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<Result<HubRevision>> FindAsync(HubRepository repository, CancellationToken cancellationToken)
    {
        if (!RepositoryForm().IsMatch(repository.Id) || repository.Revision.Length == 0 || repository.Revision.Split('/').Any(static part => part is "" or "." or ".."))
        {
            return new Failure(AdapterFailures.NotOnHub, $"{Shown.Quote(repository.Id)} at {Shown.Quote(repository.Revision)} is no repository of a hub; it must be owner/name.");
        }

        var address = Address($"api/{(repository.IsDataset ? "datasets" : "models")}/{repository.Id}/revision/{Uri.EscapeDataString(repository.Revision)}?blobs=true");
        return await _http.RunAsync(() => HttpRequests.Get(address, _options.Token), async (response, token) => response.StatusCode is HttpStatusCode.OK
            ? HubRevision.Read(repository, await HttpService.ReadJsonAsync(response, token).ConfigureAwait(false))
            : HubRefusals.Of(repository, response, isAnonymous: _options.Token is null), cancellationToken).ConfigureAwait(false);
    }

    private async Task<Result<string>> BringAsync(HubRepository repository, HubRevision found, ImmutableArray<HubEntry> entries, CancellationToken cancellationToken)
    {
        var folder = $"{_options.CacheDirectory.TrimEnd('/')}/{(repository.IsDataset ? "datasets" : "models")}--{repository.Id.Replace("/", "--", StringComparison.Ordinal)}";
        Failure? failure = null;
        await Parallel.ForEachAsync(entries, new ParallelOptions { MaxDegreeOfParallelism = _options.FilesAtOnce, CancellationToken = cancellationToken }, async (entry, token) =>
        {
            if (Volatile.Read(ref failure) is null && await BringAsync(repository, found.Commit, entry, folder, token).ConfigureAwait(false) is { } failed)
            {
                Interlocked.CompareExchange(ref failure, failed, comparand: null);
            }
        }).ConfigureAwait(false);
        if (failure is not null)
        {
            return failure;
        }

        var named = repository.Revision == found.Commit
            ? Unit.Value
            : LocalFiles.Write($"{folder}/refs/{repository.Revision}", Encoding.ASCII.GetBytes(found.Commit), FileMode);
        return named.IsOk ? $"{folder}/snapshots/{found.Commit}" : HubDownload.Cache(named.Failure);
    }

    private async Task<Failure?> BringAsync(HubRepository repository, string commit, HubEntry entry, string folder, CancellationToken cancellationToken)
    {
        var blob = $"{folder}/blobs/{entry.Blob}";
        var gate = _busy.GetOrAdd(blob, static _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (LocalFiles.MakeDirectory($"{folder}/blobs", FolderMode) is { IsOk: false } failed)
            {
                return HubDownload.Cache(failed.Failure);
            }

            var path = $"{(repository.IsDataset ? "datasets/" : string.Empty)}{repository.Id}/resolve/{commit}/{string.Join('/', entry.Path.Split('/').Select(Uri.EscapeDataString))}";
            if (await _download.RunAsync(repository, Address(path), entry, blob, cancellationToken).ConfigureAwait(false) is { } failure)
            {
                return failure;
            }
        }
        finally
        {
            gate.Release();
        }

        var link = $"{folder}/snapshots/{commit}/{entry.Path}";
        var up = string.Concat(Enumerable.Repeat("../", 2 + entry.Path.Count(static letter => letter == '/')));
        var placed = LocalFiles.MakeDirectory(Path.GetDirectoryName(link)!, FolderMode).Then(_ => LocalFiles.PlaceLink(link, $"{up}blobs/{entry.Blob}"));
        return placed.IsOk ? null : HubDownload.Cache(placed.Failure);
    }

    private Uri Address(string path) => new($"{_options.Endpoint.AbsoluteUri.TrimEnd('/')}/{path}");

    [GeneratedRegex(@"^([A-Za-z0-9][\w.-]*/)?[A-Za-z0-9_][\w.-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex RepositoryForm();
}

/// <summary>A file at a revision.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Blob">The name of its content: the SHA-256 of a large file, else git's digest.</param>
/// <param name="Sha256">The SHA-256 of a large file.</param>
internal sealed record HubEntry(string Path, long Size, string Blob, string? Sha256);

/// <summary>A revision, and its files sorted by path.</summary>
internal sealed partial record HubRevision(string Commit, ImmutableArray<HubEntry> Entries)
{
    /// <summary>Reads what the hub says of a revision. Paths and digests become names of files here, so they are checked.</summary>
    public static Result<HubRevision> Read(HubRepository repository, JsonElement document)
    {
        if (Text(document, "sha") is not { } commit || !Digest().IsMatch(commit) || !document.TryGetProperty("siblings", out var siblings) || siblings.ValueKind is not JsonValueKind.Array)
        {
            return Odd(repository);
        }

        var entries = new List<HubEntry>();
        foreach (var sibling in siblings.EnumerateArray())
        {
            var large = sibling.ValueKind is JsonValueKind.Object && sibling.TryGetProperty("lfs", out var lfs) && lfs.ValueKind is JsonValueKind.Object ? Text(lfs, "sha256") : null;
            if (Text(sibling, "rfilename") is not { } path || BlobKeys.Problem(path) is not null
                || !sibling.TryGetProperty("size", out var size) || !size.TryGetInt64(out var bytes)
                || (large ?? Text(sibling, "blobId")) is not { } blob || !Digest().IsMatch(blob))
            {
                return Odd(repository);
            }

            entries.Add(new HubEntry(path, bytes, blob, large));
        }

        return new HubRevision(commit, [.. entries.OrderBy(static entry => entry.Path, StringComparer.Ordinal)]);
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind is JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private static Failure Odd(HubRepository repository) => new(AdapterFailures.Unreachable, $"The hub describes {repository.Id} in a form that is not known.");

    [GeneratedRegex(@"^[0-9a-f]{4,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Digest();
}

/// <summary>What the hub's refusals mean.</summary>
internal static class HubRefusals
{
    public static Failure Of(HubRepository repository, HttpResponseMessage response, bool isAnonymous)
    {
        var said = response.Headers.TryGetValues("X-Error-Message", out var messages) ? $" The hub says {Shown.Quote(messages.First())}." : string.Empty;
        var place = $"{repository.Id} at {Shown.Quote(repository.Revision)}";
        return (int)response.StatusCode switch
        {
            401 when isAnonymous => new Failure(AdapterFailures.HubDenied, $"{place} is not there, or is private, and no token is set.{said}"),
            401 => new Failure(AdapterFailures.HubDenied, $"{place} is not given for the token that is set.{said}"),
            403 => new Failure(AdapterFailures.HubDenied, $"{place} is gated, or not for the token that is set.{said}"),
            404 => new Failure(AdapterFailures.NotOnHub, $"The hub has no {place}.{said}"),
            var status => new Failure(AdapterFailures.Unreachable, $"The hub answered {status} for {place}.{said}"),
        };
    }
}
