using System.Net;
using System.Net.Sockets;
using System.Text;
using Slipway.Cloud.SkyPilot;
using Slipway.TestKit;

namespace Slipway.Cloud.Tests.SkyPilot;

public sealed class LaunchTests
{
    private static readonly SkyLaunch Launch = new("slipway-20261122t022900-7f3a9c21", new SkyTaskYaml("run: true\n", []));

    [Fact]
    public async Task An_answer_with_an_id_is_accepted_and_sent_once()
    {
        using var folder = new TempFolder();
        using var server = new ScriptedServer().On("/launch", _ => ScriptedServer.Json(200, "null", "r1"));
        using var client = await ScriptedServer.ConnectAsync(server, folder);
        Assert.Equal(new SkyLaunched("r1"), (await client.LaunchOrAdoptAsync(Launch, CancellationToken.None)).Value);
        Assert.Single(server.Calls, call => call.Route == "/launch");
    }

    [Fact]
    public async Task The_older_name_of_the_header_is_read_too()
    {
        using var folder = new TempFolder();
        using var server = new ScriptedServer().On("/launch", _ =>
        {
            var answer = ScriptedServer.Json(200, "null");
            answer.Headers.Add("X-Request-ID", "old-1");
            return answer;
        });
        using var client = await ScriptedServer.ConnectAsync(server, folder);
        Assert.Equal(new SkyLaunchAccepted("old-1"), await client.LaunchAsync(Launch, CancellationToken.None));
    }

    [Theory]
    [InlineData(200, "application/json", "null", "Unclear")]
    [InlineData(500, "text/plain", "Internal Server Error", "Unclear")]
    [InlineData(503, "application/json", "{}", "Unclear")]
    [InlineData(422, "application/json", """{"detail":[]}""", "Refused CLD0119")]
    [InlineData(302, "text/plain", "", "Refused CLD0104")]
    [InlineData(200, "text/html", "<html>", "Refused CLD0104")]
    public async Task Answers_say_whether_the_launch_may_have_arrived(int status, string type, string body, string expected)
    {
        using var folder = new TempFolder();
        using var server = new ScriptedServer().On("/launch", _ => ScriptedServer.Text(status, body, type));
        using var client = await ScriptedServer.ConnectAsync(server, folder);
        Assert.Equal(expected, Shown(await client.LaunchAsync(Launch, CancellationToken.None)));
        Assert.Single(server.Calls, call => call.Route == "/launch");
    }

    [Theory]
    [InlineData(HttpRequestError.ConnectionError, "Refused CLD0101")]
    [InlineData(HttpRequestError.ResponseEnded, "Unclear")]
    public async Task A_broken_connection_is_unclear_and_one_that_never_was_is_not(HttpRequestError error, string expected)
    {
        using var folder = new TempFolder();
        using var server = new ScriptedServer().On("/launch", _ => throw new HttpRequestException(error));
        using var client = await ScriptedServer.ConnectAsync(server, folder);
        Assert.Equal(expected, Shown(await client.LaunchAsync(Launch, CancellationToken.None)));
    }

    [Theory]
    [InlineData("Bad_Name!!")]
    [InlineData("1a")]
    [InlineData("a-")]
    [InlineData("abcdefghijabcdefghijabcdefghijabcdef")]
    public async Task A_name_that_no_cluster_may_have_is_not_sent(string name)
    {
        using var folder = new TempFolder();
        using var server = new ScriptedServer();
        using var client = await ScriptedServer.ConnectAsync(server, folder);
        Assert.Equal("Refused CLD0123", Shown(await client.LaunchAsync(Launch with { ClusterName = name }, CancellationToken.None)));
    }

    [Fact]
    public async Task An_unclear_launch_that_shows_up_is_adopted_and_not_sent_again()
    {
        using var folder = new TempFolder();
        using var server = Nothing().On("/launch", _ => throw new HttpRequestException(HttpRequestError.ResponseEnded));
        server.On("/api/status", _ => ScriptedServer.Json(200, "[" + ScriptedServer.Payload("r9", "RUNNING", "null", "null", "sky.launch", Launch.ClusterName) + "]"));
        using var client = await ScriptedServer.ConnectAsync(server, folder);
        var launched = (await client.LaunchOrAdoptAsync(Launch, CancellationToken.None)).Value;
        Assert.Equal(("r9", 1, true), (launched.RequestId, launched.Posts, launched.Adopted is not null));
        Assert.Contains("cluster_name=" + Launch.ClusterName, server.Calls.Single(call => call.Route == "/api/status").Path, StringComparison.Ordinal);
        Assert.Single(server.Calls, call => call.Route == "/launch");
    }

