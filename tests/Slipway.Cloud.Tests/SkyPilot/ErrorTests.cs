using System.Text;
using Slipway.Cloud.SkyPilot;
using Slipway.TestKit;

namespace Slipway.Cloud.Tests.SkyPilot;

public sealed class ErrorTests
{
    [Theory]
    [InlineData("ResourcesUnavailableError", "Catalog does not contain any instances satisfying the request: 1x", "CLD0108")]
    [InlineData("ResourcesUnavailableError", "Failed to provision all possible launchable resources.", "CLD0109")]
    [InlineData("ResourcesUnavailableError", "Quota exceeded for gpu", "CLD0118")]
    [InlineData("NoCloudAccessError", "x", "CLD0110")]
    [InlineData("ModuleNotFoundError", "No module named 'nebius'", "CLD0110")]
    [InlineData("InvalidCloudCredentials", "x", "CLD0111")]
    [InlineData("ClusterDoesNotExist", "x", "CLD0112")]
    [InlineData("ClusterNotUpError", "x", "CLD0113")]
    [InlineData("ClusterOwnerIdentityMismatchError", "x", "CLD0114")]
    [InlineData("UserRequestRejectedByPolicy", "x", "CLD0115")]
    [InlineData("NotSupportedError", "x", "CLD0116")]
    [InlineData("PermissionDeniedError", "x", "CLD0117")]
    [InlineData("CloudError", "disk quota", "CLD0118")]
    [InlineData("InvalidSkyPilotConfigError", "x", "CLD0119")]
    [InlineData("StorageError", "x", "CLD0120")]
    [InlineData("SomethingElse", "x", "CLD0121")]
    public async Task Exceptions_of_the_server_have_codes(string type, string message, string code)
    {
        using var folder = new TempFolder();
        using var server = new ScriptedServer().Fails("/down", type, message);
        using var client = await ScriptedServer.ConnectAsync(server, folder);
        Assert.Equal(code, (await client.DownAsync("c", CancellationToken.None)).Failure.Code.Id);
    }

    [Theory]
    [InlineData(422, """{"detail":[{"type":"missing","loc":["body","job_ids"],"msg":"Field required","input":{"task":"geheim"}}]}""", "CLD0119: /down: body.job_ids: Field required.")]
    [InlineData(400, """{"detail":{"type":"ValueError","message":"\u001b[33mBad. More.\u001b[0m\nTwo","stacktrace":"geheim"}}""", "CLD0119: /down: Bad.")]
    [InlineData(401, """{"detail":"Service account authentication disabled"}""", "CLD0104: /down answered 401: Service account authentication disabled.")]
    [InlineData(400, """{"error":"version_mismatch","message":"too old"}""", "CLD0105: /down: too old.")]
    [InlineData(500, "Internal Server Error", "CLD0121: /down answered 500: Internal Server Error.")]
    [InlineData(502, "<html>geheim</html>", "CLD0101: /down got a page with status 502 instead of an answer: a proxy stands before the server.")]
    [InlineData(200, "<!DOCTYPE html><title>geheim</title>", "CLD0104: /down got a web page instead of an answer, as for a login.")]
    [InlineData(500, "", "CLD0121: /down answered 500 without a word.")]
    [InlineData(500, """{"detail":{"status":"FAILED","error":"not json"}}""", "CLD0121: /down failed with status 500 and without a reason.")]
    [InlineData(500, """{"detail":{"status":"FAILED","error":"{\"type\":\"ClusterDoesNotExist\",\"message\":\"gone\",\"object\":\"gAS\"}"}}""", "CLD0112: /down: gone.")]
    public async Task Every_encoding_of_an_error_is_read(int status, string body, string expected)
    {
        using var folder = new TempFolder();
        using var server = new ScriptedServer().On("/down", _ => ScriptedServer.Text(status, body, body.StartsWith('{') ? "application/json" : "text/plain"));
        using var client = await ScriptedServer.ConnectAsync(server, folder);
        var failure = (await client.DownAsync("c", CancellationToken.None)).Failure;
        Assert.Equal(expected, failure.ToString());
        Assert.DoesNotContain("geheim", $"{failure}{failure.Detail}", StringComparison.Ordinal);
    }

