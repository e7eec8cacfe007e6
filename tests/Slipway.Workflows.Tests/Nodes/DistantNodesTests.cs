using Slipway.Machines.Ssh.Addresses;
using Slipway.Runs.Hosts;
using Slipway.TestKit;
using Slipway.Workflows.Nodes;
using Slipway.Workflows.Tests.Support;

namespace Slipway.Workflows.Tests.Nodes;

/// <summary>The nodes that name a host, on a real one on loopback.</summary>
public sealed class DistantNodesTests : IDisposable
{
    private const string Name = "gpu1";

    private readonly NodeWorld _world = new();

    public void Dispose() => _world.Dispose();

    [RequiresFact(Capability.Python, Capability.Sshd, Capability.Mount)]
    public async Task Scripts_and_environments_are_had_on_a_host()
    {
        await using var server = await SshServer.StartAsync(new SshServerOptions
        {
            HasOwnHome = true,
            LoginShell = "/bin/dash",
            Variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = $"{Path.GetDirectoryName(NodeWorld.DefaultPython.FullPath)}:/usr/local/bin:/usr/bin:/bin" },
        });
        await using var index = await LocalIndex.StartAsync();
        index.Add(new WheelBuilder("demo", "1.0").Module("demo.py", "V = 1\n"));
        var book = new HostBook($"{_world.Folder}/hosts.toml");
        Assert.True(book.Add(new HostEntry(HostName.Parse(Name).Value, SshAddress.Parse(server.Address).Value) { SshConfig = server.ClientConfiguration }, replace: false).IsOk);
        var hosts = new HostDirectory(book, Environment.GetEnvironmentVariable, _world.Services.Startup, TimeProvider.System);
        _world.Services = _world.Services with { Hosts = () => hosts };
        _world.Catalogue = BuiltinNodes.Catalogue(_world.Services);

        _world.Write("say.py", "# /// script\n# dependencies = []\n# ///\nimport sys\nprint(sys.argv[1:], flush=True)\nsys.exit(0 if sys.argv[1] == 'good' else 'said there')\n");
        var good = await _world.RunOneAsync("run-on-host", ("host", $"\"{Name}\""), ("script", "\"say.py\""), ("args", "[\"good\", \"a b\"]"));
        Assert.Contains("a b", good.Json("stdout"), StringComparison.Ordinal);
        var bad = (await _world.RunOneAsync("run-on-host", ("host", $"\"{Name}\""), ("script", "\"say.py\""), ("args", "[\"bad\"]"))).AssertFailed(NodeFailures.ScriptFailed, $"ended with exit code 1 on {Name}");
        Assert.Contains("said there", bad.Detail, StringComparison.Ordinal);

        var requirements = $"{{\"contract_version\": 1, \"model_id\": \"m\", \"bindings\": [{{\"binding_id\": \"b\", \"environment_kind\": \"python-venv\", \"requirements\": [{{\"name\": \"demo\", \"index_url\": \"{index.SimpleUrl}\"}}]}}]}}";
        (string, string)[] asked = [("host", $"\"{Name}\""), ("dependency_requirements", requirements)];
        var missing = (await _world.RunOneAsync("dependency-environment", [.. asked, ("mode", "\"manual\"")])).Question;
        Assert.EndsWith($" --on {Name}", missing!.Hint, StringComparison.Ordinal);
        var ready = (await _world.RunOneAsync("dependency-environment", asked)).Outputs.Values["environment_ref"].Json;
        Assert.Equal(("ready", Name), (ready.GetProperty("state").GetString(), ready.GetProperty("host").GetString()));
        Assert.False(File.Exists(ready.GetProperty("python_executable").GetString()));
    }
}
