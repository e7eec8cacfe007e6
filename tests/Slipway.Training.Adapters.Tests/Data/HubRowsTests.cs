using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Slipway.Core.Failures;
using Slipway.TestKit;
using Slipway.Training.Adapters.Data;
using Slipway.Training.Adapters.Tests.Support;
using Slipway.Training.Datasets;
using Slipway.Training.Ports;
using Slipway.Workers.Tests.Support;

namespace Slipway.Training.Adapters.Tests.Data;

public sealed class HubRowsTests : IAsyncLifetime, IDisposable
{
    private const int Total = 345;
    private readonly TempFolder _folder = new();
    private readonly HastyTime _time = new();
    private readonly HubOfTests _hub = new();
    private LoopbackServer _server = null!;
    private int _busy = 2;
    private string _revision = "c1";
    private string _extra = string.Empty;
    private string _cut = string.Empty;

    public async Task InitializeAsync() => _server = await LoopbackServer.StartAsync(AnswerAsync);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pages_are_brought_in_their_order_once_and_kept_by_commit()
    {
        var dataset = (await LoadAsync()).Ok();
        Assert.Equal(Enumerable.Range(0, Total), dataset.Rows.Select(static row => row.GetProperty("n").GetInt32()));
        Assert.Equal("owner/name@c1/main/train", dataset.Origin);
        Assert.Equal(2, _time.Waits.Count);
        Assert.All(_server.Requests, static request => Assert.Equal("Bearer secret", request.Authorization));
        Assert.True(File.Exists(_folder.Combine("cache", "owner--name", "c1", "main--train.jsonl")));

        var count = _server.Requests.Count;
        Assert.Equal(Total, (await LoadAsync()).Ok().Count);
        Assert.Equal(count, _server.Requests.Count);
        _hub.Main = "c2";
        Assert.Equal(Total, (await LoadAsync(revision: "c1")).Ok().Count);
        Assert.Contains("c2", (await LoadAsync("test", revision: "c1")).Fails(AdapterFailures.OtherRevision).Message);
    }

    [Fact]
    public async Task A_look_brings_one_page_and_keeps_nothing()
    {
        using var store = DatasetStore.Create(new DatasetOptions { CacheDirectory = _folder.Combine("cache"), RowsAddress = new Uri(_server.Url), Time = _time }, _hub, userCode: null).Ok();
        var seen = (await store.PeekAsync(new DatasetRequest("owner/name", Configuration: null, "train", Revision: null), CancellationToken.None)).Ok();
        Assert.Equal(100, seen.Count);
        Assert.False(Directory.Exists(_folder.Combine("cache", "owner--name")));
    }

    [Fact]
    public async Task Rows_that_are_not_whole_are_refused_and_not_kept()
    {
        _cut = "\"messages\"";
        Assert.Contains("row 0", (await LoadAsync()).Fails(AdapterFailures.OtherRevision).Message);
        (_cut, _extra) = (string.Empty, ",\"partial\":true");
        (await LoadAsync()).Fails(AdapterFailures.OtherRevision);
        (_extra, _revision) = (string.Empty, "c9");
        Assert.Contains("c9", (await LoadAsync()).Fails(AdapterFailures.OtherRevision).Message);
        Assert.False(Directory.Exists(_folder.Combine("cache", "owner--name")));
    }

    [Fact]
    public async Task What_is_not_there_is_told_with_what_is()
    {
        Assert.Contains("main/train, main/test, more/extra", (await LoadAsync("other")).Fails(AdapterFailures.UnknownDataset).Message);
        Assert.Contains("such split", (await LoadAsync("other", configuration: "main")).Fails(AdapterFailures.UnknownDataset).Message);
        _busy = 100;
        Assert.Contains("429", (await LoadAsync()).Fails(AdapterFailures.Unreachable).Message);
        Assert.Equal([0.5, 1, 2, 4, 8], _time.Waits.Select(static wait => wait.TotalSeconds).TakeLast(5));
    }

    private async Task<Result<Dataset>> LoadAsync(string split = "train", string? configuration = null, string? revision = null)
    {
        var options = new DatasetOptions { CacheDirectory = _folder.Combine("cache"), RowsAddress = new Uri(_server.Url), Token = "secret", Time = _time };
        using var store = DatasetStore.Create(options, _hub, userCode: null).Ok();
        return await store.LoadAsync(new DatasetRequest("owner/name", configuration, split, revision), default);
    }

    private Task AnswerAsync(HttpContext context)
    {
        if (Interlocked.Decrement(ref _busy) >= 0)
        {
            context.Response.StatusCode = 429;
            return Task.CompletedTask;
        }

        context.Response.Headers["X-Revision"] = _revision;
        var query = context.Request.Query;
        if (context.Request.Path == "/splits")
        {
            return context.JsonAsync("""{"splits":[{"config":"main","split":"train"},{"config":"main","split":"test"},{"config":"more","split":"extra"}]}""");
        }

        if (query["split"] != "train" || query["config"] != "main" || query["dataset"] != "owner/name")
        {
            return context.JsonAsync("""{"error":"there is no such split"}""", 404);
        }

        var (offset, length) = (int.Parse(query["offset"]!, CultureInfo.InvariantCulture), int.Parse(query["length"]!, CultureInfo.InvariantCulture));
        Assert.InRange(length, 1, 100);
        var rows = Enumerable.Range(offset, Math.Min(length, Total - offset)).Select(n => $$"""{"row_idx":{{n}},"row":{"n":{{n}},"text":"a\nb"},"truncated_cells":[{{_cut}}]}""");
        return context.JsonAsync($$"""{"features":[],"rows":[{{string.Join(',', rows)}}],"num_rows_total":{{Total}}{{_extra}}}""");
    }

    private sealed class HubOfTests : IHubClient
    {
        public string Name => "tests";

        public bool IsSimulated => false;

        public string Main { get; set; } = "c1";

        public Task<Result<HubListing>> ListAsync(HubRepository repository, CancellationToken cancellationToken)
        {
            Assert.True(repository.IsDataset);
            return Task.FromResult<Result<HubListing>>(new HubListing(repository.Revision is "main" ? Main : repository.Revision, []));
        }

        public Task<Result<string>> DownloadAsync(HubRepository repository, string file, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<Result<string>> SnapshotAsync(HubRepository repository, ImmutableArray<string> patterns, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
