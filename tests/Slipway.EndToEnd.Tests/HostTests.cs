using System.Text.Json;
using Slipway.EndToEnd.Tests.Support;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests;

/// <summary>Hosts, as a person adds, checks and uses them.</summary>
public sealed class HostTests : IDisposable
{
    private readonly Workbench _bench = new();
    private readonly TestGpus _gpus = new();

    public void Dispose()
    {
        _bench.Dispose();
        _gpus.Dispose();
    }

    [RequiresFact(Capability.Sshd)]
    public async Task Host_is_added_checked_used_and_removed()
    {
        _gpus.Answer("0, GPU-11111111-aaaa-bbbb-cccc-000000000001, NVIDIA H100 80GB HBM3, 1, 81559, [N/A], Disabled\n");
        await using var server = await SshServer.StartAsync(new SshServerOptions { Programs = new Dictionary<string, string>(StringComparer.Ordinal) { ["nvidia-smi"] = _gpus.Program } });
        var folder = _bench.NewProject();
        File.WriteAllText(Path.Combine(folder, "ssh_config"), "Host *\n  UserKnownHostsFile /dev/null\n  GlobalKnownHostsFile /dev/null\n");

        var added = await Run(folder, 0, "host", "add", "box", server.Address, "--ssh-config", "ssh_config", "--store", $"{server.Home}/store");
        Assert.Contains("key ED25519 SHA256:", added.Stdout, StringComparison.Ordinal);
        Assert.Contains("new, believed from now on", added.Stdout, StringComparison.Ordinal);
        Assert.Contains("box is added", added.Stderr, StringComparison.Ordinal);
        await Run(folder, 64, "host", "add", "box", server.Address);
        await Run(folder, 64, "host", "add", "-x", server.Address);
        await Run(folder, 65, "host", "add", "evil", "ssh -oProxyCommand=x host");
        var down = await Run(folder, 69, "host", "add", "down", "127.0.0.1:9");
        Assert.Contains("--no-check", down.Stderr, StringComparison.Ordinal);
        await Run(folder, 64, "host", "add", "down", "127.0.0.1:9", "--offline");
        await Run(folder, 0, "host", "add", "down", "127.0.0.1:9", "--no-check");
        Assert.Contains("127.0.0.1:9", (await Run(folder, 0, "host", "list")).Stdout, StringComparison.Ordinal);

        var check = await Run(folder, 1, "host", "check", "--json");
        using var document = JsonDocument.Parse(check.Stdout);
        var hosts = document.RootElement.GetProperty("hosts").EnumerateArray().ToList();
        Assert.Equal("box:True down:False", string.Join(' ', hosts.Select(static entry => $"{entry.GetProperty("name").GetString()}:{entry.GetProperty("ok").GetBoolean()}")));
        Assert.Contains("answered in", (await Run(folder, 0, "host", "check", "box")).Stdout, StringComparison.Ordinal);

        var gpus = await Run(folder, 0, "host", "gpus", "box");
        Assert.Contains("free", gpus.Stdout, StringComparison.Ordinal);

        await Run(folder, 0, "host", "remove", "down");
        await Run(folder, 0, "host", "remove", "box");
        await Run(folder, 66, "host", "remove", "box");
        var known = Directory.GetFiles(_bench.Root, "known_hosts", SearchOption.AllDirectories);
        Assert.Equal(string.Empty, await File.ReadAllTextAsync(Assert.Single(known)));
    }

    [RequiresFact(Capability.Sshd)]
    public async Task Exec_passes_bytes_and_code_and_ends_with_its_client()
    {
        await using var server = await SshServer.StartAsync();
        var folder = _bench.NewProject();
        await Run(folder, 0, "host", "add", "box", server.Address);

        var passed = await Run(folder, 255, "host", "exec", "box", "--", "sh", "-c", "printf '%s|' \"$@\"; echo err >&2; exit 255", "sh", "--json", "-h", "a b", "@x", "$HOME", "'\"");
        Assert.Equal(("--json|-h|a b|@x|$HOME|'\"|", "err\n"), (passed.Stdout, passed.Stderr));
        await Run(folder, 127, "host", "exec", "box", "--", "slipway-no-such-program");
        await Run(folder, 64, "host", "exec", "box", "--json", "--", "true");
        await Run(folder, 64, "host", "exec", "local", "--", "true");
        var fed = await _bench.RunAsync(_bench.Options(folder) with { StandardInput = "one\ntwo\n" }, "host", "exec", "--stdin", "box", "--", "wc", "-l");
        Assert.Equal((0, "2"), (fed.ExitCode, fed.Stdout.Trim()));

        await using var running = _bench.Start(_bench.Options(folder), "host", "exec", "box", "--", "sh", "-c", "echo pid $$; exec sleep 1000");
        var line = await running.WaitForLineAsync(static text => text.StartsWith("pid ", StringComparison.Ordinal));
        await CommandRunner.RunAsync("kill", ["-INT", running.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        Assert.Equal(130, (await running.WaitAsync()).ExitCode);
        await LiveProcesses.WaitForEndAsync(int.Parse(line[4..], System.Globalization.CultureInfo.InvariantCulture), TimeSpan.FromSeconds(20));
        await Run(folder, 0, "host", "remove", "box");
    }

    [RequiresFact(Capability.Sshd, Capability.Python)]
    public async Task Tool_that_is_here_is_brought_to_a_host()
    {
        await using var server = await SshServer.StartAsync();
        var folder = _bench.NewProject();
        await Run(folder, 0, "host", "add", "box", server.Address, "--store", $"{server.Home}/store");
        const string Version = "0.12.16";
        StandIn.Write(Path.Combine(_bench.Home, "tools", "uv", Version), "uv", StandIn.UvProgram(Version));
        var brought = await Run(folder, 0, "host", "bootstrap", "uv", "--on", "box", "--yes");
        Assert.Contains($"uv {Version} is installed on box: {server.Home}/store/tools/uv/{Version}/uv", brought.Stderr, StringComparison.Ordinal);
        Assert.Contains("is there already on box", (await Run(folder, 0, "host", "bootstrap", "uv", "--on", "box")).Stderr, StringComparison.Ordinal);
        await Run(folder, 0, "host", "remove", "box");
    }

    private async Task<CommandResult> Run(string folder, int code, params string[] words)
    {
        var ran = await _bench.RunAsync(folder, words);
        Assert.True(ran.ExitCode == code, $"{string.Join(' ', words)}: {ran.ExitCode}\n{ran.Stdout}\n{ran.Stderr}");
        return ran;
    }
}
