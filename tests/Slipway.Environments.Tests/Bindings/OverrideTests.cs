using Slipway.Core.Contracts;
using Slipway.Environments.Bindings;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Bindings;

/// <summary>Section 12.1 of the design: how overrides are judged, kept, merged and taken back, and what the fingerprint is made of.</summary>
public sealed class OverrideTests : IAsyncLifetime
{
    private BindingWorld _bench = null!;

    public async Task InitializeAsync() => _bench = await BindingWorld.StartAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [RequiresFact(Capability.Python)]
    public async Task Validation_refuses_paths_urls_and_executables_and_names_each_by_its_pointer()
    {
        var needs = BindingWorld.Needs(BindingWorld.Binding("b1", _bench.Package("demo")));
        var root = _bench.World.Store.Root;
        var link = Path.Combine(root, "out");
        File.CreateSymbolicLink(link, "/etc");
        await RefusedAsync(needs, new OverrideFields { WheelSourcePath = "relative/x" }, "/fields/wheel_source_path is 'relative/x', and must be an absolute path");
        await RefusedAsync(needs, new OverrideFields { WheelSourcePath = $"{root}/../etc" }, "must not hold '..'");
        await RefusedAsync(needs, new OverrideFields { WheelSourcePath = $"{root}/nothing" }, "does not exist");
        await RefusedAsync(needs, new OverrideFields { WheelSourcePath = "/etc" }, "outside the allowed roots");
        await RefusedAsync(needs, new OverrideFields { WheelSourcePath = link }, "really '/etc', outside the allowed roots");
        await RefusedAsync(needs, new OverrideFields { IndexUrl = "ftp://x/y", ExtraIndexUrls = ["https://a", "nothing"] }, "/fields/index_url has the scheme 'ftp', and only http, https and file are accepted; /fields/extra_index_urls/1 is no URL");
        await RefusedAsync(needs, new OverrideFields { IndexUrl = "https://me:secret@host/simple" }, "must not hold a user name or password", "secret");
        await RefusedAsync(needs, new OverrideFields { IndexUrl = "file:///etc" }, "outside the allowed roots");
        await RefusedAsync(needs, new OverrideFields { PackageSourceOverride = "git+https://host/x" }, "has the scheme 'git+https'");
        await RefusedAsync(needs, new OverrideFields { PackageSourceOverride = "https://h/x.whl --index-url https://evil" }, "/fields/package_source_override is refused");
        await RefusedAsync(needs, new OverrideFields { PythonExecutable = "python3" }, "must be an absolute path");
        await RefusedAsync(needs, new OverrideFields { PythonExecutable = "/bin/true" }, "/fields/python_executable is refused: ");
        await RefusedAsync(needs, new OverrideFields { PythonExecutable = "/bin/sh -c 'touch /tmp/x'" }, "/fields/python_executable is refused: ");
        await RefusedAsync(needs, new OverrideFields(), "/fields must set at least one field");
        await RefusedAsync(needs, new OverrideFields { PythonExecutable = Support.World.DefaultPython.FullPath }, "/fields/python_executable can only be set for a whole binding", requirement: "demo");
        await RefusedAsync(needs, new OverrideFields { IndexUrl = "https://x" }, "/binding_id is 'b9', and the bindings are b1", binding: "b9");
        await RefusedAsync(needs, new OverrideFields { IndexUrl = "https://x" }, "/requirement_name is 'nope', and the requirements of b1 are demo", requirement: "nope");
        await RefusedAsync(new DependencyRequirements { Bindings = [new DependencyBinding { BindingId = "b1" }] }, new OverrideFields { IndexUrl = "https://x" }, "could not be found again");
        Assert.False(File.Exists(_bench.Overrides.FilePath));

        await _bench.SetAsync(needs, "b1", new OverrideFields { PythonExecutable = Support.World.DefaultPython.FullPath, WheelSourcePath = root, IndexUrl = $"file://{root}", ExtraIndexUrls = ["https://a/simple"] });
    }

    [RequiresFact(Capability.Python)]
    public async Task History_is_appended_to_and_what_is_in_force_follows_from_it()
    {
        var needs = BindingWorld.Needs(BindingWorld.Binding("b1", _bench.Package("demo"), _bench.Package("other")), BindingWorld.Binding("b2", _bench.Package("demo")));
        await _bench.SetAsync(needs, "b1", new OverrideFields { IndexUrl = "https://one/simple", ExtraIndexUrls = ["https://e"] });
        await _bench.SetAsync(needs, "b1", new OverrideFields { IndexUrl = "https://two/simple" }, "DEMO");
        var view = _bench.Environments.ViewOf(needs).Value;
        Assert.Equal("https://two/simple" + " " + "https://one/simple" + " " + _bench.Url, string.Join(' ', view.Effective.Bindings.SelectMany(binding => binding.Requirements).Select(one => one.IndexUrl)));
        Assert.Equal("https://e", Assert.Single(view.Effective.Bindings[0].Requirements[0].ExtraIndexUrls));
        Assert.All(view.Base.Bindings.SelectMany(binding => binding.Requirements), one => Assert.Equal(_bench.Url, one.IndexUrl));

        // The later one wins, field by field, whatever its scope.
        await _bench.SetAsync(needs, "b1", new OverrideFields { IndexUrl = "https://three/simple" });
        view = _bench.Environments.ViewOf(needs).Value;
        Assert.Equal("https://three/simple https://three/simple", string.Join(' ', view.Effective.Bindings[0].Requirements.Select(one => one.IndexUrl)));
        Assert.Equal(string.Empty + " " + "https://two/simple" + " " + "https://three/simple", string.Join(' ', view.Overrides.Select(patch => patch.Fields.IndexUrl)));

        Assert.True((await _bench.Environments.ClearAsync(needs, "b1", null, default)).IsOk);
        view = _bench.Environments.ViewOf(needs).Value;
        Assert.Equal("https://two/simple", Assert.Single(view.Overrides).Fields.IndexUrl);
        Assert.Equal([OverrideAction.Set, OverrideAction.Set, OverrideAction.Set, OverrideAction.Clear], _bench.Environments.HistoryOf(needs).Value.Select(record => record.Action));
        Assert.Equal(4, File.ReadAllLines(_bench.Overrides.FilePath).Length);

        // Another model, and another machine, have their own.
        Assert.Empty(_bench.Overrides.InForce("box", needs).Value);
        Assert.Empty(_bench.Overrides.InForce("local", needs with { Bindings = [needs.Bindings[0] with { EnvId = "another" }] }).Value);
    }

