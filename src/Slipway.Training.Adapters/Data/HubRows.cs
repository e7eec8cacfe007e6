using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Machines.Files;
using Slipway.Training.Adapters.Http;
using Slipway.Training.Datasets;
using Slipway.Training.Ports;

namespace Slipway.Training.Adapters.Data;

/// <summary>
/// Datasets of the hub, through the rows API of its datasets server (pages of at most 100 rows). It gives only the newest revision, so another one must be in
/// the cache already, which has one file for each (repository, commit, configuration, split).
/// </summary>
internal sealed class HubRows(DatasetOptions options, IHubClient hub, HttpService http)
{
    private const int PageRows = 100;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The first rows of a split, at most a page, of which nothing is kept; long cells may be cut.</summary>
    public async Task<Result<Dataset>> PeekAsync(DatasetRequest request, CancellationToken cancellationToken)
    {
        var found = await FindAsync(request, cancellationToken).ConfigureAwait(false);
        if (!found.TryGet(out var split, out var failure))
        {
            return failure;
        }

        var page = await PageAsync(split, 0, cancellationToken).ConfigureAwait(false);
        return page.Map(one => new Dataset(one.Rows, split.ToString()));
    }

    /// <summary>Loads a split.</summary>
    public async Task<Result<Dataset>> LoadAsync(DatasetRequest request, CancellationToken cancellationToken)
    {
        var found = await FindAsync(request, cancellationToken).ConfigureAwait(false);
        if (!found.TryGet(out var split, out var failure))
        {
            return failure;
        }

        var path = split.PathIn(options.CacheDirectory);
        if (!File.Exists(path) && (await BringAsync(split, path, cancellationToken).ConfigureAwait(false)) is { IsOk: false } failed)
        {
            return failed.Failure;
        }

        var loaded = await DatasetStore.LoadFileAsync(path, cancellationToken).ConfigureAwait(false);
        return loaded.Map(dataset => dataset with { Origin = split.ToString() });
    }

    private async Task<Result<HubSplit>> FindAsync(DatasetRequest request, CancellationToken cancellationToken)
    {
        var listed = await hub.ListAsync(new HubRepository(request.Id, IsDataset: true, request.Revision ?? "main"), cancellationToken).ConfigureAwait(false);
        if (!listed.TryGet(out var listing, out var failure))
        {
            return failure;
        }

        var split = new HubSplit(request.Id, listing.Commit, request.Configuration ?? string.Empty, request.Split);
        if (request.Configuration is null)
        {
            if (!(await FindConfigurationAsync(split, cancellationToken).ConfigureAwait(false)).TryGet(out var configuration, out failure))
            {
                return failure;
            }

            split = split with { Configuration = configuration };
        }

        return split;
    }

    private async Task<Result<string>> FindConfigurationAsync(HubSplit split, CancellationToken cancellationToken)
    {
        // What was kept needs no service: one configuration with the split is the one that was found before.
        if (split.Kept(options.CacheDirectory) is [var only])
        {
            return only;
        }

        var asked = await AskAsync($"splits?dataset={Uri.EscapeDataString(split.Repository)}", split, cancellationToken).ConfigureAwait(false);
        return asked.Then(document => Choose(split, document));
    }

    private static Result<string> Choose(HubSplit split, JsonElement document)
    {
        var all = document.TryGetProperty("splits", out var list) && list.ValueKind is JsonValueKind.Array
            ? list.EnumerateArray().Select(static one => (Configuration: Text(one, "config"), Split: Text(one, "split"))).ToList()
            : [];
        var configurations = all.Where(one => one.Split == split.Split).Select(static one => one.Configuration).Distinct(StringComparer.Ordinal).ToList();
        var chosen = configurations is [var only] ? only : configurations.Find(static name => name is "default");
        return chosen ?? (Result<string>)new Failure(
            AdapterFailures.UnknownDataset,
            $"{split.Repository} has {(configurations.Count == 0 ? "no split" : "several configurations with the split")} {Shown.Quote(split.Split)}; it has {string.Join(", ", all.Select(static one => $"{one.Configuration}/{one.Split}"))}.");
    }

