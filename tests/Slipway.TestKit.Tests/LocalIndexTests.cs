using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Slipway.TestKit.Tests;

public sealed class LocalIndexTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private const string Json = "application/vnd.pypi.simple.v1+json";
    private readonly HttpClient _client = new(new HttpClientHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(30) };
    private LocalIndex _index = null!;

    public async Task InitializeAsync() => _index = await LocalIndex.StartAsync();

    public async Task DisposeAsync() => await _index.DisposeAsync();

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData(null, "text/html")]
    [InlineData("*/*", "text/html")]
    [InlineData(Json, Json)]
    [InlineData("application/vnd.pypi.simple.latest+json", Json)]
    [InlineData("application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01", Json)]
    [InlineData("application/vnd.pypi.simple.v1+json;q=0, application/vnd.pypi.simple.v1+html", "application/vnd.pypi.simple.v1+html")]
    [InlineData("text/html, application/vnd.pypi.simple.v1+json;q=0.5", "text/html")]
    [InlineData("image/png", null)]
    public async Task Accept_header_chooses_the_form(string? accept, string? expected)
    {
        _index.Add(new WheelBuilder("demo", "1.0"));

        using var response = await GetAsync("simple/demo/", accept);

        Assert.Equal(expected is null ? HttpStatusCode.NotAcceptable : HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(expected ?? "text/plain", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Index_without_json_answers_html()
    {
        _index.Add(new WheelBuilder("demo", "1.0"));
        _index.OffersJson = false;

        using var response = await GetAsync("simple/demo/", Json + ", text/html;q=0.1");

        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Pages_state_all_that_is_known_of_a_file()
    {
        _index.Add(
            new WheelBuilder("Demo.Pkg", "1.0").RequiresPython(">=3.9,<4").Module("demo.py", "A = 1\n"),
            new LocalIndexFile { Yanked = true, YankedReason = "a \"bad\" <one>", UploadTime = new DateTimeOffset(2024, 5, 6, 7, 8, 9, TimeSpan.Zero) });
        _index.Add(new SdistBuilder("demo-pkg", "0.9"), new LocalIndexFile { Hash = false, UploadTime = null });
        _index.SetStatus("demo-pkg", "archived", "done & dusted");

        var json = await ReadAsync("simple/demo-pkg/", Json);
        using var parsed = JsonDocument.Parse(json);
        var html = await ReadAsync("simple/demo-pkg/", "text/html");

        Snapshot.Match(JsonSerializer.Serialize(parsed.RootElement, Readable) + "\n\n" + html);
    }

    [Fact]
    public async Task Root_lists_the_projects_by_their_normalised_names()
    {
        _index.Add(new WheelBuilder("Zeta__Pkg", "1.0")).Add(new WheelBuilder("alpha", "1")).Add(new WheelBuilder("alpha", "2"));

        using var json = JsonDocument.Parse(await ReadAsync("simple/", Json));
        var names = json.RootElement.GetProperty("projects").EnumerateArray().Select(project => project.GetProperty("name").GetString());

        Assert.Equal(["alpha", "zeta-pkg"], names, StringComparer.Ordinal);
        Assert.Contains("<a href=\"/simple/zeta-pkg/\">", await ReadAsync("simple/", "text/html"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("simple", "/simple/")]
    [InlineData("simple/demo_pkg/", "/simple/demo-pkg/")]
    [InlineData("simple/demo-pkg", "/simple/demo-pkg/")]
    public async Task Unusual_address_redirects_to_the_canonical_one(string path, string location)
    {
        _index.Add(new WheelBuilder("demo-pkg", "1.0"));

        using var response = await GetAsync(path, accept: null);

        Assert.Equal(HttpStatusCode.MovedPermanently, response.StatusCode);
        Assert.Equal(location, response.Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData("simple/absent/")]
    [InlineData("files/demo/absent.whl")]
    [InlineData("elsewhere")]
    public async Task Unknown_path_is_not_found(string path)
    {
        using var response = await GetAsync(path, accept: null);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task File_and_its_metadata_are_what_the_builder_made()
    {
        var wheel = new WheelBuilder("demo", "1.0").Requires("dep");
        _index.Add(wheel);

        Assert.Equal(wheel.Build(), await _client.GetByteArrayAsync(_index.UrlOf(wheel)));
        Assert.Equal(wheel.Metadata, await _client.GetStringAsync(new Uri(_index.UrlOf(wheel).AbsoluteUri + ".metadata")));
    }

    [Fact]
    public async Task Faults_count_down_newest_first_and_heal()
    {
        _index.Add(new WheelBuilder("demo", "1.0"));
        _index.NotFound("/simple/demo/");
        _index.Break("/simple/", status: 503, times: 2);

        Assert.Equal(
            [HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable, HttpStatusCode.NotFound],
            [await StatusAsync(), await StatusAsync(), await StatusAsync()]);
        _index.Heal();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync());

        async Task<HttpStatusCode> StatusAsync()
        {
            using var response = await GetAsync("simple/demo/", accept: null);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Cut_off_announces_the_whole_length_and_sends_less()
    {
        var wheel = new WheelBuilder("demo", "1.0");
        _index.Add(wheel);
        _index.CutOff();

        using var response = await _client.GetAsync(_index.UrlOf(wheel), HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal(wheel.Build().Length, response.Content.Headers.ContentLength);
        using var received = new MemoryStream();
        await using var body = await response.Content.ReadAsStreamAsync();
        var failure = await Assert.ThrowsAsync<HttpIOException>(() => body.CopyToAsync(received));
        Assert.Equal(wheel.Build()[..(wheel.Build().Length / 2)], received.ToArray());
        Assert.Equal(HttpRequestError.ResponseEnded, failure.HttpRequestError);
    }

    [Fact]
    public async Task Dispose_does_not_wait_for_a_closed_gate()
    {
        var index = await LocalIndex.StartAsync();
        index.Slow(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var held = _client.GetAsync(index.SimpleUrl);
        await index.WaitForRequestAsync("/simple/").WaitAsync(Long);

        await index.DisposeAsync().AsTask().WaitAsync(Long);

        var failure = await Record.ExceptionAsync(async () => await held.WaitAsync(Long));
        Assert.IsType<HttpRequestException>(failure);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string? accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_index.BaseUrl, path));
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        return await _client.SendAsync(request);
    }

    private async Task<string> ReadAsync(string path, string accept)
    {
        using var response = (await GetAsync(path, accept)).EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync();
    }
}
