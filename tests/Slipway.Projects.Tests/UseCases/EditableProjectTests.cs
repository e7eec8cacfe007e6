using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Environments;
using Slipway.Environments.Inspection;
using Slipway.Environments.Interpreters;
using Slipway.Projects.Checks;
using Slipway.Projects.Discovery;
using Slipway.Projects.Layout;
using Slipway.Projects.UseCases;
using Slipway.Store.Slots;
using Slipway.Store.Verification;
using Slipway.TestKit;

namespace Slipway.Projects.Tests.UseCases;

/// <summary>A project that is installed editable, as its verbs see it.</summary>
public sealed class EditableProjectTests : IDisposable
{
    private const int Limit = 180_000;
    private static readonly RequestSettings Locked = new() { Locked = true };
    private readonly ProjectWorkshop _workshop = new("here");

    public void Dispose() => _workshop.Dispose();

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Locked_moved_inspected_and_repaired()
    {
        var folder = new EditableFolder(_workshop.Project).Declare("demo", "1.0").With("slipway.toml", "project = \"editable\"\n").With("demo.py", "WHO = 1\n").With("native.c", "");
        var progress = new Told();
        var first = await SyncAsync(folder.FullPath, new RequestSettings(), progress);
        Assert.Contains("demo has compiled modules", Assert.Single(progress.Warnings), StringComparison.Ordinal);
        Assert.True(first.Environment.Built);

        // The lock holds no path of this machine, and a clone follows it into an environment of its own.
        var project = _workshop.Finder.Find(folder.FullPath, new RequestSettings()).Value;
        Assert.True((await _workshop.Locks.WriteAsync(project, project.Environments[0], new RequestSettings(), new LockWishes(), NoProgress.Instance, CancellationToken.None)).IsOk);
        var text = _workshop.Text("pylock.toml");
        Assert.Contains("name = \"demo\"\ndirectory = {path = \".\", editable = true}\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain(_workshop.Root, text, StringComparison.Ordinal);
        Assert.False((await SyncAsync(folder.FullPath, Locked)).Environment.Built);
        var clone = Path.Combine(_workshop.Home, "clone");
        (await CommandRunner.RunAsync("cp", ["-r", folder.FullPath, clone], new CommandOptions())).OrThrow();
        var other = await SyncAsync(clone, Locked);
        Assert.NotEqual(first.Environment.Slot, other.Environment.Slot);
        Assert.Equal(first.Environment.Plan.Reference.LockDigest, other.Environment.Plan.Reference.LockDigest);

        // Only the project's path leads out; what was damaged is built again, unless the build would read something else now.
        var stored = new EnvironmentStore(_workshop.Store).Read(first.Environment.Slot).Value;
        var inspected = (await new EnvironmentInspector(_workshop.Host, new InterpreterFinder(_workshop.Host, InterpreterSearch.From(static _ => null))).InspectAsync(stored, CancellationToken.None)).Value;
        Assert.Equal((folder.FullPath, 0), (Assert.Single(inspected.OutsidePaths).Path, inspected.OutsideEntries.Length));
        Assert.Equal("demo", Assert.Single(inspected.DirectPackages).Name);
        Assert.True((await _workshop.Dependencies.RepairAsync(stored, new EnsureOptions(), NoProgress.Instance, CancellationToken.None)).IsOk);
        folder.With("setup.cfg", "[metadata]\n");
        Assert.Equal(EnvironmentFailures.ProjectChanged, (await _workshop.Dependencies.RepairAsync(stored, new EnsureOptions(), NoProgress.Instance, CancellationToken.None)).Failure.Code);
        File.Delete($"{folder.FullPath}/setup.cfg");

        // A move is told, and a sync builds for the new place.
        var moved = Path.Combine(_workshop.Home, "elsewhere");
        Directory.Move(folder.FullPath, moved);
        var finding = Assert.Single(await CheckAsync(moved), static finding => finding.Id is "project-moved");
        Assert.Contains($"installed from {folder.FullPath}, and it lies at {moved}", finding.Message, StringComparison.Ordinal);
        Assert.True((await SyncAsync(moved, Locked)).Environment.Built);
        Assert.DoesNotContain(await CheckAsync(moved), static finding => finding.Id is "project-moved");

        // A lock of another platform bounds versions, of which a project without dependencies has none: it is not the only one that says what is needed.
        File.WriteAllText($"{moved}/pylock.toml", text.Replace("'linux'", "'win32'", StringComparison.Ordinal).Replace("\\\"linux\\\"", "\\\"win32\\\"", StringComparison.Ordinal));
        var foreign = await SyncAsync(moved, new RequestSettings());
        Assert.Contains("was made for", Assert.Single(foreign.Environment.Plan.Warnings), StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Backend_without_the_hook_is_named()
    {
        new EditableFolder(_workshop.Project).Declare("demo", "1.0").With("slipway.toml", "project = \"editable\"\n").With("build_backend/backend.py", "def build_wheel(*a, **k): raise SystemExit(1)\n");
        var project = _workshop.Finder.Find(_workshop.Project, new RequestSettings()).Value;
        var synced = await new SyncUseCase(_workshop.Host, _workshop.Dependencies, _workshop.Finder)
            .SyncAsync(project, project.Environments[0], new RequestSettings(), refresh: false, NoProgress.Instance, CancellationToken.None);
        Assert.Equal(EnvironmentFailures.NotEditable, synced.Failure.Code);
        Assert.Empty(new EnvironmentStore(_workshop.Store).Slots());
    }

    private async Task<SyncedEnvironment> SyncAsync(string directory, RequestSettings options, IBuildProgress? progress = null)
    {
        var project = _workshop.Finder.Find(directory, options).Value;
        var synced = await new SyncUseCase(_workshop.Host, _workshop.Dependencies, _workshop.Finder)
            .SyncAsync(project, project.Environments[0], options, refresh: false, progress ?? NoProgress.Instance, CancellationToken.None);
        Assert.True(synced.TryGet(out var ready, out var failure), $"{failure}\n{failure?.Detail}");
        return ready;
    }

    private async Task<IReadOnlyList<CheckFinding>> CheckAsync(string directory)
    {
        var project = _workshop.Finder.Find(directory, new RequestSettings()).Value;
        var status = new StatusUseCase(_workshop.Host, _workshop.Dependencies, _workshop.Finder);
        return await new CheckUseCase(_workshop.Host, status, _workshop.Locks, _workshop.Finder, static _ => null).LookAsync(project, new RequestSettings(), CancellationToken.None);
    }

    private sealed class Told : IBuildProgress
    {
        public List<string> Warnings { get; } = [];

        public void Stage(string text)
        {
        }

        public void Detail(string text)
        {
        }

        public void Warn(string text) => Warnings.Add(text);

        public void Waiting(string holder)
        {
        }
    }
}
