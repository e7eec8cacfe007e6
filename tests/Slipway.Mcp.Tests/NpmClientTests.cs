using System.Runtime.CompilerServices;
using System.Text.Json;
using Slipway.Mcp.Tests.Support;
using Slipway.Mcp.Tools;
using Slipway.TestKit;

namespace Slipway.Mcp.Tests;

/// <summary>A client of another make: the npm SDK of the protocol, which holds each answer against the schema of its tool.</summary>
public sealed class NpmClientTests
{
    [RequiresFact(Capability.Npm)]
    public async Task Npm_client_lists_calls_and_reads_errors()
    {
        using var folder = new TempFolder();
        var source = Source();
        foreach (var name in (string[])[".npmrc", "package.json", "package-lock.json", "client.mjs"])
        {
            File.Copy(Path.Combine(source, name), folder.Combine(name));
        }

        var options = new CommandOptions { WorkingFolder = folder.FullPath, Timeout = TimeSpan.FromMinutes(3) };
        (await CommandRunner.RunAsync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], options)).OrThrow();
        using var world = new ProgramWorld("deny");
        var ran = (await CommandRunner.RunAsync("node", [folder.Combine("client.mjs"), ProgramWorld.Program()], options with { Environment = world.Variables })).OrThrow();

        using var seen = JsonDocument.Parse(ran.Stdout);
        Assert.Equal("slipway", seen.RootElement.GetProperty("server").GetString());
        Lists.Same(ToolCatalogue.All.Where(static tool => tool.Effect is ToolEffect.Reads).Select(static tool => tool.Name), seen.RootElement.GetProperty("tools").EnumerateArray().Select(static name => name.GetString()));
        Assert.Equal("slipway.host-list/1", seen.RootElement.GetProperty("hosts").GetProperty("schema").GetString());
        Assert.Equal("[true,\"RUN_NOT_FOUND\"]", seen.RootElement.GetProperty("wrong").GetRawText());
        Lists.Same(["finetune_a_model", "explain_my_bill", "why_did_it_fail"], seen.RootElement.GetProperty("prompts").EnumerateArray().Select(static name => name.GetString()));
    }

    private static string Source([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "mcp-client"));
}