    [Fact]
    public async Task An_unclear_launch_is_sent_again_only_after_a_minute_of_nothing()
    {
        using var folder = new TempFolder();
        var time = new ManualTimeProvider();
        var posts = 0;
        using var server = Nothing().On("/launch", _ => ++posts == 1 ? ScriptedServer.Text(500, "x", "text/plain") : ScriptedServer.Json(200, "null", "r2"));
        using var client = await ScriptedServer.ConnectAsync(server, folder, change: options => options with { Time = time, FirstPoll = TimeSpan.FromSeconds(10), LongestPoll = TimeSpan.FromSeconds(10), Deadline = Timeout.InfiniteTimeSpan });
        var launching = client.LaunchOrAdoptAsync(Launch, CancellationToken.None);
        for (var step = 0; step < 6; step++)
        {
            await time.WaitForTimersAsync();
            Assert.Equal(1, posts);
            time.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal(new SkyLaunched("r2") { Posts = 2 }, (await launching).Value);
    }

    [Fact]
    public async Task Looks_that_fail_are_not_nothing()
    {
        using var folder = new TempFolder();
        var posts = 0;
        using var server = Nothing().On("/launch", _ => ++posts > 0 ? ScriptedServer.Text(500, "x", "text/plain") : null!);
        server.On("/api/status", _ => ScriptedServer.Text(500, "x", "text/plain"));
        using var client = await ScriptedServer.ConnectAsync(server, folder, change: options => options with { LaunchSilence = TimeSpan.Zero, LaunchSearch = TimeSpan.FromMilliseconds(20) });
        Assert.Equal("CLD0122", (await client.LaunchOrAdoptAsync(Launch, CancellationToken.None)).Failure.Code.Id);
        Assert.Equal(1, posts);
    }

    [Fact]
    public async Task A_managed_launch_is_found_in_the_queue_and_another_one_under_way_is_ambiguous()
    {
        using var folder = new TempFolder();
        using var server = Nothing().Fails("/jobs/queue/v2", "ClusterNotUpError", "No in-progress managed jobs.");
        using var client = await ScriptedServer.ConnectAsync(server, folder);
        Assert.True((await client.FindByClusterAsync("m1", managed: true, CancellationToken.None)).Value.IsNothing);
        server.On("/api/status", _ => ScriptedServer.Json(200, "[" + ScriptedServer.Payload("r9", "RUNNING", "null", "null", "sky.jobs.launch", "sky-jobs-controller-x") + "]"));
        var ambiguous = (await client.FindByClusterAsync("m1", managed: true, CancellationToken.None)).Value;
        Assert.Equal((false, false), (ambiguous.IsNothing, ambiguous.IsFound));
        server.Value("/jobs/queue/v2", """[{"job_id":7,"job_name":"m1","status":"PENDING"}]""");
        Assert.Equal(7, (await client.FindByClusterAsync("m1", managed: true, CancellationToken.None)).Value.ManagedJob!.Id);
    }

    [Fact]
    public async Task A_server_before_38_is_asked_for_all_requests()
    {
        using var folder = new TempFolder();
        using var server = Nothing();
        server.On("/api/status", _ => ScriptedServer.Json(200, "[" + ScriptedServer.Payload("other", "RUNNING", "null", "null", "sky.launch", "other") + "]"));
        using var client = await ScriptedServer.ConnectAsync(server, folder, api: 37);
        Assert.True((await client.FindByClusterAsync("c1", managed: false, CancellationToken.None)).Value.IsNothing);
        Assert.DoesNotContain("cluster_name", server.Calls.Single(call => call.Route == "/api/status").Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_is_watched_until_it_ends()
    {
        using var folder = new TempFolder();
        var times = 0;
        using var server = new ScriptedServer().On("/api/status", _ => ScriptedServer.Json(200, "[" + ScriptedServer.Payload("r1", ++times < 3 ? "RUNNING" : "SUCCEEDED", "null", "null") + "]"));
        using var client = await ScriptedServer.ConnectAsync(server, folder);
        var seen = new List<string>();
        Assert.Equal(SkyRequestStatus.Succeeded, (await client.WaitAsync("r1", request => seen.Add(request.RawStatus), CancellationToken.None)).Value.Status);
        Assert.Equal("RUNNING RUNNING SUCCEEDED", string.Join(' ', seen));
        Assert.Equal("CLD0106", (await client.WaitAsync("r2", null, CancellationToken.None)).Failure.Code.Id);
        server.On("/api/status", _ => ScriptedServer.Json(404, """{"detail":"Request 'r3' not found"}"""));
        Assert.Equal("CLD0106", (await client.WaitAsync("r3", null, CancellationToken.None)).Failure.Code.Id);
    }

    [Fact]
    public async Task A_server_that_takes_a_launch_and_hangs_up_gets_it_once()
    {
        using var folder = new TempFolder();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var posts = 0;
        var serving = Task.Run(async () =>
        {
            // The first connection is kept open after the health check, so that the launch goes over one that was used before.
            for (var hungUp = false; !hungUp;)
            {
                using var connection = await listener.AcceptTcpClientAsync();
                var stream = connection.GetStream();
                var buffer = new byte[64 * 1024];
                for (var count = await stream.ReadAsync(buffer); count > 0 && !hungUp; count = hungUp ? 0 : await stream.ReadAsync(buffer))
                {
                    var text = Encoding.UTF8.GetString(buffer, 0, count);
                    hungUp = text.Contains("cluster_name", StringComparison.Ordinal);
                    posts += text.StartsWith("POST /launch", StringComparison.Ordinal) ? 1 : 0;
                    if (text.StartsWith("GET", StringComparison.Ordinal))
                    {
                        const string Health = """{"status":"healthy","api_version":"55"}""";
                        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Health.Length}\r\n\r\n{Health}"));
                    }
                }
            }
        });
        var endpoint = SkyEndpoint.Resolve(new SkyEndpointChoice($"http://{listener.LocalEndpoint}", null), static _ => null).Value;
        using var client = (await SkyPilotClient.ConnectAsync(endpoint, folder.Combine("user"), new SkyOptions { Deadline = TimeSpan.FromSeconds(20) }, CancellationToken.None)).Value;
        Assert.Equal("Unclear", Shown(await client.LaunchAsync(Launch, CancellationToken.None)));
        await serving.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(1, posts);
    }

    private static ScriptedServer Nothing() => new ScriptedServer()
        .Value("/status", "[]").Fails("/queue", "ClusterDoesNotExist", "Cluster does not exist.").On("/api/status", _ => ScriptedServer.Json(200, "[]"));

    private static string Shown(SkyLaunchOutcome outcome) => outcome switch
    {
        SkyLaunchAccepted => "Accepted",
        SkyLaunchUnclear => "Unclear",
        SkyLaunchRefused refused => "Refused " + refused.Failure.Code.Id,
        _ => "?",
    };
}
