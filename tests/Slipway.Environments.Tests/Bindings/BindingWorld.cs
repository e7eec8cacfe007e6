using System.Collections.Concurrent;
using Slipway.Core.Contracts;
using Slipway.Core.Failures;
using Slipway.Environments.Bindings;
using Slipway.Environments.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Bindings;

/// <summary>A world with an index whose packages bindings ask for; nothing in it ever asks the public index.</summary>
internal sealed class BindingWorld : IAsyncDisposable
{
    public const string Model = "test/model";

    private BindingWorld(LocalIndex index, World world)
    {
        (Index, World) = (index, world);
        Overrides = new OverrideStore(world.Layout);
        Environments = new BindingEnvironments(world.Host, world.Service, world.Finder, Overrides, [world.Store.Root], TimeProvider.System);
    }

    public LocalIndex Index { get; }

    public World World { get; }

    public OverrideStore Overrides { get; }

    public BindingEnvironments Environments { get; }

    public Recorder Activity { get; } = new();

    public string Url => Index.SimpleUrl.AbsoluteUri;

    public static async Task<BindingWorld> StartAsync()
    {
        var index = await LocalIndex.StartAsync();
        index.Add(new WheelBuilder("demo", "1.0").Module("demo.py", "V = 1\n"));
        index.Add(new WheelBuilder("demo", "2.0").Module("demo.py", "V = 2\n"));
        index.Add(new WheelBuilder("other", "1.0").Module("other.py", "V = 1\n"));
        return new BindingWorld(index, new World());
    }

    /// <summary>Requirements with these bindings.</summary>
    public static DependencyRequirements Needs(params DependencyBinding[] bindings) => new() { ModelId = Model, BackendKey = "torch", Bindings = [.. bindings] };

    /// <summary>A binding with these requirements.</summary>
    public static DependencyBinding Binding(string id, params DependencyRequirement[] requirements) =>
        new() { BindingId = id, EnvironmentKind = "python-venv", EnvId = $"env-{id}", Requirements = [.. requirements] };

    /// <summary>A requirement that the index has.</summary>
    public DependencyRequirement Package(string name, string? pin = null) => new() { Name = name, ExactPin = pin, IndexUrl = Url };

    public Task<BindingAnswer> ResolveAsync(DependencyRequirements requirements) => AskAsync(Environments.ResolveAsync, new BindingQuestion(requirements));

    public Task<BindingAnswer> CheckAsync(DependencyRequirements requirements) => AskAsync(Environments.CheckAsync, new BindingQuestion(requirements));

    public Task<BindingAnswer> InstallAsync(DependencyRequirements requirements) => AskAsync(Environments.InstallAsync, new BindingQuestion(requirements));

    public Task<BindingAnswer> EnsureAsync(DependencyRequirements requirements, DependencyMode mode = DependencyMode.Auto) =>
        AskAsync(Environments.EnsureAsync, new BindingQuestion(requirements) { Mode = mode });

    public async Task<BindingAnswer> AskAsync(
        Func<BindingQuestion, IDependencyActivity, IBuildProgress, CancellationToken, Task<Result<BindingAnswer>>> ask, BindingQuestion question)
    {
        var result = await ask(question, Activity, World.Progress, World.Token);
        Assert.True(result.IsOk, result.ToString());
        return result.Value;
    }

    public async Task<OverrideRecord> SetAsync(DependencyRequirements requirements, string binding, OverrideFields fields, string? requirement = null)
    {
        var set = await Environments.SetAsync(requirements, Patch(binding, fields, requirement), World.Token);
        Assert.True(set.IsOk, set.ToString());
        return set.Value;
    }

    public static DependencyOverridePatch Patch(string binding, OverrideFields fields, string? requirement = null) => new()
    {
        BindingId = binding, Scope = requirement is null ? OverrideScope.Binding : OverrideScope.Requirement, RequirementName = requirement, Fields = fields,
    };

    public async ValueTask DisposeAsync()
    {
        World.Dispose();
        await Index.DisposeAsync();
    }

    /// <summary>Keeps what was told.</summary>
    internal sealed class Recorder : IDependencyActivity
    {
        public ConcurrentQueue<DependencyActivity> All { get; } = new();

        /// <summary>The states that were entered, in order.</summary>
        public string States => string.Join(' ', All.Where(one => one.State is not null).Select(one => one.State));

        public void Report(DependencyActivity activity) => All.Enqueue(activity);
    }
}
