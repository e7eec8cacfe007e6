using Slipway.Machines.Posix;
using Slipway.Runs.Tests.Support;
using Slipway.TestKit;
using Slipway.TestKit.Conda;

namespace Slipway.Runs.Tests.Launching;

/// <summary>Workloads start in conda environments without activation, warm starts too.</summary>
public sealed class CondaRunTests(RunWorkshop workshop) : IClassFixture<RunWorkshop>
{
    private const int Limit = 120_000;

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Both_paths_hand_over_the_same_with_what_activation_would_set()
    {
        workshop.InstallMicromamba();
        var startup = workshop.Startup();
        var project = workshop.NewProject();
        var channel = await new CondaChannelFolder(Path.Combine(project, "channel")).PublishAsync(
            CondaPackageBuilder.Python(Pythons.Default),
            new CondaPackageBuilder("tool", "1.0").WithFile("bin/tool", "#!/bin/sh\n", isExecutable: true).WithFile("etc/conda/activate.d/a.sh", "export TOOL_HOME=$CONDA_PREFIX\n"));
        using var links = new FindLinksFolder();
        links.Add(new WheelBuilder("added", "1.0").Module("added.py", "V = 1\n").ConsoleScript("added", "added:main"));
        File.WriteAllText($"{project}/environment.yml", $"channels: [{channel.Url}]\ndependencies: [python, tool, pip: [added]]\n");
        File.WriteAllText($"{project}/slipway.toml", $"find-links = [\"{links.FullPath}\"]\n");
        File.WriteAllText($"{project}/x.py", "print(1)\n");

        foreach (var words in (string[][])[["x.py", "a"], ["tool", "b"], ["python", "-c", "1"], ["-m", "added"], ["added"]])
        {
            var full = await workshop.FullAsync(project, startup, words);
            var fast = RunWorkshop.Fast(project, startup, words);
            Assert.True(fast is not null, $"No warm start for {string.Join(' ', words)}");
            Assert.Equal(FastLauncherTests.Show(full), FastLauncherTests.Show(fast.Image));
            var root = Path.GetDirectoryName(Path.GetDirectoryName(PosixText.Decode(full.Path)))!;
            var variables = full.Environment.ToArray().Select(entry => PosixText.Decode(entry)).ToList();
            Assert.Contains($"CONDA_PREFIX={root}", variables, StringComparer.Ordinal);
            Assert.Contains($"TOOL_HOME={root}", variables, StringComparer.Ordinal);
            Assert.Contains(variables, variable => variable.StartsWith($"PATH={root}/bin:", StringComparison.Ordinal));
            Assert.DoesNotContain(variables, variable => variable.StartsWith("PYTHONHOME=", StringComparison.Ordinal));
        }

        // What was declared counts for a warm start too.
        File.AppendAllText($"{project}/environment.yml", "# more\n");
        Assert.Null(RunWorkshop.Fast(project, startup, "x.py"));
    }
}