    private async Task<Result<Unit>> BringAsync(HubSplit split, string path, CancellationToken cancellationToken)
    {
        var newest = await hub.ListAsync(new HubRepository(split.Repository, IsDataset: true), cancellationToken).ConfigureAwait(false);
        if (!newest.TryGet(out var listing, out var failure))
        {
            return failure;
        }

        if (listing.Commit != split.Commit)
        {
            return Other(split, listing.Commit);
        }

        var first = await PageAsync(split, 0, cancellationToken).ConfigureAwait(false);
        if (!first.TryGet(out var page, out failure))
        {
            return failure;
        }

        var pages = new RowPage[(page.Total + PageRows - 1) / PageRows];
        if (pages.Length > 0)
        {
            pages[0] = page;
        }

        return await BringOthersAsync(split, pages, cancellationToken).ConfigureAwait(false) is { } failed ? failed : Write(path, pages);
    }

    private async Task<Failure?> BringOthersAsync(HubSplit split, RowPage[] pages, CancellationToken cancellationToken)
    {
        Failure? failure = null;
        await Parallel.ForEachAsync(Enumerable.Range(0, pages.Length), new ParallelOptions { MaxDegreeOfParallelism = options.PagesAtOnce, CancellationToken = cancellationToken }, async (index, token) =>
        {
            if (Volatile.Read(ref failure) is not null)
            {
                return;
            }

            var got = index == 0 ? pages[0] : await PageAsync(split, index * PageRows, token).ConfigureAwait(false);
            var checkedPage = got.Then(page => Check(split, page, index * PageRows, pages[0].Total));
            if (checkedPage.TryGet(out var page, out var failed))
            {
                pages[index] = page;
            }
            else
            {
                Interlocked.CompareExchange(ref failure, failed, comparand: null);
            }
        }).ConfigureAwait(false);
        return failure;
    }

    private async Task<Result<RowPage>> PageAsync(HubSplit split, int offset, CancellationToken cancellationToken)
    {
        var asked = await AskAsync(
            $"rows?dataset={Uri.EscapeDataString(split.Repository)}&config={Uri.EscapeDataString(split.Configuration)}&split={Uri.EscapeDataString(split.Split)}&offset={offset}&length={PageRows}",
            split,
            cancellationToken).ConfigureAwait(false);
        return asked.Then(document => RowPage.Read(document) is { } page
            ? page
            : (Result<RowPage>)new Failure(AdapterFailures.Unreachable, $"The rows of {split} came in a form that is not known."));
    }

    // A row that is cut, or not there, would be learned from without anybody knowing.
    private static Result<RowPage> Check(HubSplit split, RowPage page, int offset, int total) => page switch
    {
        { IsPartial: true } => new Failure(AdapterFailures.OtherRevision, $"The rows API has only the first part of {split}."),
        { Cut: { } row } => new Failure(AdapterFailures.OtherRevision, $"The rows API cuts long cells of {split}, such as in row {row}."),
        _ when page.Total != total || page.Rows.Length != Math.Min(PageRows, total - offset) => new Failure(
            AdapterFailures.Unreachable, $"The rows API gave {page.Rows.Length} rows of {split} from row {offset}, of {page.Total}; there should be {total}."),
        _ => page,
    };

