namespace Slipway.TestKit.Tests;

public sealed class PipFaultTests : IAsyncLifetime, IDisposable
{
    private const string File = "demo-1.0-py3-none-any.whl";
    private readonly TempStore _store = new();
    private readonly Pip _pip;
    private LocalIndex _index = null!;

    public PipFaultTests() => _pip = new Pip(_store);

    public async Task InitializeAsync()
    {
        _index = await LocalIndex.StartAsync();
        _index.Add(new WheelBuilder("demo", "1.0").Module("demo.py", "VALUE = 1\n"));
    }

    public async Task DisposeAsync() => await _index.DisposeAsync();

    public void Dispose() => _store.Dispose();

    [RequiresFact(Capability.Python)]
    public async Task Credentials_are_asked_for_and_never_recorded()
    {
        const string Secret = "s3cr3t-marker";
        _index.RequireBasicAuth("alice", Secret);
        var withCredentials = new UriBuilder(_index.SimpleUrl) { UserName = "alice", Password = Secret }.Uri;
        var withWrong = new UriBuilder(_index.SimpleUrl) { UserName = "alice", Password = "wrong" }.Uri;

        var without = await _pip.InstallAsync(_index.SimpleUrl, "demo");
        var wrong = await _pip.InstallAsync(withWrong, "demo");
        Assert.NotEqual(0, without.ExitCode);
        Assert.NotEqual(0, wrong.ExitCode);
        Assert.Equal(0, _index.CountOf("/files/"));

        (await _pip.InstallAsync(withCredentials, "demo")).OrThrow();

        Assert.Contains(_index.Requests, request => request.HasAuthorization);
        Assert.Contains(_index.Requests, request => !request.HasAuthorization);
        Assert.All(_index.Requests, request => Assert.DoesNotContain(Secret, request.ToString(), StringComparison.Ordinal));
        Assert.All(_index.Requests, request => Assert.StartsWith("pip/", request.UserAgent, StringComparison.Ordinal));
    }

    [RequiresTheory(Capability.Python)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Wrong_hash_is_refused(bool json)
    {
        _index.OffersJson = json;
        _index.StateWrongHash(File);

        var result = await _pip.InstallAsync(_index.SimpleUrl, "demo");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("DO NOT MATCH THE HASHES", result.Stdout + result.Stderr, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Truncated_download_fails_and_succeeds_when_healed()
    {
        _index.CutOff("/files/demo/" + File);
        var cut = await _pip.InstallAsync(_index.SimpleUrl, "demo");
        Assert.NotEqual(0, cut.ExitCode);

        _index.Heal();
        (await _pip.InstallAsync(_index.SimpleUrl, "demo")).OrThrow();
    }

    [RequiresTheory(Capability.Python)]
    [InlineData(500)]
    [InlineData(404)]
    [InlineData(403)]
    public async Task Broken_index_fails(int status)
    {
        _index.Break("/simple/", status);

        var result = await _pip.InstallAsync(_index.SimpleUrl, "demo");

        Assert.NotEqual(0, result.ExitCode);
        Assert.True(_index.CountOf("/simple/demo/") > 0);
    }

    [RequiresFact(Capability.Python)]
    public async Task Error_page_offers_nothing()
    {
        _index.ServeErrorPage("/simple/");

        var result = await _pip.InstallAsync(_index.SimpleUrl, "demo");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("No matching distribution found", result.Stderr, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Redirect_to_another_index_is_followed_and_credentials_stay_behind()
    {
        await using var other = await LocalIndex.StartAsync();
        other.Add(new WheelBuilder("demo", "1.0").Module("demo.py", "VALUE = 2\n"));
        _index.RequireBasicAuth("alice", "secret");
        _index.Redirect("/simple/", new Uri(other.SimpleUrl, "demo/"));

        (await _pip.InstallAsync(new UriBuilder(_index.SimpleUrl) { UserName = "alice", Password = "secret" }.Uri, "demo")).OrThrow();

        Assert.True(other.CountOf("/files/") > 0);
        Assert.DoesNotContain(other.Requests, request => request.HasAuthorization);
        Assert.True(_index.CountOf("/simple/") > 0);
        Assert.Equal(0, _index.CountOf("/files/"));
    }

    [RequiresFact(Capability.Python)]
    public async Task Slow_index_answers_when_the_gate_opens()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _index.Slow(gate, "/files/");

        var install = _pip.InstallAsync(_index.SimpleUrl, "demo");
        await _index.WaitForRequestAsync("/files/").WaitAsync(TimeSpan.FromSeconds(60));
        Assert.False(install.IsCompleted);
        gate.SetResult();

        (await install).OrThrow();
    }
}