    [RequiresFact(Capability.Python)]
    public async Task Writers_at_the_same_time_lose_nothing_and_a_torn_line_is_cut()
    {
        var needs = BindingWorld.Needs(BindingWorld.Binding("b1", _bench.Package("demo")));
        await Task.WhenAll(Enumerable.Range(0, 12).Select(n => _bench.SetAsync(needs, "b1", new OverrideFields { IndexUrl = $"https://host/{n}" })));
        Assert.Equal(12, _bench.Environments.HistoryOf(needs).Value.Length);

        await File.AppendAllTextAsync(_bench.Overrides.FilePath, """{"schema":"slipway.over""");
        Assert.Equal(12, _bench.Environments.HistoryOf(needs).Value.Length);
        await _bench.SetAsync(needs, "b1", new OverrideFields { IndexUrl = "https://host/last" });
        Assert.Equal(13, _bench.Environments.HistoryOf(needs).Value.Length);

        await File.AppendAllTextAsync(_bench.Overrides.FilePath, "{}\n");
        var unreadable = _bench.Environments.HistoryOf(needs);
        Assert.Equal((EnvironmentFailures.OverridesUnreadable, 14), (unreadable.Failure.Code, unreadable.Failure.Location!.Line));
        Assert.Equal(EnvironmentFailures.OverridesUnreadable, (await _bench.Environments.CheckAsync(new BindingQuestion(needs), _bench.Activity, NoProgress.Instance, default)).Failure.Code);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_bench.Overrides.FilePath));
    }

    [RequiresFact(Capability.Python)]
    public async Task Malformed_questions_are_refused_with_pointers()
    {
        var needs = BindingWorld.Needs(BindingWorld.Binding("b1", _bench.Package("demo")));
        var unknown = await _bench.Environments.CheckAsync(new BindingQuestion(needs) { SelectedBindingIds = ["b1", "b7"] }, _bench.Activity, NoProgress.Instance, default);
        Assert.Equal("/selected_binding_ids/1 is 'b7', and the bindings are 'b1'.", unknown.Failure.Message);
        var patch = await _bench.Environments.CheckAsync(new BindingQuestion(needs) { Overrides = [BindingWorld.Patch("b1", new OverrideFields())] }, _bench.Activity, NoProgress.Instance, default);
        Assert.Equal("/fields must set at least one field.", patch.Failure.Message);
        var made = await _bench.Environments.CheckAsync(new BindingQuestion(BindingWorld.Needs(BindingWorld.Binding("b1", _bench.Package("demo", "~1")))), _bench.Activity, NoProgress.Instance, default);
        Assert.StartsWith("/bindings/0/requirements/0/exact_pin is '~1'", made.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fingerprint_is_deterministic_over_order_and_spelling_and_differs_by_every_override()
    {
        var one = BindingWorld.Needs(BindingWorld.Binding("b1", new DependencyRequirement { Name = "Demo_Thing", ExactPin = "== 1.0" }, new DependencyRequirement { Name = "other" }), BindingWorld.Binding("b2"));
        var same = BindingWorld.Needs(BindingWorld.Binding("b2"), BindingWorld.Binding("b1", new DependencyRequirement { Name = "other" }, new DependencyRequirement { Name = "demo-thing", ExactPin = "1.0" }));
        Assert.Equal(Fingerprint(one), Fingerprint(same));
        Assert.NotEqual(Fingerprint(one), DependencyView.Of(one, []).Fingerprint(one.Bindings, "linux-aarch64").Hex, StringComparer.Ordinal);
        OverrideFields[] all =
        [
            new() { PythonExecutable = "/p" }, new() { IndexUrl = "https://i" }, new() { ExtraIndexUrls = ["https://i"] }, new() { WheelSourcePath = "/w" }, new() { PackageSourceOverride = "https://x/y.whl" },
        ];
        var digests = all.Select(fields => Fingerprint(DependencyView.Of(one, [BindingWorld.Patch("b1", fields)]).Effective)).Append(Fingerprint(one)).ToList();
        Assert.Equal(digests.Count, digests.Distinct(StringComparer.Ordinal).Count());
    }

    private static string Fingerprint(DependencyRequirements requirements) => DependencyView.Of(requirements, []).Fingerprint(requirements.Bindings, "linux-x86_64").Hex;

    private async Task RefusedAsync(DependencyRequirements needs, OverrideFields fields, string message, string? secret = null, string binding = "b1", string? requirement = null)
    {
        var set = await _bench.Environments.SetAsync(needs, BindingWorld.Patch(binding, fields, requirement), _bench.World.Token);
        Assert.False(set.IsOk, "It was stored.");
        Assert.Contains(message, set.Failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(secret ?? "\u0000", set.Failure.ToString(), StringComparison.Ordinal);
    }
}
