using Slipway.Environments;
using Slipway.Environments.Requests;
using Slipway.Environments.Subjects;
using Slipway.Machines;
using Slipway.Machines.Processes;
using Slipway.Runs.Jobs;
using Slipway.Runs.Tests.Support;
using Slipway.Runs.Workspaces;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Hosts;

/// <summary>The lines of C# that the guide shows, as they stand there.</summary>
public sealed class GuideTests(DistantWorkshop shop) : IClassFixture<DistantWorkshop>, IDisposable
{
    private readonly TempFolder _folder = new();

    [RequiresFact(Capability.Python, Capability.Sshd, Capability.Mount, Timeout = 180_000)]
    public async Task Dozen_lines_bring_a_project_to_a_host_and_train_there()
    {
        var root = AppContext.BaseDirectory[..AppContext.BaseDirectory.IndexOf("/artifacts/", StringComparison.Ordinal)];
        var guide = await File.ReadAllTextAsync($"{root}/docs/guides/running-on-hosts.md");
        var source = await File.ReadAllTextAsync($"{root}/tests/Slipway.Runs.Tests/Hosts/GuideTests.cs");
        var shown = source[(source.IndexOf("// guide\n", StringComparison.Ordinal) + 9)..source.IndexOf("        // end\n", StringComparison.Ordinal)];
        Assert.Contains(string.Concat(shown.Split('\n').Select(static line => line.Length > 8 ? $"{line[8..]}\n" : string.Empty)), guide, StringComparison.Ordinal);

        await using var index = await LocalIndex.StartAsync();
        index.Add(new WheelBuilder("wandb", "1.0").Module("wandb.py", "V = '1.0'\n"));
        _folder.WriteFile("p/pyproject.toml", "[project]\nname = 'demo'\nversion = '1'\n");
        _folder.WriteFile("p/train.py", "import sys, wandb\nprint('wandb', wandb.V, sys.argv[1:])\n");
        var (hosts, project, stop, log) = (shop.Hosts, _folder.Combine("p"), CancellationToken.None, new CollectingSink());
        var packages = PackageSources.Create([new PackageIndex(index.SimpleUrl.AbsoluteUri)], []).Value;

        // guide
        using var gpu1 = hosts.Connect("gpu1").Value;
        var host = (await hosts.OpenAsync(gpu1, "gpu1", stop)).Value;
        var sync = new WorkspaceSync(new LocalMachine(), host, TimeProvider.System);
        var code = (await sync.PushAsync(WorkspaceOrigin.Find(project).Value, WorkspaceMode.Worktree, NoProgress.Instance, stop)).Value;
        var request = EnvironmentRequest.Of("wandb>=1").Value with { Sources = packages };
        var ready = (await DependencyService.For(host).EnsureAsync(request, new Subject("train"), new EnsureOptions(), NoProgress.Instance, stop)).Value;
        var train = ProcessCommand.Create(ready.Python, "train.py", "--epochs", "3") with { WorkingDirectory = code.Path, Environment = ready.Activation };
        var spec = new JobSpec(JobName.Parse("train").Value, train) { Environment = JobEnvironment.Of(host, ready), MaxDuration = TimeSpan.FromHours(8) };
        var job = (await new JobRunner(host, TimeProvider.System, "1.0").StartAsync(spec, stop)).Value;
        await new JobLogs(host, TimeProvider.System).FollowAsync(new JobLogRequest(job.Id.ToString()) { Follow = true }, log, stop);
        var ended = (await new JobBook(host, TimeProvider.System).FindAsync(job.Id.ToString(), stop)).Value;
        // end
        Assert.Equal(("wandb 1.0 ['--epochs', '3']\n", JobState.Succeeded), (log.Text, ended.State));
    }

    public void Dispose() => _folder.Dispose();
}
