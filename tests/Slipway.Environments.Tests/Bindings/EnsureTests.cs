using Slipway.Core.Contracts;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Environments.Bindings;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Provisioners;
using Slipway.Environments.Tests.Support;
using Slipway.Store.Layout;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Bindings;

/// <summary>Section 12.2 of the design: installed once, reused, asked for where something is missing, built once by all who ask.</summary>
public sealed class EnsureTests : IAsyncLifetime
{
    private BindingWorld _bench = null!;

    public async Task InitializeAsync() => _bench = await BindingWorld.StartAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [RequiresFact(Capability.Python)]
    public async Task First_run_installs_and_second_run_reuses_without_any_installer()
    {
        var needs = BindingWorld.Needs(BindingWorld.Binding("b1", _bench.Package("demo", "<2")));

        var resolved = await _bench.ResolveAsync(needs);
        Assert.Equal((DependencyState.Missing, "requirements_missing", RequirementState.Missing, "1.0"), (resolved.Status.State, resolved.Status.Code, resolved.Status.Bindings[0].Requirements[0].State, resolved.Status.Bindings[0].Requirements[0].Version));
        Assert.Equal(ExitCode.Done, resolved.Exit);
        _bench.Activity.All.Clear();
        var first = await _bench.EnsureAsync(needs);
        Assert.Equal("Checking Missing Installing Ready", _bench.Activity.States);
        Assert.Contains(_bench.Activity.All, one => one is { Phase: ActivityPhase.InstallStream, Stream: "stdout" } && one.Message.Contains("demo", StringComparison.Ordinal));
        var (processes, requests) = (_bench.World.Machine.Processes.Count, _bench.Index.Requests.Count);
        var second = await _bench.EnsureAsync(needs);

        Assert.Equal((processes, requests), (_bench.World.Machine.Processes.Count, _bench.Index.Requests.Count));
        Assert.True(first.Environment!.Built);
        Assert.False(second.Environment!.Built);
        Assert.Equal(DependencyState.Ready, second.Status.State);
        Assert.Equal(first.Reference, second.Reference);
        Assert.Equal(("env-b1", "pytorch", "python-venv", "local"), (first.Reference!.EnvId, first.Reference.BackendKey, first.Reference.EnvironmentKind, first.Reference.Host));
        Assert.Equal("demo", string.Join(' ', second.Status.Bindings[0].InstalledRequirements));
        Assert.Equal("1", await _bench.World.PythonAsync(first.Environment, "import demo; print(demo.V)"));

        var check = await _bench.CheckAsync(needs);
        Assert.Equal((DependencyState.Ready, first.Reference.Slot), (check.Status.State, check.Reference!.Slot));
        var history = await new SlotHistory(_bench.World.Host).ReadAsync(SlotName.Parse(first.Reference.Slot!).Value, default);
        Assert.Equal("published reused executed", string.Join(' ', history.Validations.Select(one => one.How)));
        var use = Assert.Single(history.Uses);
        Assert.Equal((first.Reference.RequirementsFingerprint, "env-b1", "b1"), (use.RequirementsFingerprint, Assert.Single(use.EnvIds), Assert.Single(use.Bindings)));
        Assert.True(use.LastUsed > use.FirstUsed);

        // Another fingerprint is another environment; the first one stays what it is.
        var newer = await _bench.EnsureAsync(BindingWorld.Needs(BindingWorld.Binding("b1", _bench.Package("demo", "2.0"))));
        Assert.NotEqual(first.Reference.EnvironmentKey, newer.Reference!.EnvironmentKey, StringComparer.Ordinal);
        Assert.NotEqual(first.Reference.RequirementsFingerprint, newer.Reference.RequirementsFingerprint, StringComparer.Ordinal);

        // A profile of another name shares the environment, because names are not what it is made of.
        var renamed = await _bench.EnsureAsync(BindingWorld.Needs(BindingWorld.Binding("b2", _bench.Package("Demo", "<2"))));
        Assert.Equal(first.Reference.Slot, renamed.Reference!.Slot);

        var site = Directory.GetFiles(first.Environment.Root, "METADATA", SearchOption.AllDirectories).First(path => path.Contains("demo", StringComparison.Ordinal));
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        File.SetUnixFileMode(Path.GetDirectoryName(Path.GetDirectoryName(site))!, Owner);
        File.SetUnixFileMode(Path.GetDirectoryName(site)!, Owner);
        File.SetUnixFileMode(site, Owner);
        File.Delete(site);
        var broken = await _bench.CheckAsync(needs);
        Assert.Equal((DependencyState.Failed, "dependency_check_failed", "ENV0507"), (broken.Status.State, broken.Status.Code, broken.Status.FailureCode));
        Assert.Contains("demo 1", broken.Status.Message, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Manual_mode_installs_only_by_an_explicit_install()
    {
        var needs = BindingWorld.Needs(BindingWorld.Binding("b1", _bench.Package("demo")));

        Assert.Equal(DependencyState.Missing, (await _bench.CheckAsync(needs)).Status.State);
        Assert.Empty(_bench.Index.Requests);
        var left = await _bench.EnsureAsync(needs, DependencyMode.Manual);
        Assert.Equal((DependencyState.Missing, null), (left.Status.State, left.Environment));
        Assert.False(Directory.Exists(_bench.World.Layout.Environments));
        Assert.Equal(DependencyState.Ready, (await _bench.InstallAsync(needs)).Status.State);
        Assert.NotNull((await _bench.EnsureAsync(needs, DependencyMode.Manual)).Environment);
    }

    [RequiresFact(Capability.Python)]
    public async Task Missing_source_needs_user_input_and_after_the_override_it_is_ready()
    {
        var needs = BindingWorld.Needs(BindingWorld.Binding("b1", _bench.Package("demo"), _bench.Package("private-thing", "==1.0")));

        var asked = await _bench.EnsureAsync(needs);
        Assert.Equal((DependencyState.NeedsUserInput, "package_unavailable", "ENV0201", ExitCode.WaitsForPerson), (asked.Status.State, asked.Status.Code, asked.Status.FailureCode, asked.Exit));
        Assert.Equal("index_url extra_index_urls wheel_source_path package_source_override", string.Join(' ', asked.Status.NeededInput.Select(needed => needed.Field)));
        Assert.All(asked.Status.NeededInput, needed => Assert.Equal(("b1", "private-thing"), (needed.BindingId, needed.Requirement)));
        Assert.All(asked.Status.NeededInput, needed => Assert.True(needed.Accepts.Length > 10 && needed.Reason.Contains("private-thing==1", StringComparison.Ordinal)));
        Assert.Contains("No matching distribution", asked.Status.Message, StringComparison.Ordinal);
        Assert.Equal([RequirementState.Unresolved, RequirementState.NeedsUserInput], asked.Status.Bindings[0].Requirements.Select(one => one.State));

        using var wheels = new FindLinksFolder(Path.Combine(_bench.World.Store.Root, "wheels here"));
        wheels.Add(new WheelBuilder("private-thing", "1.0").Module("thing.py", "V = 7\n").Requires("other"));
        await _bench.SetAsync(needs, "b1", new OverrideFields { WheelSourcePath = wheels.FullPath }, "Private_Thing");
        await _bench.SetAsync(needs, "b1", new OverrideFields { IndexUrl = _bench.Url });
        var ready = await _bench.EnsureAsync(needs);
        Assert.True(ready.Status.State is DependencyState.Ready, ready.Status.Message);
        Assert.Equal("7 1", await _bench.World.PythonAsync(ready.Environment!, "import thing, other; print(thing.V, other.V)"));
        Assert.Null(ready.Resolved.Base.Bindings[0].Requirements[1].WheelSourcePath);
        Assert.Equal(wheels.FullPath, ready.Resolved.Effective.Bindings[0].Requirements[1].WheelSourcePath);
        Assert.All(ready.Resolved.Overrides, patch => Assert.True(patch is { Source: "user", UpdatedAt: not null }));
    }

    [RequiresFact(Capability.Python)]
    public async Task Concurrent_requests_for_one_environment_install_once()
    {
        var needs = BindingWorld.Needs(BindingWorld.Binding("b1", _bench.Package("demo")));
        await using var others = await BindingWorld.StartAsync();
        var shared = new World(store: _bench.World.Store);
        var second = new BindingEnvironments(shared.Host, shared.Service, shared.Finder, new OverrideStore(shared.Layout), [], TimeProvider.System);

        var answers = await Task.WhenAll(
            [.. Enumerable.Range(0, 3).Select(_ => _bench.EnsureAsync(needs)), .. Enumerable.Range(0, 3).Select(_ => _bench.AskAsync(second.EnsureAsync, new BindingQuestion(needs)))]);

        Assert.All(answers, answer => Assert.True(answer.Status.State is DependencyState.Ready, answer.Status.Message));
        Assert.Single(answers.Select(answer => answer.Reference!.Slot).Distinct(StringComparer.Ordinal));
        Assert.Single(answers, answer => answer.Environment!.Built);
        var history = await new SlotHistory(_bench.World.Host).ReadAsync(SlotName.Parse(answers[0].Reference!.Slot!).Value, default);
        Assert.Equal(6, history.Validations.Length);
        shared.Dispose();
    }

    [RequiresFact(Capability.Sshd, Capability.Python)]
    public async Task Host_by_ssh_gets_one_environment_for_concurrent_requests_with_overrides_of_its_own()
    {
        await using var server = await SshServer.StartAsync();
        using var machine = new Slipway.Machines.Ssh.SshMachine(
            new Slipway.Machines.Ssh.SshSettings("box", Slipway.Machines.Ssh.Addresses.SshAddress.Parse(server.Address).Value) { ConfigFile = server.ClientConfiguration, ControlDirectory = server.ControlFolder });
        var token = _bench.World.Token;
        var facts = (await machine.GetFactsAsync(token)).Value;
        var layout = (await DistantHome.PrepareAsync(machine, new StoreLayout($"{server.Home}/store"), facts.UserId, token)).Value;
        var host = new BuildHost(machine, layout, facts) { Here = _bench.World.Machine, Variable = _ => null };
        var finder = new InterpreterFinder(host, new InterpreterSearch([Path.GetDirectoryName(World.DefaultPython.FullPath)!], PyenvRoot: null));
        var service = new DependencyService(host, ProvisionerCatalogue.Default, finder, TimeProvider.System);
        var distant = new BindingEnvironments(host, service, finder, _bench.Overrides, [], TimeProvider.System);
        var needs = BindingWorld.Needs(BindingWorld.Binding("b1", new DependencyRequirement { Name = "demo", ExactPin = "==1.0" }));
        var set = await distant.SetAsync(needs, BindingWorld.Patch("b1", new OverrideFields { IndexUrl = _bench.Url }), token);
        Assert.True(set.IsOk, set.ToString());
        Assert.Empty(_bench.Environments.ViewOf(needs).Value.Overrides);
        var elsewhere = await distant.SetAsync(needs, BindingWorld.Patch("b1", new OverrideFields { WheelSourcePath = "/etc" }), token);
        Assert.Equal(EnvironmentFailures.OverrideRefused, elsewhere.Failure.Code);

        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => _bench.AskAsync(distant.EnsureAsync, new BindingQuestion(needs))));

        Assert.All(answers, answer => Assert.True(answer.Status.State is DependencyState.Ready, answer.Status.Message));
        Assert.Single(answers, answer => answer.Environment!.Built);
        Assert.Equal("box", answers[0].Reference!.Host);
        Assert.Single(Directory.GetDirectories(layout.Environments));
        Assert.Equal(3, (await new SlotHistory(host).ReadAsync(SlotName.Parse(answers[0].Reference!.Slot!).Value, token)).Validations.Length);
        Assert.Equal(DependencyState.Ready, (await _bench.AskAsync(distant.CheckAsync, new BindingQuestion(needs))).Status.State);
        await machine.CloseAsync(token);
    }
}