    private Task<Result<JsonElement>> AskAsync(string query, HubSplit split, CancellationToken cancellationToken)
    {
        var address = new Uri(options.RowsAddress.AbsoluteUri.TrimEnd('/') + "/" + query);
        return http.RunAsync(() => HttpRequests.Get(address, options.Token), async (response, token) =>
        {
            if (response.Headers.TryGetValues("X-Revision", out var revisions) && revisions.First() is var revision && revision != split.Commit)
            {
                return Other(split, revision);
            }

            return response.StatusCode switch
            {
                HttpStatusCode.OK => await HttpService.ReadJsonAsync(response, token).ConfigureAwait(false),
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new Failure(AdapterFailures.HubDenied, $"The rows of {split} are not given to you ({(int)response.StatusCode})."),
                _ => (Result<JsonElement>)new Failure(AdapterFailures.UnknownDataset, $"The rows API has no {split} ({(int)response.StatusCode}). {await HttpService.WordsAsync(response, token).ConfigureAwait(false)}"),
            };
        }, cancellationToken);
    }

    private static Result<Unit> Write(string path, RowPage[] pages)
    {
        using var lines = new MemoryStream();
        foreach (var row in pages.SelectMany(static page => page.Rows))
        {
            using (var writer = new Utf8JsonWriter(lines))
            {
                row.WriteTo(writer);
            }

            lines.WriteByte((byte)'\n');
        }

        return LocalFiles.Write(path, lines.GetBuffer().AsMemory(0, (int)lines.Length), FileMode);
    }

    private static Failure Other(HubSplit split, string newest) => new(
        AdapterFailures.OtherRevision, $"{split} cannot be had: the rows API gives only the newest revision, {newest}, and the cache does not have it.");

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString()! : string.Empty;
}

/// <summary>A split at a commit.</summary>
internal sealed record HubSplit(string Repository, string Commit, string Configuration, string Split)
{
    public string PathIn(string cache) => $"{Folder(cache)}/{Uri.EscapeDataString(Configuration)}--{Uri.EscapeDataString(Split)}.jsonl";

    /// <summary>The configurations of which the split is kept.</summary>
    public ImmutableArray<string> Kept(string cache)
    {
        var ending = $"--{Uri.EscapeDataString(Split)}.jsonl";
        return Directory.Exists(Folder(cache))
            ? [.. Directory.EnumerateFiles(Folder(cache)).Select(static path => Path.GetFileName(path)!).Where(name => name.EndsWith(ending, StringComparison.Ordinal)).Select(name => Uri.UnescapeDataString(name[..^ending.Length]))]
            : [];
    }

    public override string ToString() => $"{Repository}@{Commit}/{Configuration}/{Split}";

    private string Folder(string cache) => $"{cache.TrimEnd('/')}/{Repository.Replace("/", "--", StringComparison.Ordinal)}/{Uri.EscapeDataString(Commit)}";
}

/// <summary>A page of rows.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Total">How many rows the split has.</param>
/// <param name="IsPartial">Whether the service has only a part of the split.</param>
/// <param name="Cut">A row of which cells were cut; null when there is none.</param>
internal sealed record RowPage(ImmutableArray<JsonElement> Rows, int Total, bool IsPartial, int? Cut)
{
    public static RowPage? Read(JsonElement document)
    {
        if (document.ValueKind is not JsonValueKind.Object || !document.TryGetProperty("rows", out var rows) || rows.ValueKind is not JsonValueKind.Array
            || !document.TryGetProperty("num_rows_total", out var total) || !total.TryGetInt32(out var count))
        {
            return null;
        }

        var read = ImmutableArray.CreateBuilder<JsonElement>(rows.GetArrayLength());
        int? cut = null;
        foreach (var item in rows.EnumerateArray())
        {
            if (item.ValueKind is not JsonValueKind.Object || !item.TryGetProperty("row", out var row) || row.ValueKind is not JsonValueKind.Object)
            {
                return null;
            }

            cut ??= item.TryGetProperty("truncated_cells", out var cells) && cells.ValueKind is JsonValueKind.Array && cells.GetArrayLength() > 0
                ? item.TryGetProperty("row_idx", out var index) && index.TryGetInt32(out var number) ? number : read.Count
                : null;
            read.Add(row);
        }

        return new RowPage(read.MoveToImmutable(), count, document.TryGetProperty("partial", out var partial) && partial.ValueKind is JsonValueKind.True, cut);
    }
}
