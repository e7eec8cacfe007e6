using System.Text.Json;
using Slipway.EndToEnd.Tests.Support;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests;

/// <summary><c>recipe run</c> on a host and in the background, with the distribution's PyTorch.</summary>
public sealed class RecipeVerbTests : IDisposable
{
    private const int Limit = 300_000;
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [RequiresFact(Capability.Sshd, Capability.Python, Capability.SystemTorch, Capability.Mount, Timeout = Limit)]
    public async Task Recipe_trains_on_a_host_attached_and_as_a_job_that_needs_this_client_no_more()
    {
        await using var server = await SshServer.StartAsync(new SshServerOptions { HasOwnHome = true });
        var project = _bench.NewProject();
        await File.WriteAllTextAsync($"{project}/pyproject.toml", "[project]\nname = \"demo\"\nversion = \"1\"\n");
        await File.WriteAllTextAsync($"{project}/rows.jsonl", string.Concat(Enumerable.Range(0, 18).Select(static n => $"{{\"messages\": [{{\"role\": \"user\", \"content\": \"after {n}\"}}, {{\"role\": \"assistant\", \"content\": \"{n + 1}\"}}]}}\n")));
        await Run(project, 0, "host", "add", "box", server.Address);
        string[] recipe = ["recipe", "run", "sl_basic", "--preset", "tiny", "--manifest", "local", "--python", "/usr/bin/python3", "--set", "max_steps=2", "--on", "box"];

        using var attached = JsonDocument.Parse((await Run(project, 0, ["--json", .. recipe])).Stdout);
        var there = attached.RootElement.GetProperty("report").GetProperty("stages")[0].GetProperty("state_path").GetString()!;
        Assert.Equal("finished", attached.RootElement.GetProperty("end").GetString());
        Assert.False(Directory.Exists(there), "The checkpoint belongs to the host, whose home is its own.");
        await Run(project, 0, "host", "exec", "box", "--", "test", "-e", $"{there}/state.json");

        // The job there is Slipway itself, with the files of the project; it is the native program that can be carried.
        var detached = await _bench.RunAsync(project, [.. recipe, "--set", "dataset=./rows.jsonl", "--detach", "--name", "night"]);
        if (File.Exists($"{SlipwayProgram.FullPath}.dll"))
        {
            Assert.Contains("RUN0109", detached.Stderr, StringComparison.Ordinal);
            return;
        }

        detached.OrThrow();
        await Run(project, 0, "job", "wait", "--on", "box", "night");
        Assert.Contains("step 2 of 2", (await Run(project, 0, "job", "logs", "--err", "--on", "box", "night")).Stdout, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python, Capability.SystemTorch, Timeout = Limit)]
    public async Task Recipe_in_the_background_is_a_job_and_a_cancelled_one_can_be_taken_up()
    {
        var project = _bench.NewProject();
        string[] recipe = ["recipe", "run", "sl_basic", "--preset", "tiny", "--manifest", "local", "--python", "/usr/bin/python3", "--set", "max_steps=100000", "--set", "num_epochs=1000"];
        (await _bench.RunAsync(project, [.. recipe, "--detach", "--name", "long"])).OrThrow();
        await using (var follow = _bench.Start(_bench.Options(project), "job", "logs", "-f", "--err", "long"))
        {
            await follow.WaitForLineAsync(static line => line.Contains("sl_basic: step ", StringComparison.Ordinal));
        }

        await Run(project, 0, "job", "cancel", "long");
        using var runs = JsonDocument.Parse((await Run(project, 0, "--json", "recipe", "runs")).Stdout);
        var run = runs.RootElement.GetProperty("runs")[0];
        Assert.Equal("cancelled", run.GetProperty("state").GetString());
    }

    private async Task<CommandResult> Run(string folder, int code, params string[] arguments)
    {
        var result = await _bench.RunAsync(folder, arguments);
        Assert.True(result.ExitCode == code, $"{string.Join(' ', arguments)}: {result.ExitCode}\n{result.Stdout}\n{result.Stderr}");
        return result;
    }
}
