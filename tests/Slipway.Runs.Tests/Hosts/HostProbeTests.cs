using Slipway.Core.Failures;
using Slipway.Machines.HandOff;
using Slipway.Machines.Ssh;
using Slipway.Machines.Ssh.Addresses;
using Slipway.Runs.Hosts;
using Slipway.Runs.Tests.Gpus;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Hosts;

/// <summary>What a host tells of itself in one call, and how it is judged.</summary>
public sealed class HostProbeTests : IDisposable
{
    private readonly TestGpus _gpus = new();

    public void Dispose() => _gpus.Dispose();

    [RequiresFact(Capability.Sshd)]
    public async Task Complete_host_tells_all_and_nothing_is_changed_there()
    {
        _gpus.Answer(GpuSamples.Two, knowsMig: true);
        await using var server = await SshServer.StartAsync(new SshServerOptions
        {
            Noise = "echo Welcome; echo to the machine >&2",
            Programs = new Dictionary<string, string>(StringComparer.Ordinal) { ["nvidia-smi"] = _gpus.Program.Replace(",mig.mode.current", ",none", StringComparison.Ordinal) },
        });
        var report = (await AskAsync(server, null)).Value;

        Assert.Equal((server.Home, SshServer.User, $"{server.Home}/.local/share/slipway"), (report.Home, report.User, report.Store!.Path));
        Assert.Equal((false, true), (report.Store.Exists, report.Store.IsWritable));
        Assert.True(report.Store.FreeBytes > 0 && report.Connected > TimeSpan.Zero && report.ClockSkew is null && report.Pythons.Length > 0, report.ToString());
        Assert.Equal("flock setsid tar sha256sum", string.Join(' ', report.Tools.Take(4).Select(static tool => tool.Name)));
        Assert.Equal("0 1", string.Join(' ', report.Gpus.Select(static unit => unit.Place)));
        Assert.DoesNotContain(HostFinding.Of(report), static finding => finding.Level is "fail");
        Assert.Empty(Directory.GetFileSystemEntries(server.Home));

        var store = Directory.CreateDirectory($"{server.Home}/my store").FullName;
        var set = (await AskAsync(server, store)).Value.Store!;
        Assert.Equal((store, true, true), (set.Path, set.Exists, set.IsWritable));
        Assert.Empty(Directory.GetFileSystemEntries(store));
    }

    [RequiresFact(Capability.Sshd)]
    public async Task Poor_host_is_told_what_it_lacks_with_a_remedy_each()
    {
        await using var server = await SshServer.StartAsync(new SshServerOptions
        {
            OnlyBusybox = true,
            Variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["SLIPWAY_HOME"] = "/proc/slipway" },
        });
        var findings = HostFinding.Of((await AskAsync(server, null)).Value);
        Assert.Equal("store python", string.Join(' ', findings.Where(static finding => finding.Level is "fail" && finding.Name is not "disk").Select(static finding => finding.Name)));
        Assert.Contains(findings, static finding => finding is { Name: "git", Level: "note" });
        Assert.All(findings.Where(static finding => finding.Level is not "ok" && finding.Name is not "disk"), static finding => Assert.False(string.IsNullOrEmpty(finding.Remedy), finding.Name));
    }

    private static async Task<Result<HostReport>> AskAsync(SshServer server, string? store)
    {
        using var machine = new SshMachine(new SshSettings("box", SshAddress.Parse(server.Address).Value) { ConfigFile = server.ClientConfiguration }, environment: StartupEnvironment.Read());
        return await new HostProbe(TimeProvider.System).AskAsync(machine, store, default);
    }
}
