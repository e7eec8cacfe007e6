using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Slipway.TestKit;
using Slipway.Training.Adapters.Hub;
using Slipway.Training.Adapters.Tests.Support;
using Slipway.Training.Ports;
using Slipway.Workers.Tests.Support;

namespace Slipway.Training.Adapters.Tests.Hub;

/// <summary>The hub, on loopback: large files are redirected to a server on another port.</summary>
public sealed class HubClientTests : IAsyncLifetime, IDisposable
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";
    private static readonly HubRepository Repository = new("owner/name");
    private readonly TempFolder _folder = new();
    private readonly HastyTime _time = new();
    private readonly byte[] _large = RandomNumberGenerator.GetBytes(500_000);
    private readonly byte[] _config = "{\"a\": 1}"u8.ToArray();
    private readonly ConcurrentQueue<string> _ranges = new();
    private LoopbackServer _hub = null!;
    private LoopbackServer _store = null!;
    private Func<int, int> _cut = static length => length;
    private int _status = 200;
    private bool _takesRanges = true;
    private bool _isWrong;
    private string _evil = "notes/read me.md";

    public async Task InitializeAsync()
    {
        _store = await LoopbackServer.StartAsync(AnswerStoreAsync);
        _hub = await LoopbackServer.StartAsync(AnswerHubAsync);
    }

    public async Task DisposeAsync()
    {
        await _hub.DisposeAsync();
        await _store.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Snapshot_lies_as_the_hubs_own_library_lays_it()
    {
        using var client = Make();
        var listing = (await client.ListAsync(Repository, default)).Ok();
        Assert.Equal((Commit, "config.json notes/read me.md weights/model.safetensors"), (listing.Commit, string.Join(' ', listing.Files.Select(static file => file.Path))));
        Assert.Equal((_large.Length, Sha256), (listing.Files[2].Size, listing.Files[2].Sha256));
        var folder = (await client.SnapshotAsync(Repository, ["*.safetensors", "config.*"], default)).Ok();
        var home = _folder.Combine("hub", "models--owner--name");
        Assert.Equal($"{home}/snapshots/{Commit}", folder);
        Assert.Equal(Commit, await File.ReadAllTextAsync($"{home}/refs/main"));
        Assert.Equal($"../../../blobs/{Sha256}", new FileInfo($"{folder}/weights/model.safetensors").LinkTarget);
        Assert.Equal(_large, await File.ReadAllBytesAsync($"{folder}/weights/model.safetensors"));
        Assert.Equal(_config, await File.ReadAllBytesAsync($"{folder}/config.json"));
        Assert.False(Directory.Exists($"{folder}/notes"));
        Assert.Equal($"{folder}/notes/read me.md", (await client.DownloadAsync(Repository, "notes/read me.md", default)).Ok());

        // The token is the hub's, and for nobody else.
        Assert.All(_hub.Requests, static request => Assert.Equal("Bearer token-of-tests", request.Authorization));
        Assert.All(_store.Requests, static request => Assert.Equal(string.Empty, request.Authorization));
        var count = _store.Requests.Count;
        (await client.SnapshotAsync(Repository with { Revision = Commit }, [], default)).Ok();
        Assert.Equal(count, _store.Requests.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cut_download_goes_on_from_where_it_was(bool takesRanges)
    {
        _takesRanges = takesRanges;
        var calls = 0;
        _cut = length => ++calls < 3 ? length / 2 : length;
        using var client = Make();
        var path = (await client.DownloadAsync(Repository, "weights/model.safetensors", default)).Ok();
        Assert.Equal(_large, await File.ReadAllBytesAsync(path));
        Assert.Equal(3, calls);
        if (takesRanges)
        {
            Assert.Equal(3, _ranges.Distinct(StringComparer.Ordinal).Count());
            Assert.All(_ranges.Skip(1), static range => Assert.StartsWith("bytes=", range, StringComparison.Ordinal));
        }

        Assert.Empty(Directory.GetFiles(_folder.Combine("hub", "models--owner--name", "blobs"), "*.incomplete"));
    }

    [Fact]
    public async Task What_came_of_a_download_that_was_given_up_is_used_the_next_time()
    {
        _cut = static _ => 0;
        using var client = Make();
        Assert.Contains("stopped at 0 of 500000", (await client.DownloadAsync(Repository, "weights/model.safetensors", default)).Fails(AdapterFailures.Unreachable).Message);
        await File.WriteAllBytesAsync(_folder.Combine("hub", "models--owner--name", "blobs", Sha256 + ".incomplete"), _large[..123_456]);
        _ranges.Clear();
        _cut = static length => length;
        Assert.Equal(_large, await File.ReadAllBytesAsync((await client.DownloadAsync(Repository, "weights/model.safetensors", default)).Ok()));
        Assert.Equal("bytes=123456-", Assert.Single(_ranges));
    }

    [Fact]
    public async Task Wrong_content_is_refused_and_not_kept()
    {
        _isWrong = true;
        using var client = Make();
        Assert.Contains(Sha256, (await client.DownloadAsync(Repository, "weights/model.safetensors", default)).Fails(AdapterFailures.HubDigest).Message);
        Assert.Contains("config.json", (await client.DownloadAsync(Repository, "config.json", default)).Fails(AdapterFailures.HubDigest).Message);
        Assert.Empty(Directory.GetFiles(_folder.Combine("hub", "models--owner--name", "blobs")));
    }

    [Theory]
    [InlineData(401, "TRA0502")]
    [InlineData(403, "TRA0502")]
    [InlineData(404, "TRA0501")]
    public async Task Refusal_is_told_once_and_without_the_token(int status, string code)
    {
        _status = status;
        using var client = Make();
        var failure = (await client.ListAsync(Repository, default)).Failure;
        Assert.Equal(code, failure.Code.Id);
        Assert.Contains("'no'", failure.Message);
        Assert.DoesNotContain("token-of-tests", failure.ToString());
        Assert.Single(_hub.Requests);
        _status = 200;
        Assert.Contains("config.json", (await client.DownloadAsync(Repository, "confog.json", default)).Fails(AdapterFailures.NotOnHub).Message);
        (await client.SnapshotAsync(Repository, ["*.bin"], default)).Fails(AdapterFailures.NotOnHub);
    }

    [Theory]
    [InlineData("../../out")]
    [InlineData("/etc/passwd")]
    public async Task Path_that_leads_out_is_not_taken_from_the_hub(string path)
    {
        _evil = path;
        using var client = Make();
        (await client.ListAsync(Repository, default)).Fails(AdapterFailures.Unreachable);
        (await client.ListAsync(new HubRepository("../name"), default)).Fails(AdapterFailures.NotOnHub);
        (await client.ListAsync(Repository with { Revision = "../x" }, default)).Fails(AdapterFailures.NotOnHub);
    }

    [Fact]
    public void Environment_says_what_it_says_to_the_hubs_own_library()
    {
        _folder.WriteFile("home/token", "kept\n");
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["HF_HOME"] = _folder.Combine("home"), ["HF_ENDPOINT"] = "http://127.0.0.1:1" };
        var options = HubOptions.FromEnvironment(variables.GetValueOrDefault).Ok();
        Assert.Equal((_folder.Combine("home", "hub"), "kept", 1), (options.CacheDirectory, options.Token, options.Endpoint.Port));
        variables["HF_TOKEN"] = "set";
        Assert.Equal("set", HubOptions.FromEnvironment(variables.GetValueOrDefault).Ok().Token);
        Assert.Equal("/u/.cache/huggingface/hub", HubOptions.FromEnvironment(static name => name is "HOME" ? "/u" : null).Ok().CacheDirectory);
        HubOptions.FromEnvironment(static _ => null).Fails(AdapterFailures.BadSetting);
        HubClient.Create(options with { CacheDirectory = "here" }).Fails(AdapterFailures.BadSetting);
    }

    private string Sha256 => Convert.ToHexStringLower(SHA256.HashData(_large));

    private HubClient Make() => HubClient.Create(new HubOptions { CacheDirectory = _folder.Combine("hub"), Endpoint = new Uri(_hub.Url), Token = "token-of-tests", Time = _time }).Ok();

    private Task AnswerHubAsync(HttpContext context)
    {
        context.Response.Headers["X-Error-Message"] = "no";
        if (_status != 200)
        {
            return context.JsonAsync("{}", _status);
        }

        switch (context.Request.Path.Value)
        {
            case "/api/models/owner/name/revision/main" or $"/api/models/owner/name/revision/{Commit}":
                return context.JsonAsync($$"""
                    {"sha":"{{Commit}}","siblings":[
                      {"rfilename":"weights/model.safetensors","size":{{_large.Length}},"blobId":"abcd","lfs":{"sha256":"{{Sha256}}","size":{{_large.Length}} } },
                      {"rfilename":"config.json","size":{{_config.Length}},"blobId":"{{GitDigest(_config)}}"},
                      {"rfilename":"{{_evil}}","size":0,"blobId":"{{GitDigest([])}}"}]}
                    """);
            case $"/owner/name/resolve/{Commit}/weights/model.safetensors":
                context.Response.Redirect($"{_store.Url}/blob?signature=1");
                return Task.CompletedTask;
            case $"/owner/name/resolve/{Commit}/config.json":
                // On the same host the token goes along.
                context.Response.Redirect("/moved/config.json");
                return Task.CompletedTask;
            case "/moved/config.json":
                return context.Response.Body.WriteAsync(_isWrong ? [.. _config.Reverse()] : _config).AsTask();
            case $"/owner/name/resolve/{Commit}/notes/read me.md":
                return Task.CompletedTask;
            default:
                context.Response.StatusCode = 404;
                return Task.CompletedTask;
        }
    }

    private async Task AnswerStoreAsync(HttpContext context)
    {
        var range = context.Request.Headers.Range.ToString();
        _ranges.Enqueue(range);
        var start = _takesRanges && range.Length > 0 ? int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture) : 0;
        context.Response.StatusCode = start > 0 ? 206 : 200;
        if (start > 0)
        {
            context.Response.Headers.ContentRange = $"bytes {start}-{_large.Length - 1}/{_large.Length}";
        }

        var rest = _large[start..];
        if (_isWrong)
        {
            rest[7] ^= 1;
        }

        context.Response.ContentLength = rest.Length;
        var sent = _cut(rest.Length);
        await context.Response.Body.WriteAsync(rest.AsMemory(0, sent));
        await context.Response.Body.FlushAsync();
        if (sent < rest.Length)
        {
            context.Abort();
        }
    }

    private static string GitDigest(byte[] content)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        digest.AppendData(Encoding.ASCII.GetBytes($"blob {content.Length}\0"));
        digest.AppendData(content);
        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }
}
