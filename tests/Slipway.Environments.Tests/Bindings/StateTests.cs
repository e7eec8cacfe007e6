using Slipway.Core.Contracts;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Environments.Bindings;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Bindings;

/// <summary>What stands in the way becomes a state, a code and the names of those concerned; nothing is installed then.</summary>
public sealed class StateTests : IAsyncLifetime
{
    private BindingWorld _bench = null!;

    public async Task InitializeAsync() => _bench = await BindingWorld.StartAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [RequiresFact(Capability.Python)]
    public async Task Declarations_that_cannot_be_served_say_so_before_anything_is_resolved()
    {
        var good = BindingWorld.Binding("b1", _bench.Package("demo"));
        await AssertAsync(BindingWorld.Needs(), DependencyState.Unresolved, "no_dependency_bindings", "no bindings");
        await AssertAsync(BindingWorld.Needs(good) with { ValidationState = DependencyValidationState.UnknownProfile }, DependencyState.Unresolved, "unknown_profile", "not known");
        await AssertAsync(BindingWorld.Needs(good with { ValidationState = DependencyValidationState.ProfileConflict, ValidationErrors = [new() { Code = "c7", Scope = ValidationErrorScope.Binding, Message = "two profiles." }] }), DependencyState.Failed, "profile_conflict", "two profiles (c7)");
        await AssertAsync(BindingWorld.Needs(good with { EnvironmentKind = "docker" }), DependencyState.Failed, "unsupported_environment_kind", "'docker'");
        await AssertAsync(BindingWorld.Needs(BindingWorld.Binding("b1", _bench.Package("demo") with { Kind = "system_package" })), DependencyState.Failed, "unsupported_environment_kind", "'system_package'");
        await AssertAsync(BindingWorld.Needs(BindingWorld.Binding("b1", _bench.Package("demo") with { PlatformConstraints = ["windows-x86_64", "macos"] })), DependencyState.Failed, "platform_unsupported", "Requirement demo of binding b1");
        await AssertAsync(BindingWorld.Needs(good with { PlatformSelector = "macos-arm64" }), DependencyState.Failed, "platform_unsupported", "macos-arm64");
        await AssertAsync(BindingWorld.Needs(BindingWorld.Binding("b1", _bench.Package("demo", "==1.0")), BindingWorld.Binding("b2", _bench.Package("Demo", ">=2"))), DependencyState.Failed, "requirements_conflict", "Binding b1 wants demo==1.0, and binding b2 wants Demo>=2");
        await AssertAsync(BindingWorld.Needs(good, BindingWorld.Binding("b2") with { EnvironmentKind = "python" }), DependencyState.Failed, "requirements_conflict", "b1 (python-venv) and b2 (python)");
        await AssertAsync(BindingWorld.Needs(BindingWorld.Binding("b1", _bench.Package("demo") with { PythonRequires = ">=3.9" }, _bench.Package("other") with { PythonRequires = "<3.9" })), DependencyState.NeedsUserInput, "python_runtime_unavailable", "'<3.9'");
        await AssertAsync(BindingWorld.Needs(BindingWorld.Binding("b1", _bench.Package("demo") with { IndexUrl = "https://me:word@host/simple" })), DependencyState.NeedsUserInput, "input_refused", "user name or password");
        await AssertAsync(BindingWorld.Needs(BindingWorld.Binding("b1", _bench.Package("demo") with { Source = "ftp://host/x.whl" })), DependencyState.NeedsUserInput, "input_refused", "'ftp'");
        await AssertAsync(BindingWorld.Needs(BindingWorld.Binding("b1", _bench.Package("demo") with { WheelSourcePath = "/etc" })), DependencyState.NeedsUserInput, "input_refused", "outside the allowed roots");
        await AssertAsync(BindingWorld.Needs(good with { PythonExecutableOverride = "/bin/false" }), DependencyState.NeedsUserInput, "python_runtime_unavailable", "/bin/false");
        Assert.Empty(_bench.Index.Requests);
    }

