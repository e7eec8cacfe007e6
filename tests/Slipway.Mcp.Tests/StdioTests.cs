using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Slipway.Mcp.Tests.Support;
using Slipway.Mcp.Tools;
using Slipway.TestKit;

namespace Slipway.Mcp.Tests;

/// <summary>The real program over its standard streams: <c>SLIPWAY_TEST_PROGRAM</c>, else the one that was built last.</summary>
public sealed class StdioTests
{
    [Fact]
    public async Task The_program_serves_an_assistant_from_hosts_to_the_end_of_a_job()
    {
        using var folder = new TempFolder();
        var config = Path.GetDirectoryName(folder.WriteFile("config/slipway/policy.toml", "per_run_max_usd = \"1.00\"\ndaily_max_usd = \"1.00\"\nmonthly_max_usd = \"1.00\"\n\n[mcp]\nrun = \"allow\"\n"))!;
        File.SetUnixFileMode(config, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.SetUnixFileMode(Path.Combine(config, "policy.toml"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        folder.WriteFile("work/hello.py", "print('hello from a job')\n");
        var transport = new StdioClientTransport(new StdioClientTransportOptions
        {
            Command = ProgramWorld.Program(),
            Arguments = ["mcp"],
            EnvironmentVariables = new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["HOME"] = folder.FullPath, ["XDG_CONFIG_HOME"] = folder.Combine("config"), ["XDG_STATE_HOME"] = folder.Combine("state"), ["SLIPWAY_HOME"] = folder.Combine("home"),
            },
        });
        await using var client = await McpClient.CreateAsync(transport, new McpClientOptions { ProtocolVersion = McpPair.Old });
        var workload = new { target = "hello.py", directory = folder.Combine("work"), offline = true, python = Pythons.Default.FullPath };
        await OkAsync(client, "list_hosts", new { });
        await OkAsync(client, "check_environment", workload);
        await OkAsync(client, "prepare_environment", workload);
        var started = await OkAsync(client, "run_script", workload);
        var run = started.GetProperty("job").GetProperty("run_id").GetString();
        var state = "running";
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (state is "running")
        {
            await timer.WaitForNextTickAsync(limit.Token);
            state = (await OkAsync(client, "get_training_status", new { run_id = run })).GetProperty("job").GetProperty("state").GetString();
        }

        Assert.Equal("succeeded", state);
        Assert.Equal("hello from a job\n", (await OkAsync(client, "get_training_logs", new { run_id = run })).GetProperty("text").GetString());
    }

    private static async Task<JsonElement> OkAsync(McpClient client, string tool, object arguments)
    {
        var given = JsonSerializer.SerializeToElement(arguments).EnumerateObject().ToDictionary(static member => member.Name, static member => (object?)member.Value, StringComparer.Ordinal);
        var answer = await client.CallToolAsync(tool, given);
        Assert.True(answer.IsError is not true, Assert.IsType<TextContentBlock>(answer.Content[0]).Text);
        Assert.Empty(SmallValidator.Check(ToolCatalogue.Find(tool)!.Output, answer.StructuredContent!.Value));
        return answer.StructuredContent.Value;
    }
}
