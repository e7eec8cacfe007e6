using System.Text.Json;
using Slipway.EndToEnd.Tests.Support;
using Slipway.TestKit;
using Slipway.TestKit.Conda;

namespace Slipway.EndToEnd.Tests;

/// <summary>A project on conda packages, by the micromamba of the tests and a channel in a folder.</summary>
public sealed class CondaProjectTests : IDisposable
{
    private const int Limit = 300_000;
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Project_is_begun_synced_run_and_purged()
    {
        var (project, channel) = await BeginAsync();
        var version = $"{Pythons.Default.Version.Major}.{Pythons.Default.Version.Minor}";
        File.WriteAllText($"{project}/environment.yml", $"name: Shop Env\nchannels: [{channel}]\ndependencies:\n  - python={version}\n  - tool\n");

        var begun = await _bench.RunAsync(project, "init", "--yes", "--no-direnv");
        Assert.True(begun.ExitCode == 0, begun.Stdout + begun.Stderr);
        Assert.Equal(".slipway/envs/shop-env", new FileInfo($"{project}/.venv").LinkTarget);

        var ran = await _bench.RunAsync(project, "run", "tool", "a b");
        Assert.Equal((0, "conda tool a b\n"), (ran.ExitCode, ran.Stdout));
        var python = await _bench.RunAsync(project, "run", "python", "-c", "import os, sys; print(os.environ['CONDA_PREFIX'] == sys.prefix, os.environ.get('VIRTUAL_ENV'))");
        Assert.Equal((0, "True None\n"), (python.ExitCode, python.Stdout));

        using var status = JsonDocument.Parse((await _bench.RunAsync(project, "status", "--json")).OrThrow().Stdout);
        var only = status.RootElement.GetProperty("environments").EnumerateArray().Single();
        Assert.Equal(("shop-env", "ready", "micromamba"), (only.GetProperty("name").GetString(), only.GetProperty("state").GetString(), only.GetProperty("backend").GetString()));
        Assert.Equal(0, (await _bench.RunAsync(project, "check")).ExitCode);
        Assert.Contains("intact", (await _bench.RunAsync(project, "store", "verify")).OrThrow().Stdout, StringComparison.Ordinal);

        (await _bench.RunAsync(project, "purge", "--yes")).OrThrow();
        Assert.False(Path.Exists($"{project}/.slipway") || Path.Exists($"{project}/.venv"));
        Assert.True(File.Exists($"{project}/environment.yml"));
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Missing_micromamba_is_told_with_its_remedy_and_pip_is_no_substitute()
    {
        var (project, channel) = await BeginAsync(withTool: false);
        File.WriteAllText($"{project}/environment.yml", $"channels: [{channel}]\ndependencies: [tool]\n");
        File.WriteAllText($"{project}/requirements.txt", "demo-greeter\n");
        var result = await _bench.RunAsync(project, "run", "tool");
        Assert.Equal(69, result.ExitCode);
        Assert.Contains("slipway host bootstrap micromamba", result.Stderr, StringComparison.Ordinal);

        // With consent the tool is fetched first: from a server that is not there, which is another failure than a missing tool.
        var options = _bench.Options(project, ("SLIPWAY_TOOL_MIRROR", "http://127.0.0.1:9"));
        var tried = await _bench.RunAsync(options, "sync", "--bootstrap");
        Assert.Equal(69, tried.ExitCode);
        Assert.Contains("ENV0425", tried.Stderr, StringComparison.Ordinal);
        Assert.False(Directory.Exists($"{_bench.Home}/envs") && Directory.EnumerateFileSystemEntries($"{_bench.Home}/envs").Any());
    }

    private async Task<(string Project, string Channel)> BeginAsync(bool withTool = true)
    {
        if (withTool)
        {
            TestMicromamba.Install(_bench.Environment["HOME"]!);
        }

        var channel = new CondaChannelFolder(Path.Combine(_bench.Root, "channel"));
        await channel.PublishAsync(
            CondaPackageBuilder.Python(Pythons.Default),
            new CondaPackageBuilder("tool", "2.0").WithFile("bin/tool", "#!/bin/sh\necho conda tool \"$@\"\n", isExecutable: true));
        var project = _bench.NewProject();
        Directory.CreateDirectory($"{project}/.git");
        return (project, channel.FullPath);
    }
}