    [RequiresFact(Capability.Python)]
    public async Task Sources_and_hashes_that_fail_are_told_apart_and_nothing_is_installed()
    {
        var wrong = await _bench.EnsureAsync(BindingWorld.Needs(BindingWorld.Binding("b1", _bench.Package("demo", "==1.0") with { Hashes = [$"sha256:{new string('a', 64)}"] })));
        Assert.Equal((DependencyState.Failed, "hash_mismatch", ExitCode.BadData), (wrong.Status.State, wrong.Status.Code, wrong.Exit));
        Assert.Contains("demo-1.0-py3-none-any.whl", wrong.Status.Message, StringComparison.Ordinal);

        var hash = Sha256Digest.Of(new WheelBuilder("demo", "1.0").Module("demo.py", "V = 1\n").Build()).Hex;
        var right = await _bench.ResolveAsync(BindingWorld.Needs(BindingWorld.Binding("b1", _bench.Package("demo", "==1.0") with { Hashes = [$"sha256:{hash}"] }, _bench.Package("other"))));
        Assert.True(right.Status.State is DependencyState.Missing, right.Status.Message);

        // The resolver's own clash: neither requirement alone contradicts the other.
        _bench.Index.Add(new WheelBuilder("wants-old", "1.0").Requires("demo<2"));
        var clash = await _bench.EnsureAsync(BindingWorld.Needs(BindingWorld.Binding("b1", _bench.Package("demo", ">=2")), BindingWorld.Binding("b2", _bench.Package("wants-old"))));
        Assert.Equal((DependencyState.Failed, "requirements_conflict"), (clash.Status.State, clash.Status.Code));
        Assert.Contains("b1 and b2", clash.Status.Message, StringComparison.Ordinal);
        Assert.All(clash.Status.Bindings, binding => Assert.Equal(DependencyState.Failed, binding.State));

        _bench.Index.Break(status: 503);
        var down = await _bench.EnsureAsync(BindingWorld.Needs(BindingWorld.Binding("b1", _bench.Package("demo", "!=3"))));
        Assert.Equal((DependencyState.Failed, "source_unavailable", "ENV0204", ExitCode.Unavailable), (down.Status.State, down.Status.Code, down.Status.FailureCode, down.Exit));
        Assert.Contains("503", down.Status.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_bench.World.Layout.Environments));
        Assert.DoesNotContain("Installing", _bench.Activity.States, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Markers_pins_sources_and_selection_are_honoured_in_one_environment()
    {
        var needs = BindingWorld.Needs(
            BindingWorld.Binding(
                "b1",
                _bench.Package("demo", ">=1,<2") with { PythonRequires = ">=3.9" },
                _bench.Package("windows-only", "==9") with { Markers = "sys_platform == 'win32'", PlatformConstraints = ["windows-x86_64"], PythonRequires = "<3" }),
            BindingWorld.Binding("b2", new DependencyRequirement { Name = "other", ExactPin = "1.0", Source = _bench.Index.UrlOf(new WheelBuilder("other", "1.0")).AbsoluteUri }),
            BindingWorld.Binding("unselected", new DependencyRequirement { Name = "nowhere" })) with { SelectedBindingIds = ["b2", "b1"] };

        var ready = await _bench.EnsureAsync(needs);

        Assert.True(ready.Status.State is DependencyState.Ready, ready.Status.Message);
        Assert.Equal("b1 b2", string.Join(' ', ready.Status.Bindings.Select(binding => binding.BindingId)));
        Assert.Equal([RequirementState.Installed, RequirementState.NotApplicable], ready.Status.Bindings[0].Requirements.Select(one => one.State));
        Assert.Empty(ready.Status.Bindings[0].MissingRequirements);
        Assert.Equal("1 1", await _bench.World.PythonAsync(ready.Environment!, "import demo, other; print(demo.V, other.V)"));
        Assert.Equal(0, _bench.Index.CountOf("/simple/windows-only"));
    }

    [RequiresFact(Capability.Python)]
    public async Task Interpreter_as_it_stands_is_the_kind_python()
    {
        var lacks = await _bench.EnsureAsync(BindingWorld.Needs(BindingWorld.Binding("b1", new DependencyRequirement { Name = "surely-not-there" }) with { EnvironmentKind = "python" }));
        Assert.Equal((DependencyState.NeedsUserInput, "python_runtime_unavailable", "python_executable"), (lacks.Status.State, lacks.Status.Code, Assert.Single(lacks.Status.NeededInput).Field));
        var ready = await _bench.EnsureAsync(BindingWorld.Needs(BindingWorld.Binding("b1") with { EnvironmentKind = "python" }));
        Assert.Equal((DependencyState.Ready, "python", true), (ready.Status.State, ready.Reference!.EnvironmentKind, ready.Reference.Mutable));
    }

    [Theory]
    [InlineData("torch", "pytorch")]
    [InlineData("Llama.cpp", "llamacpp")]
    [InlineData("onnxruntime", "onnx-runtime")]
    [InlineData("stable-audio", "stable_audio")]
    [InlineData("Own", "own")]
    [InlineData("", null)]
    public void Backend_has_one_name(string key, string? name) => Assert.Equal(name, BackendTable.Canonical(key));

    [Theory]
    [InlineData("linux-x86_64", true)]
    [InlineData("linux", true)]
    [InlineData("Linux_amd64", true)]
    [InlineData("any", true)]
    [InlineData("linux-aarch64", false)]
    [InlineData("macos", false)]
    public void Platform_is_known_by_its_names(string constraint, bool matches) => Assert.Equal(matches, PlatformNames.Matches(constraint, "linux-x86_64"));

    private async Task AssertAsync(DependencyRequirements requirements, DependencyState state, string code, string words)
    {
        var answer = await _bench.EnsureAsync(requirements);
        Assert.True(answer.Status.State == state && answer.Status.Code == code, $"{answer.Status.State} {answer.Status.Code}: {answer.Status.Message}");
        Assert.Contains(words, answer.Status.Message, StringComparison.Ordinal);
        Assert.Equal(state is DependencyState.NeedsUserInput, !answer.Status.NeededInput.IsEmpty);
        Assert.Equal(state is DependencyState.NeedsUserInput ? ExitCode.WaitsForPerson : ExitCode.BadData, answer.Exit);
    }
}
