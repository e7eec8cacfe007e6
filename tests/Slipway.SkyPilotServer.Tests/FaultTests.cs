using System.Net;
using System.Text.Json.Nodes;
using Slipway.SkyPilotApi.Faults;
using Slipway.SkyPilotApi.Tests.Support;
using Slipway.TestKit;

namespace Slipway.SkyPilotApi.Tests;

public sealed class FaultTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();
    private SkyPilotServer _server = null!;
    private Caller _caller = null!;

    public async Task InitializeAsync()
    {
        _server = await SkyPilotServer.StartAsync(new SkyPilotServerOptions { Folder = _folder.FullPath, Clock = _clock, StreamChunk = 3 });
        _caller = new Caller(_server);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        Dispose();
    }

    public void Dispose()
    {
        _caller.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_launch_may_count_although_its_answer_is_lost()
    {
        _server.Faults.Next("/launch", Fault.DropBeforeAccept, Fault.DropAfterAccept);
        await Assert.ThrowsAsync<HttpRequestException>(() => _caller.PostAsync("/launch", Caller.Launch("c1", "true")));
        Assert.Equal("[]", (await _caller.JsonAsync("/api/status?all_status=true&cluster_name=c1"))!.ToJsonString());
        await Assert.ThrowsAsync<HttpRequestException>(() => _caller.PostAsync("/launch", Caller.Launch("c1", "true")));
        var known = (await _caller.JsonAsync("/api/status?all_status=true&cluster_name=c1"))!.AsArray();
        Assert.Equal("sky.launch", Assert.Single(known)!["name"]!.GetValue<string>());
        await _server.UntilClusterIsAsync("c1", "UP").WaitAsync(Patience);
        Assert.Equal(2, _server.Faults.Happened);
    }

    [Fact]
    public async Task Proxies_and_crashes_answer_otherwise_than_the_server()
    {
        _server.Faults.Next("/api/health", Fault.Status503(2), Fault.HtmlLogin, Fault.PlainText500);
        var seen = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            using var response = await _caller.GetAsync("/api/health");
            seen.Add($"{(int)response.StatusCode} {response.Content.Headers.ContentType!.MediaType}");
        }

        Assert.Equal(["503 text/plain", "503 text/plain", "200 text/html", "500 text/plain", "200 application/json"], seen);
    }

    [Fact]
    public async Task Guards_may_not_be_in_force_though_the_server_says_so()
    {
        _server.Faults.Next("/launch", Fault.AutostopIgnored);
        _server.Faults.Next("/autostop", Fault.AutostopIgnored);
        _server.Faults.Next("/down", Fault.DownLeavesCluster);
        await _caller.DoAsync("/launch", Caller.Launch("c1", "true"));
        await _caller.DoAsync("/autostop", Caller.Body("""{"cluster_name":"c1","idle_minutes":10,"down":true,"wait_for":"jobs"}"""));
        Assert.Equal(-1, (await _caller.StatusAsync("c1"))[0]!["autostop"]!.GetValue<int>());
        await _caller.DoAsync("/autostop", Caller.Body("""{"cluster_name":"c1","idle_minutes":10,"down":true,"wait_for":"jobs"}"""));
        Assert.Equal(10, (await _caller.StatusAsync("c1"))[0]!["autostop"]!.GetValue<int>());
        await _caller.DownAsync("c1");
        Assert.Single(await _caller.StatusAsync("c1"));
        await _caller.DownAsync("c1");
        Assert.Empty(_server.LiveClusters);
    }

    [Fact]
    public async Task Machines_may_be_out_or_fail_after_they_are_rented()
    {
        _server.Faults.Next("/launch", Fault.NoCapacity, Fault.ProvisionFails, Fault.SetupHang);
        Assert.Equal("ResourcesUnavailableError", await _caller.FailAsync("/launch", Caller.Launch("c1", "true")));
        Assert.Empty(_server.LiveClusters);
        Assert.Equal("RuntimeError", await _caller.FailAsync("/launch", Caller.Launch("c1", "true")));
        Assert.Equal(new LiveCluster("c1", "INIT", 1.5484m, -1, EndsDown: false, IsManaged: false), Assert.Single(_server.LiveClusters));
        _clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(0.7742m, _server.Spend, 6);
        using var logs = await _caller.PostAsync("/provision_logs", Caller.Body("""{"cluster_name":"c1"}"""));
        Assert.Contains("ERROR", await logs.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await _caller.DoAsync("/launch", Caller.Launch("c2", "true"));
        await _server.UntilJobIsAsync("c2", 1, "SETTING_UP").WaitAsync(Patience);
        await _caller.DownAsync("c2");
        Assert.Equal("CANCELLED", _server.JobsOf("c2")[1]);
    }

    [Fact]
    public async Task A_launch_that_is_cancelled_may_leave_a_machine_behind()
    {
        var gate = new TaskCompletionSource();
        _server.Faults.Next("/launch", Fault.ProvisionWaits(gate.Task));
        var id = await _caller.SubmitAsync("/launch", Caller.Launch("c1", "true"));
        await _server.UntilClusterIsAsync("c1", "INIT").WaitAsync(Patience);
        var cancelled = await _caller.DoAsync("/api/cancel", Caller.Body($$"""{"request_ids":["{{id}}"],"user_id":"1a2b3c4d"}"""));
        Assert.Equal($"[\"{id}\"]", cancelled!.ToJsonString());
        var (_, error, status) = await _caller.ResultAsync(id);
        Assert.Equal(("CANCELLED", null), (status, error));
        Assert.Equal("INIT", Assert.Single(_server.LiveClusters).Status);
    }

    [Fact]
    public async Task Request_ids_are_forgotten_by_a_restart_and_after_a_day()
    {
        _server.Faults.Next("/launch", Fault.RestartForgetting);
        await Assert.ThrowsAsync<HttpRequestException>(() => _caller.PostAsync("/launch", Caller.Launch("c1", "true")));
        Assert.Equal("[]", (await _caller.JsonAsync("/api/status?all_status=true"))!.ToJsonString());
        await _server.UntilClusterIsAsync("c1", "UP").WaitAsync(Patience);

        var id = await _caller.SubmitAsync("/check", Caller.Body("""{"clouds":["nebius"]}"""));
        Assert.Equal("""{"default":{"Nebius":["compute","storage"]}}""", (await _caller.ResultAsync(id[..13])).Value!.ToJsonString());
        _clock.Advance(TimeSpan.FromHours(25));
        using var forgotten = await _caller.GetAsync("/api/get?request_id=" + id);
        Assert.Equal(HttpStatusCode.NotFound, forgotten.StatusCode);
    }

    [Fact]
    public async Task Streams_break_off_ask_to_come_back_and_show_signs_of_life()
    {
        _server.Faults.Next("/logs", Fault.CutStreamAt(10), Fault.RetryStreamAt(5));
        await _caller.DoAsync("/launch", Caller.Launch("c1", "until [ -e ~/go ]; do sleep 0.05; done"));
        var body = Caller.Body("""{"cluster_name":"c1","job_id":1,"follow":true,"tail":0}""");
        using (var cut = await _caller.PostAsync("/logs", body))
        {
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => cut.Content.ReadAsStringAsync().WaitAsync(Patience));
        }

        using (var again = await _caller.PostAsync("/logs", body))
        {
            Assert.Equal("Taili\n<sky-payload>\"<retry></retry>\"</sky-payload>\n", await again.Content.ReadAsStringAsync().WaitAsync(Patience));
        }

        using var alive = await _caller.PostAsync("/logs", body);
        using var reader = new StreamReader(await alive.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync().WaitAsync(Patience) is { } line && !line.StartsWith("└──", StringComparison.Ordinal))
        {
        }

        var next = reader.ReadLineAsync();
        for (var tries = 0; !next.IsCompleted && tries < 1000; tries++)
        {
            // The silence begins when the server has sent all it has, which cannot be seen from here.
            _clock.Advance(TimeSpan.FromSeconds(5));
            await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(10)));
        }

        Assert.Equal("<sky-payload>\"<heartbeat></heartbeat>\"</sky-payload>", await next.WaitAsync(Patience));
    }

    [Fact]
    public async Task An_answer_may_come_late()
    {
        var gate = new TaskCompletionSource();
        _server.Faults.Next("/api/health", Fault.Slow(gate.Task));
        var answer = _caller.JsonAsync("/api/health");
        Assert.False(answer.IsCompleted);
        gate.SetResult();
        Assert.Equal("55", (await answer.WaitAsync(Patience))!["api_version"]!.GetValue<string>());
    }

    [Fact]
    public async Task Control_lines_are_for_consoles_only()
    {
        var id = await _caller.SubmitAsync("/optimize", Caller.Body($$"""{"dag":{{JsonValue.Create(Caller.Task("true")).ToJsonString()}},"request_options":null}"""));
        using var plain = await _caller.GetAsync($"/api/stream?request_id={id}&format=plain");
        using var console = await _caller.GetAsync($"/api/stream?request_id={id}&format=console&tail=1");
        Assert.StartsWith("Considered resources (1 node):", await plain.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("<sky-payload>\"<rich_exit></rich_exit>\"</sky-payload>\n", await console.Content.ReadAsStringAsync());
        Assert.Equal(id, console.Headers.GetValues("X-SkyPilot-Stream-Request-ID").Single());
    }
}
