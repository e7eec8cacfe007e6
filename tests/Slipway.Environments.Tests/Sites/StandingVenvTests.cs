using Slipway.Core.Decisions;
using Slipway.Core.Identity;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Requests;
using Slipway.Environments.Sites;
using Slipway.Environments.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Sites;

/// <summary>A virtual environment that is named by its path is used as it stands by the system backend, with what it has and what it sees.</summary>
public sealed class StandingVenvTests : IAsyncLifetime, IDisposable
{
    private static readonly WheelBuilder OfBase = new WheelBuilder("lower", "1.0").Module("lower.py", "V = 1\n");
    private static readonly WheelBuilder OfVenv = new WheelBuilder("upper", "2.0").Module("upper.py", "V = 2\n");
    private readonly PrivatePython _base = new(World.DefaultPython);
    private readonly TempFolder _folder = new();
    private readonly World _world = new();

    private string Venv => _folder.Combine("venv");

    private string Python => _folder.Combine("venv/bin/python");

    public async Task InitializeAsync()
    {
        _base.Install(OfBase);
        await MakeAsync(Venv);
        PrivatePython.Install(OfVenv, SiteOf(Venv));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _world.Dispose();
        _folder.Dispose();
        _base.Dispose();
    }

    [RequiresFact(Capability.Python)]
    public async Task It_runs_with_what_it_has_and_is_told_from_its_base()
    {
        var ready = await _world.EnsureAsync(Standing(Python, "upper"));
        var ofBase = await _world.EnsureAsync(Standing(_base.FullPath, "lower"));
        var lacking = await _world.FailAsync(Standing(Python, "upper", "lower"), EnvironmentFailures.NotInstalled);

        Assert.Equal(Python, ready.Python);
        Assert.Equal($"{Venv} 2", await _world.PythonAsync(ready, "import sys, upper; print(sys.prefix, upper.V)"));
        Assert.Equal((Venv, "1"), (ready.Activation.Set["VIRTUAL_ENV"], ready.Activation.Set["PYTHONNOUSERSITE"]));
        Assert.Equal($"{Venv}/bin", ready.Activation.Prepend["PATH"]);
        Assert.Equal((false, true), (ready.Activation.Unset.Contains("VIRTUAL_ENV"), ofBase.Activation.Unset.Contains("VIRTUAL_ENV")));
        Assert.NotEqual(ready.Slot.ToString()[^8..], ofBase.Slot.ToString()[^8..], StringComparer.Ordinal);
        Assert.Contains("lower is not installed", lacking.Message, StringComparison.Ordinal);
        Assert.Contains(Python, lacking.Message, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Packages_of_its_base_count_while_its_configuration_lets_them()
    {
        await MakeAsync(Venv, "--system-site-packages");
        var both = await _world.EnsureAsync(Standing(Python, "upper", "lower"));
        Assert.Equal("1 2", await _world.PythonAsync(both, "import lower, upper; print(lower.V, upper.V)"));
        var configuration = _folder.Combine("venv/pyvenv.cfg");
        File.WriteAllText(configuration, File.ReadAllText(configuration).Replace("= true", "= false", StringComparison.Ordinal));
        var plan = await _world.Service.PlanAsync(Standing(Python, "upper", "lower"), World.Script, new EnsureOptions(), _world.Token);
        var lacking = await _world.FailAsync(Standing(Python, "upper", "lower"), EnvironmentFailures.NotInstalled);

        Assert.Equal(["lower", "upper"], both.Plan.Lock!.Installed.Select(package => package.Name.Normalized), StringComparer.Ordinal);
        Assert.Equal(DecisionReason.SystemPackagesChanged, plan.Value.Decision.Reason);
        Assert.Contains("lower is not installed", lacking.Message, StringComparison.Ordinal);
        Assert.Contains($"lower 1.0 of {Python} is gone", Assert.IsType<string>((await _world.Service.CheckSiteAsync(_world.Stored(both), _world.Token)).Value.Difference), StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task What_changes_in_it_or_below_it_is_noticed()
    {
        var before = await _world.EnsureAsync(Standing(Python, "upper"));
        var again = await DecideAsync();
        PrivatePython.Install(new WheelBuilder("more", "1.0").Module("more.py", string.Empty), SiteOf(Venv));
        var grown = await DecideAsync();
        var after = await _world.EnsureAsync(Standing(Python, "upper"));
        File.Move(_base.FullPath, $"{_base.FullPath}.away");
        var baseless = await DecideAsync();
        TempFolder.DeleteTree(Venv);
        var gone = await DecideAsync();
        var failure = await _world.FailAsync(Standing(Python, "upper"), EnvironmentFailures.UnusableInterpreter);

        Assert.Equal((DecisionReason.Published, DecisionReason.SystemPackagesChanged), (again.Reason, grown.Reason));
        Assert.NotEqual(before.Slot, after.Slot);
        Assert.Equal((DecisionReason.InterpreterChanged, DecisionReason.InterpreterGone), (baseless.Reason, gone.Reason));
        Assert.Contains($"{Venv} is not the virtual environment that it was", baseless.Sentence, StringComparison.Ordinal);
        Assert.Contains(Python, failure.Message, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task It_is_verified_and_repaired_as_what_it_is()
    {
        var ready = await _world.EnsureAsync(Standing(Python, "upper"));
        var stored = _world.Stored(ready);
        var repaired = await _world.Service.RepairAsync(stored, new EnsureOptions(), _world.Progress, _world.Token);

        Assert.Null((await _world.Service.CheckSiteAsync(stored, _world.Token)).Value.Difference);
        Assert.True(repaired.IsOk, repaired.ToString());
        Assert.Equal(Python, _world.Stored(ready).Meta.Executable);
    }

    [RequiresFact(Capability.Python)]
    public async Task One_that_was_only_met_on_the_way_is_not_taken_and_the_remedy_names_it()
    {
        using var active = new World(searchPath: [$"{Venv}/bin"]);
        foreach (var request in new[] { Standing(null, "upper"), Standing("python", "upper"), Standing("3", "upper") })
        {
            var failure = await active.FailAsync(request, EnvironmentFailures.UnsupportedRequest);

            Assert.Contains($"the virtual environment {Venv}", failure.Message, StringComparison.Ordinal);
            Assert.Contains($"--python {Python}", failure.Remedy, StringComparison.Ordinal);
            Assert.Contains($"--python {_base.FullPath}", failure.Remedy, StringComparison.Ordinal);
        }
    }

    [RequiresFact(Capability.Python)]
    public async Task Nothing_is_built_on_top_of_it()
    {
        var request = new EnvironmentRequest { Requirements = Ask.Packages(["upper"]), SysPathMode = SysPathMode.SystemSitePackages }.On(Python);
        var failure = await _world.FailAsync(request, EnvironmentFailures.UnsupportedRequest);

        Assert.Contains($"only those of its base, {_base.FullPath}", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"--backend system --python {Python}", failure.Remedy, StringComparison.Ordinal);
        Assert.Equal(_base.FullPath, (await _world.EnsureAsync(new EnvironmentRequest().On(Python))).Plan.Interpreter!.Executable);
    }

    // As conda lays an environment out: a whole installation, with its own metadata beside.
    [RequiresFact(Capability.Python)]
    public async Task Prefix_of_conda_is_an_ordinary_interpreter()
    {
        var prefix = Path.GetDirectoryName(Path.GetDirectoryName(_base.FullPath))!;
        Directory.CreateDirectory($"{prefix}/conda-meta");
        File.WriteAllText($"{prefix}/conda-meta/history", string.Empty);
        using var active = new World(searchPath: [$"{prefix}/bin"]);
        File.CreateSymbolicLink($"{prefix}/bin/python", Path.GetFileName(_base.FullPath));

        var named = await active.EnsureAsync(Standing($"{prefix}/bin/python", "lower"));
        var found = await active.EnsureAsync(Standing(null, "lower"));

        Assert.Equal((_base.FullPath, named.Slot), (named.Python, found.Slot));
        Assert.Equal($"{prefix}/bin", named.Activation.Prepend["PATH"]);
        Assert.Null(named.Plan.Interpreter!.VirtualEnvironment);
    }

    private async Task<Decision> DecideAsync() =>
        (await _world.Service.PlanAsync(Standing(Python, "upper"), World.Script, new EnsureOptions(), _world.Token)).Value.Decision;

    private async Task MakeAsync(string venv, params string[] options) =>
        (await CommandRunner.RunAsync(_base.FullPath, ["-m", "venv", "--without-pip", .. options, venv], new CommandOptions(), _world.Token)).OrThrow();

    private static string SiteOf(string venv) => Directory.GetDirectories($"{venv}/lib", "python*").Select(library => $"{library}/site-packages").Single();

    private static EnvironmentRequest Standing(string? python, params IReadOnlyList<string> requirements)
    {
        var request = new EnvironmentRequest { Requirements = Ask.Packages(requirements), Provisioner = "system" };
        return python is null ? request : request.On(python);
    }
}
