using Slipway.Environments.Requests;
using Slipway.Environments.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Interpreters;

/// <summary>What was resolved keeps its interpreter when PATH changes, which is said with what a new search would choose.</summary>
public sealed class PythonInUseTests : IDisposable
{
    private readonly World _world = new();
    private readonly PrivatePython _other = new(World.DefaultPython);

    public void Dispose()
    {
        _other.Dispose();
        _world.Dispose();
    }

    [RequiresTheory(Capability.Python)]
    [InlineData("pip")]
    [InlineData("system")]
    public async Task Remembered_interpreter_is_told_apart_from_the_one_of_a_new_search(string backend)
    {
        var request = new EnvironmentRequest { Provisioner = backend };
        var before = (await _world.Service.PythonOfAsync(request, _world.Token)).Value;
        Assert.Equal((null, null), (before.Fresh, before.Note));
        var resolved = await _world.Service.ResolveAsync(request, World.Script, new EnsureOptions(), NoProgress.Instance, _world.Token);
        Assert.True(resolved.IsOk, resolved.ToString());
        Assert.Null((await _world.Service.PythonOfAsync(request, _world.Token)).Value.Note);

        using var elsewhere = new World(searchPath: [Path.GetDirectoryName(_other.FullPath)!], store: _world.Store);
        var kept = (await elsewhere.Service.PythonOfAsync(request, _world.Token)).Value;
        Assert.Equal((before.Interpreter.Executable, _other.FullPath), (kept.Interpreter.Executable, kept.Fresh?.Executable));
        Assert.Contains($"keeps {before.Interpreter}; a new search would choose {kept.Fresh}", kept.Note, StringComparison.Ordinal);
        Assert.Contains("--refresh", kept.Note, StringComparison.Ordinal);
        using var nowhere = new World(searchPath: [], store: _world.Store);
        var last = (await nowhere.Service.PythonOfAsync(request, _world.Token)).Value;
        Assert.Equal((before.Interpreter.Executable, null), (last.Interpreter.Executable, last.Fresh));
        Assert.Contains("would find none: No Python on this machine", last.Note, StringComparison.Ordinal);

        await elsewhere.Service.ResolveAsync(request, World.Script, new EnsureOptions(Refresh: true), NoProgress.Instance, _world.Token);
        Assert.Equal((_other.FullPath, null), ((await elsewhere.Service.PythonOfAsync(request, _world.Token)).Value is var now ? (now.Interpreter.Executable, now.Note) : default));
    }
}
