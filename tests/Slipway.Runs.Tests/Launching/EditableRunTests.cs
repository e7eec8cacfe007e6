using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;
using Slipway.Runs.Tests.Support;
using Slipway.Store.Layout;
using Slipway.Store.Slots;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Launching;

/// <summary>A project that is installed editable: its environment is private to it, and edits of its sources are seen at a warm start.</summary>
public sealed class EditableRunTests(RunWorkshop workshop) : IClassFixture<RunWorkshop>
{
    private const int Limit = 120_000;
    private const string Asks = "import demo, importlib.metadata as m; print(demo.WHO, m.version('demo'))";

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Edits_are_seen_warm_and_what_the_build_reads_rebuilds()
    {
        var project = new EditableFolder(Path.Combine(workshop.NewProject(), "a 'b' [x]"))
            .Declare("demo", "1.5", "\n[project.scripts]\ntell = \"demo:tell\"")
            .With("slipway.toml", "project = \"editable\"\n")
            .With("src/demo/__init__.py", "WHO = 'first'\ndef tell(): print('told', WHO)\n");
        string[] words = ["python", "-c", Asks];
        var startup = workshop.Startup();
        var first = await workshop.FullAsync(project.FullPath, startup, words);
        Assert.Equal("first 1.5\n", await OutputAsync(first));
        Assert.DoesNotContain(first.Environment.ToArray(), static entry => PosixText.Decode(entry).StartsWith("PYTHONPATH=", StringComparison.Ordinal));
        var root = RootOf(first);
        Assert.Equal("told first\n", (await CommandRunner.RunAsync($"{root}/bin/tell", [], new CommandOptions())).Stdout);

        // A source is edited and another added: the warm start sees both, in the same environment.
        project.With("src/demo/__init__.py", "from .more import WHO\ndef tell(): print('told', WHO)\n").With("src/demo/more.py", "WHO = 'second'\n");
        var warm = RunWorkshop.Fast(project.FullPath, startup, words);
        Assert.NotNull(warm);
        Assert.Equal("second 1.5\n", await OutputAsync(warm.Image));
        Assert.Equal(root, RootOf(warm.Image));

        // Nothing but its place leads out of the slot, and nothing of it lies on the shelf that all share.
        Assert.Equal(project.FullPath, Meta(root).Project);
        Assert.Equal($"{project.FullPath}/src\n", File.ReadAllText(Directory.EnumerateFiles($"{root}/lib", "_demo.pth", SearchOption.AllDirectories).Single()));
        Assert.False(Directory.Exists(new StoreLayout(workshop.Store).Wheels) && Directory.EnumerateFileSystemEntries(new StoreLayout(workshop.Store).Wheels).Any());

        // A command more: what the build reads is not what it was.
        project.Declare("demo", "1.6", "\n[project.scripts]\nsay = \"demo:tell\"");
        Assert.Null(RunWorkshop.Fast(project.FullPath, startup, words));
        var second = await workshop.FullAsync(project.FullPath, startup, words);
        Assert.Equal("second 1.6\n", await OutputAsync(second));
        Assert.NotEqual(root, RootOf(second), StringComparer.Ordinal);
        Assert.True(File.Exists($"{RootOf(second)}/bin/say"));

        // A clone has an environment of its own, and the same project reached through a link has the same one, but no warm start.
        var clone = Path.Combine(workshop.NewProject(), "clone");
        (await CommandRunner.RunAsync("cp", ["-r", project.FullPath, clone], new CommandOptions())).OrThrow();
        Assert.NotEqual(RootOf(second), RootOf(await workshop.FullAsync(clone, startup, words)), StringComparer.Ordinal);
        var link = Path.Combine(workshop.NewProject(), "link");
        File.CreateSymbolicLink(link, project.FullPath);
        Assert.Equal(RootOf(second), RootOf(await workshop.FullAsync(link, startup, words)));
        Assert.Null(RunWorkshop.Fast(link, startup, words));
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Flat_layout_and_a_refresh_that_builds_again()
    {
        var project = new EditableFolder(workshop.NewProject()).Declare("demo", "2.0").With("slipway.toml", "project = \"editable\"\n").With("demo.py", "WHO = 'flat'\n");
        string[] words = ["python", "-c", Asks];
        var startup = workshop.Startup();
        var root = RootOf(await workshop.FullAsync(project.FullPath, startup, words));
        var built = Meta(root).CreatedAt;
        Assert.Equal("flat 2.0\n", await OutputAsync(await workshop.FullAsync(project.FullPath, startup, words)));
        Assert.Equal(built, Meta(root).CreatedAt);
        Assert.Equal(root, RootOf(await workshop.FullAsync(project.FullPath, startup, ["--refresh", .. words])));
        Assert.NotEqual(built, Meta(root).CreatedAt);
    }

    private static string RootOf(ExecImage image) => Path.GetDirectoryName(Path.GetDirectoryName(PosixText.Decode(image.Path)))!;

    private static SlotMeta Meta(string root) => SlotMeta.Read(File.ReadAllBytes($"{Path.GetDirectoryName(root)}/meta.json"), root).Value;

    private static async Task<string> OutputAsync(ExecImage image)
    {
        var arguments = image.Arguments[1..].ToArray().Select(static argument => PosixText.Decode(argument)).ToArray();
        var run = await CommandRunner.RunAsync(PosixText.Decode(image.Path), arguments, new CommandOptions { WorkingFolder = "/" });
        return run.OrThrow().Stdout;
    }
}
