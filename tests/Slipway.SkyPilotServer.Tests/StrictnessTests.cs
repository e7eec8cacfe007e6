using System.Net;
using System.Text.Json.Nodes;
using Slipway.SkyPilotApi.Tests.Support;
using Slipway.TestKit;

namespace Slipway.SkyPilotApi.Tests;

public sealed class StrictnessTests : IDisposable
{
    private const string Status = """{"refresh":"AUTO","include_credentials":false,"include_handle":false}""";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("/cancel", """{"cluster_name":"a"}""", 422, "job_ids: Field required")]
    [InlineData("/cancel", """{"cluster_name":"a","job_ids":["one"]}""", 422, "job_ids.0: Input should be a valid integer")]
    [InlineData("/status", """{"refresh":"none","include_credentials":false,"include_handle":false}""", 422, "refresh: Input should be 'NONE', 'AUTO' or 'FORCE'")]
    [InlineData("/optimize", """{"dag":"run: ls","request_options":{"cluster_name":null,"down":true,"dryrun":true}}""", 422, "request_options.idle_minutes_to_autostop: Field required")]
    [InlineData("/optimize", """{"dag":"run: ls","request_options":null,"minimize":"COST"}""", 422, "minimize: Input should be a valid integer")]
    [InlineData("/queue", """{"cluster_name":"a","skipfinished":true}""", 200, "the server drops the field skipfinished")]
    [InlineData("/nowhere", "{}", 404, "POST /nowhere is not served at API 55")]
    [InlineData("/api/health", "{}", 405, "POST /api/health is not served at API 55")]
    [InlineData("/status?verbose=1", Status, 200, "the server drops verbose of the query at API 55")]
    public async Task What_is_wrong_with_a_request_is_kept_and_answered_as_by_the_real_server(string path, string fields, int status, string problem)
    {
        // The description that was recorded and the table of our own say the same.
        foreach (var file in new[] { null, string.Empty })
        {
            await using var server = await StartAsync(new SkyPilotServerOptions { Folder = _folder.FullPath, OpenApiFile = file });
            using var caller = new Caller(server);
            using var response = await caller.PostAsync(path, Caller.Body(fields));
            Assert.Equal(status, (int)response.StatusCode);
            Assert.Equal(problem, Assert.Single(server.Violations).Problem);
        }
    }

    [Theory]
    [InlineData("/api/cancel", """{"request_ids":null}""", "cancels everything")]
    [InlineData("/status", """{"refresh":"AUTO"}""", "private keys")]
    [InlineData("/down", """{"cluster_name":"a","purge":true}""", "purge is true")]
    [InlineData("/launch", """{"cluster_name":"a","task":"resources: {autostop: {idle_minutes: 5, down: true}}\nsetup: pip install x\nrun: timeout 5 true"}""", "has a setup")]
    [InlineData("/launch", """{"cluster_name":"a","task":"resources: {autostop: {idle_minutes: 5}}\nrun: timeout 5 true"}""", "no autostop that ends")]
    [InlineData("/launch", """{"cluster_name":"a","task":"resources: {autostop: {idle_minutes: 5, down: true}}\nrun: python train.py"}""", "through timeout")]
    [InlineData("/launch", """{"cluster_name":"a","task":"resourcez: {}\nrun: timeout 5 true"}""", "did you mean 'resources'?")]
    public async Task Our_own_rules_are_held_against_every_request(string path, string fields, string problem)
    {
        await using var server = await StartAsync(new SkyPilotServerOptions { Folder = _folder.FullPath, EnabledClouds = [] });
        using var caller = new Caller(server);
        await caller.SubmitAsync(path, Caller.Body(fields));
        Assert.Contains(problem, Assert.Single(server.Violations).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_correct_request_is_no_violation_and_a_broken_header_is()
    {
        await using var server = await StartAsync();
        using var caller = new Caller(server);
        Assert.Empty((await caller.DoAsync("/status", Caller.Body(Status)))!.AsArray());
        Assert.Empty(server.Violations);

        caller.Headers.Remove("X-SkyPilot-Version");
        using (var response = await caller.PostAsync("/status", Caller.Body(Status)))
        {
            Assert.False(response.Headers.Contains("X-SkyPilot-API-Version"));
            Assert.Contains("belong together", Assert.Single(server.Violations).Problem, StringComparison.Ordinal);
        }

        caller.Headers.Add("X-SkyPilot-Version", "1");
        caller.Headers.Remove("X-SkyPilot-API-Version");
        caller.Headers.Add("X-SkyPilot-API-Version", "new");
        using var bare = await caller.PostAsync("/status", Caller.Body(Status));
        Assert.Equal("Internal Server Error", await bare.Content.ReadAsStringAsync());
        Assert.Equal(2, server.Violations.Count);
    }

    [Fact]
    public async Task Bodies_name_their_user()
    {
        await using var server = await StartAsync();
        using var caller = new Caller(server);
        await caller.SubmitAsync("/status", JsonNode.Parse(Status)!);
        Assert.Contains("SKYPILOT_USER_ID (8 hex", Assert.Single(server.Violations).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_older_server_has_less()
    {
        await using var server = await StartAsync(new SkyPilotServerOptions { Folder = _folder.FullPath, ApiVersion = 30 });
        using var caller = new Caller(server);
        using var blob = await caller.GetAsync($"/upload_v2/blob?user_hash=1a2b3c4d&blob_id={new string('a', 64)}");
        Assert.Equal(HttpStatusCode.NotFound, blob.StatusCode);
        using var status = await caller.GetAsync("/api/status?cluster_name=a");
        Assert.Equal(2, server.Violations.Count);
        Assert.Equal("30", status.Headers.GetValues("X-SkyPilot-API-Version").Single());
        Assert.Equal("InvalidSkyPilotConfigError", await caller.FailAsync("/launch", Caller.Launch("a", "true", "max_hourly_cost: 2.0")));
    }

    [Fact]
    public async Task Callers_show_who_they_are()
    {
        await using var basic = await StartAsync(new SkyPilotServerOptions { Folder = _folder.FullPath, Auth = SkyPilotAuth.Basic("ada", "pw") });
        using var ada = new Caller(basic);
        using (var refused = await ada.GetAsync("/api/health"))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        ada.Headers.Add("Authorization", "Basic YWRhOnB3");
        Assert.Equal("healthy", (await ada.JsonAsync("/api/health"))!["status"]!.GetValue<string>());

        await using var bearer = await StartAsync(new SkyPilotServerOptions { Folder = _folder.FullPath, Auth = SkyPilotAuth.Bearer("sky_t") });
        using var account = new Caller(bearer);
        Assert.Equal("needs_auth", (await account.JsonAsync("/api/health"))!["status"]!.GetValue<string>());

        await using var proxy = await StartAsync(new SkyPilotServerOptions { Folder = _folder.FullPath, Auth = SkyPilotAuth.LoginPage("c") });
        using var visitor = new Caller(proxy);
        using var login = await visitor.GetAsync("/api/health");
        Assert.Equal(("/oauth2/start?rd=/api/health", "text/html"), (login.Headers.Location!.ToString(), login.Content.Headers.ContentType!.MediaType));
        visitor.Headers.Add("Cookie", "_oauth2_proxy=c");
        Assert.Equal("healthy", (await visitor.JsonAsync("/api/health"))!["status"]!.GetValue<string>());
    }

    private Task<SkyPilotServer> StartAsync(SkyPilotServerOptions? options = null) => SkyPilotServer.StartAsync(options ?? new SkyPilotServerOptions { Folder = _folder.FullPath });
}
