using System.Text.Json;
using Slipway.Cloud.SkyPilot;
using Slipway.TestKit;

namespace Slipway.Cloud.Tests.SkyPilot;

public sealed class BodyTests
{
    private const string Validate = """
        import json, sys
        from jsonschema import Draft202012Validator
        api = json.load(open(sys.argv[1]))
        for line in sys.stdin:
            route, body = line.rstrip("\n").split(" ", 1)
            schema = api["paths"][route]["post"]["requestBody"]["content"]["application/json"]["schema"]
            known = api["components"]["schemas"][schema["$ref"].split("/")[-1]]["properties"]
            for error in Draft202012Validator({**schema, "components": api["components"]}).iter_errors(json.loads(body)):
                print(route, list(error.path), error.message)
            for name in json.loads(body):
                if name not in known:
                    print(route, "unknown", name)
        """;

    [Fact]
    public async Task Bodies_of_all_calls_are_what_they_were() => Snapshot.Match(string.Join('\n', (await AllAsync()).Select(call => $"{call.Route} {Own(call)}")) + "\n");

    [RequiresFact(Capability.JsonSchema)]
    public async Task Bodies_of_all_calls_are_valid_by_the_recorded_schema()
    {
        if (Recordings.Folder is null)
        {
            return;
        }

        var lines = string.Join('\n', (await AllAsync()).Select(call => $"{call.Route} {call.Body}")) + "\n";
        var done = await CommandRunner.RunAsync("/usr/bin/python3", ["-I", "-c", Validate, Recordings.OpenApi], new CommandOptions { StandardInput = lines });
        Assert.Equal(string.Empty, done.OrThrow().Stdout);
    }

    [Fact]
    public async Task Requests_are_cancelled_by_ids_alone_and_nothing_is_ever_purged_or_read_with_credentials()
    {
        var calls = await AllAsync();
        Assert.Equal(JsonValueKind.Array, calls.Single(call => call.Route == "/api/cancel").Json.GetProperty("request_ids").ValueKind);
        Assert.All(calls.Where(call => call.Route is "/down" or "/stop"), call => Assert.False(call.Json.GetProperty("purge").GetBoolean()));
        Assert.All(calls.Where(call => call.Route is "/status"), call => Assert.False(call.Json.GetProperty("include_credentials").GetBoolean() || call.Json.GetProperty("include_handle").GetBoolean()));
    }

    [Fact]
    public async Task To_cancel_no_request_is_a_defect_of_the_caller()
    {
        using var folder = new TempFolder();
        using var server = new ScriptedServer();
        using var client = await ScriptedServer.ConnectAsync(server, folder);
        await Assert.ThrowsAsync<ArgumentException>(() => client.CancelRequestsAsync([], CancellationToken.None));
        Assert.Single(server.Calls);
    }

    private static string Own(SeenCall call) =>
        "{" + string.Join(",", call.Json.EnumerateObject().Where(field => field.Name is not ("env_vars" or "entrypoint" or "using_remote_api_server" or "override_skypilot_config" or "override_skypilot_config_path") && (field.Name is not "user_id")).Select(field => $"\"{field.Name}\":{field.Value.GetRawText()}")) + "}";

    private static async Task<List<SeenCall>> AllAsync()
    {
        using var folder = new TempFolder();
        using var server = new ScriptedServer();
        foreach (var route in "/check /list_accelerators /optimize /launch /exec /status /queue /job_status /logs /provision_logs /cancel /autostop /stop /down /start /cost_report /jobs/launch /jobs/queue/v2 /jobs/cancel /jobs/logs /api/cancel /download_logs /validate /api/stream".Split(' '))
        {
            server.Value(route, route is "/list_accelerators" ? "{}" : route is "/download_logs" ? """{"1":"/home/u/.sky/x"}""" : "null");
        }

        server.On("/download", _ => ScriptedServer.Json(500, "{}"));
        using var client = await ScriptedServer.ConnectAsync(server, folder);
        var yaml = new SkyTaskYaml("run: true\n", []);
        var guard = new SkyAutostop(10, Down: true, SkyWaitFor.Jobs);
        var none = CancellationToken.None;
        await client.CheckAsync(["nebius"], none);
        await client.ListAcceleratorsAsync(new SkyAcceleratorQuery { Accelerator = "H100", Count = 8, Clouds = ["nebius"] }, none);
        await client.ValidateAsync(yaml.Text, none);
        await client.OptimizeAsync(yaml.Text, "c1", none);
        await client.LaunchAsync(new SkyLaunch("c1", yaml) { BlobId = new string('a', 64) }, none);
        await client.LaunchAsync(new SkyLaunch("m1", yaml) { IsManaged = true }, none);
        await client.ExecAsync("c1", yaml, null, none);
        await client.StatusAsync(["c1"], refresh: true, none);
        await client.QueueAsync("c1", none);
        await client.JobStatusAsync("c1", [1], none);
        await client.LogsAsync("c1", 1, follow: true, tail: 0, new Kept(), none);
        await client.ProvisionLogsAsync("c1", new Kept(), none);
        await client.CancelJobsAsync("c1", [1], none);
        await client.AutostopAsync("c1", guard, none);
        await client.StartAsync("c1", guard, none);
        await client.StopAsync("c1", none);
        await client.DownAsync("c1", none);
        await client.CostReportAsync(30, none);
        await client.ManagedJobsAsync([3], none);
        await client.ManagedLogsAsync(3, follow: false, tail: 200, new Kept(), none);
        await client.CancelManagedJobsAsync([3], none);
        await client.CancelRequestsAsync(["id-1"], none);
        await client.DownloadLogsAsync("c1", [1], folder.Combine("logs"), none);
        return [.. server.Calls.Where(call => call.Method == "POST")];
    }
}