    [Fact]
    public void Remote_text_is_plain_short_and_without_secrets()
    {
        var detail = CleanText.Detail("\u001b]0;title\u0007a\u001b[1;31mb\u0000 https://u:geheim@h/x hf_" + new string('Q', 34) + "\n" + string.Concat(Enumerable.Repeat("ä🚀", 2000)));
        Assert.StartsWith("ab https://", detail, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", detail, StringComparison.Ordinal);
        Assert.DoesNotContain("QQQ", detail, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(detail), 2000, 2048);
        Assert.DoesNotContain('\ufffd', Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(detail)));
    }

    [Fact]
    public async Task A_cancelled_request_is_no_success_and_a_forgotten_one_says_so()
    {
        using var folder = new TempFolder();
        using var server = new ScriptedServer();
        using var client = await ScriptedServer.ConnectAsync(server, folder);
        Assert.Equal("CLD0106", (await client.LaunchResultAsync("old", CancellationToken.None)).Failure.Code.Id);
        server.On("/api/get", _ => ScriptedServer.Json(200, ScriptedServer.Payload("a", "CANCELLED", "null", "null")));
        Assert.Equal("CLD0107", (await client.LaunchResultAsync("a", CancellationToken.None)).Failure.Code.Id);
        server.On("/api/get", _ => ScriptedServer.Json(200, ScriptedServer.Payload("a", "SUCCEEDED", """{"job_id":[3,4],"handle":"gAS"}""", "null")));
        Assert.Equal("3 4", string.Join(' ', (await client.LaunchResultAsync("a", CancellationToken.None)).Value.Jobs));
    }

    [Fact]
    public async Task A_server_that_is_busy_is_asked_again()
    {
        using var folder = new TempFolder();
        var times = 0;
        using var server = new ScriptedServer().On("/api/get", _ => ++times < 3 ? ScriptedServer.Json(503, """{"detail":{"should_retry":true}}""") : ScriptedServer.Json(200, ScriptedServer.Payload("a", "SUCCEEDED", """{"job_id":1}""", "null")));
        using var client = await ScriptedServer.ConnectAsync(server, folder);
        Assert.Equal("1", string.Join(' ', (await client.LaunchResultAsync("a", CancellationToken.None)).Value.Jobs));
        Assert.Equal(3, times);
    }

    [Fact]
    public async Task Records_keep_words_that_are_not_known()
    {
        using var folder = new TempFolder();
        using var server = new ScriptedServer()
            .Value("/status", """[{"name":"a","status":"UP","autostop":10,"to_down":true,"launched_at":1795310847,"nodes":2,"labels":{"slipway-run":"r"},"credentials":{"key":"geheim"},"handle":"gAS"},{"name":"b","status":"MELTING","autostop":-1}]""")
            .Value("/jobs/queue/v2", """{"jobs":[{"job_id":3,"job_name":"m","status":"RECOVERING","recovery_count":2},{"job_id":4,"status":"NEW_WORD"}],"total":2}""")
            .Value("/job_status", """{"1":"RUNNING","2":null}""")
            .Value("/cost_report", """[{"name":"a","total_cost":0.0,"duration":60,"num_nodes":1},{"name":"b","total_cost":1.25}]""");
        using var client = await ScriptedServer.ConnectAsync(server, folder);
        var clusters = (await client.StatusAsync(null, refresh: true, CancellationToken.None)).Value;
        Assert.Equal((SkyClusterState.Up, 10, true, 2, "r"), (clusters[0].State, clusters[0].AutostopMinutes, clusters[0].AutostopDeletes, clusters[0].Nodes, clusters[0].Labels["slipway-run"]));
        Assert.Equal((SkyClusterState.Unknown, "MELTING", (int?)null), (clusters[1].State, clusters[1].RawState, clusters[1].AutostopMinutes));
        var jobs = (await client.ManagedJobsAsync(null, CancellationToken.None)).Value;
        Assert.Equal((SkyJobState.Recovering, 2, SkyJobState.Unknown, "NEW_WORD"), (jobs[0].State, jobs[0].Recoveries, jobs[1].State, jobs[1].RawState));
        Assert.Equal(SkyJobState.Running, Assert.Single((await client.JobStatusAsync("a", [1, 2], CancellationToken.None)).Value).Value);
        var costs = (await client.CostReportAsync(30, CancellationToken.None)).Value;
        Assert.Equal((null, 1.25m), (costs[0].TotalUsd, costs[1].TotalUsd));
    }
}
