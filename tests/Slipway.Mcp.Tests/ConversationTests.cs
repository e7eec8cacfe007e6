using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Slipway.Mcp.Tests.Support;
using Slipway.SkyPilotApi;
using Slipway.TestKit;

namespace Slipway.Mcp.Tests;

/// <summary>The conversation of docs/mcp.md: an assistant over standard streams, a person in another terminal, and the stand-in for SkyPilot, which really runs what it is given.</summary>
public sealed class ConversationTests
{
    private const int Limit = 300_000;

    [RequiresFact(Capability.Python, Capability.Terminal, Timeout = Limit)]
    public async Task Assistant_plans_is_refused_launches_once_after_a_person_approved_follows_stops_and_has_the_results()
    {
        if (File.Exists($"{ProgramWorld.Program()}.dll"))
        {
            Assert.True(true, "skipped: only the native program can be carried to a rented machine; ./build makes it.");
            return;
        }

        using var folder = new TempFolder();
        await using var sky = await SkyPilotServer.StartAsync(new SkyPilotServerOptions { Folder = folder.CreateFolder("sky"), JobEnvironment = new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = $"{Path.GetDirectoryName(Pythons.Default.FullPath)}:/usr/bin:/bin" } });
        using var world = new ProgramWorld("ask", ("SKYPILOT_API_SERVER_ENDPOINT", sky.BaseUrl.AbsoluteUri));
        world.Write("train.py", """
            import os, time
            open(os.path.join(os.environ['SLIPWAY_OUTPUT'], 'adapter.txt'), 'w').write('weights')
            print('trained', flush=True)
            time.sleep(600)
            """);
        await using var client = await McpClient.CreateAsync(new StdioClientTransport(new StdioClientTransportOptions { Command = ProgramWorld.Program(), Arguments = ["mcp"], EnvironmentVariables = world.Variables, WorkingDirectory = world.Work }));

        var plan = await OkAsync(client, "plan_training", new { template = "script", parameters = new { target = "train.py" }, gpu = "L40S", max_runtime = "1h" });
        var id = plan.GetProperty("plan_id").GetString()!;
        Assert.Equal(("needed", "2.20"), (plan.GetProperty("approval").GetString(), plan.GetProperty("ceiling_usd").GetString()));

        // Nothing that the assistant can say starts it.
        var refused = await CallAsync(client, "launch_training", new { plan_id = id });
        Assert.True(refused.IsError);
        Assert.Equal("APPROVAL_REQUIRED", refused.StructuredContent!.Value.GetProperty("code").GetString());
        Assert.Contains($"slipway cloud approve {id}", refused.StructuredContent.Value.GetProperty("fix").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(sky.Requests, static request => request.Path is "/launch");

        // A person says yes in a terminal of their own.
        await using (var person = CommandRunner.Start("script", ["-qec", $"'{ProgramWorld.Program()}' cloud approve {id}", "/dev/null"], world.Options))
        {
            await person.WaitForLineAsync(static line => line.StartsWith("budget left", StringComparison.Ordinal));
            await person.WriteLineAsync("2.20");
            (await person.WaitAsync()).OrThrow();
        }

        var run = (await OkAsync(client, "launch_training", new { plan_id = id })).GetProperty("run_id").GetString()!;
        await sky.UntilJobIsAsync($"slipway-{run}", 1, "RUNNING");
        var state = string.Empty;
        for (var looks = 0; looks < 60 && state is not "running"; looks++)
        {
            state = (await OkAsync(client, "get_training_status", new { run_id = run, wait = "2s" })).GetProperty("state").GetString();
        }

        Assert.Equal("running", state);
        var log = string.Empty;
        for (var looks = 0; looks < 60 && !log.Contains("trained", StringComparison.Ordinal); looks++)
        {
            log = (await OkAsync(client, "get_training_logs", new { run_id = run })).GetRawText();
        }

        Assert.Contains("trained", log, StringComparison.Ordinal);
        Assert.Single(sky.Requests, static request => request.Path is "/launch");

        var stopped = await OkAsync(client, "stop_training", new { run_id = run, mode = "cancel", fetch = "results" });
        Assert.Equal(0, stopped.GetProperty("still_bills").GetArrayLength());
        var results = stopped.GetProperty("fetched").GetProperty("destination").GetString()!;
        Assert.Equal("weights", await File.ReadAllTextAsync(Directory.GetFiles(results, "adapter.txt", SearchOption.AllDirectories).Single()));
        Assert.Empty(sky.LiveClusters);
        Assert.Empty(sky.Violations);
        var budget = await OkAsync(client, "get_budget", new { });
        Assert.Equal("0.00", budget.GetProperty("reserved_usd").GetString());
        Assert.Empty((await OkAsync(client, "list_active_training_jobs", new { })).GetRawText().Split("\"orphans\":[{", StringSplitOptions.None)[1..]);
    }

    private static async Task<JsonElement> OkAsync(McpClient client, string tool, object arguments)
    {
        var answer = await CallAsync(client, tool, arguments);
        Assert.True(answer.IsError is not true, $"{tool}: {Assert.IsType<TextContentBlock>(answer.Content[0]).Text}");
        return answer.StructuredContent!.Value;
    }

    private static async Task<CallToolResult> CallAsync(McpClient client, string tool, object arguments)
    {
        var given = JsonSerializer.SerializeToElement(arguments).EnumerateObject().ToDictionary(static member => member.Name, static member => (object?)member.Value, StringComparer.Ordinal);
        return await client.CallToolAsync(tool, given);
    }
}
