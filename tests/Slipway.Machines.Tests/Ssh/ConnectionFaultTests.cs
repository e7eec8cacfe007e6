using System.Diagnostics;
using System.Net.Sockets;
using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;
using Slipway.Machines.Processes;
using Slipway.Machines.Ssh;
using Slipway.Machines.Ssh.Addresses;
using Slipway.Machines.Ssh.Transport;
using Slipway.Machines.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Machines.Tests.Ssh;

/// <summary>What keeps a connection from being made is told by its own code.</summary>
public sealed class ConnectionFaultTests(ConnectionFaultTests.Host host) : IClassFixture<ConnectionFaultTests.Host>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private SshSettings Settings => SshHost.Settings(host.Server);

    public void Dispose() => _folder.Dispose();

    [RequiresFact(Capability.Sshd)]
    public async Task Unknown_key_is_refused_until_the_host_is_added_and_a_changed_one_always()
    {
        var strange = Settings with { ConfigFile = Strange(), KnownHosts = _folder["own keys"] };
        var refused = (await Try(strange)).Fails(MachinesFailures.HostKeyUnknown);
        Assert.Contains("slipway host add", refused.Remedy, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["own keys"]), "A key that was refused was written down.");

        Assert.Equal("hello\n", (await Try(strange with { HostKeys = HostKeyPolicy.AcceptNew })).Ok().OutputText);
        Assert.Equal("hello\n", (await Try(strange)).Ok().OutputText);
        var keys = (await new HostKeys().FindAsync(strange, default)).Ok();
        Assert.Equal(("ED25519", _folder["own keys"]), (Assert.Single(keys).Kind, keys[0].File));
        Assert.StartsWith("SHA256:", keys[0].Fingerprint, StringComparison.Ordinal);

        await CommandRunner.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", _folder["other"]]);
        var other = string.Join(' ', (await File.ReadAllTextAsync(_folder["other.pub"])).Split(' ').Take(2));
        await File.WriteAllTextAsync(_folder["changed"], $"[127.0.0.1]:{host.Server.Port} {other}\n");
        foreach (var policy in Enum.GetValues<HostKeyPolicy>())
        {
            (await Try(strange with { KnownHosts = _folder["changed"], HostKeys = policy })).Fails(MachinesFailures.HostKeyChanged);
        }

        (await new HostKeys().ForgetAsync(strange, default)).Ok();
        Assert.Empty((await new HostKeys().FindAsync(strange, default)).Ok());
        Assert.False(File.Exists(_folder["own keys.old"]), "A copy of the forgotten key was left.");
    }

    [RequiresFact(Capability.Sshd)]
    public async Task Refused_key_and_missing_key_file_are_told_apart()
    {
        await CommandRunner.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", _folder["stranger"]]);
        (await Try(Settings with { Address = Address($"ssh -p {host.Server.Port} -i {_folder["stranger"]} 127.0.0.1") })).Fails(MachinesFailures.AuthenticationFailed);

        var absent = Address("ssh -i ~/keys/absent -i gone me@host");
        var home = absent.WithFoundIdentities(_folder.Root, "/").Fails(MachinesFailures.KeyFileMissing);
        Assert.Contains($"{_folder.Root}/keys/absent", home.Message, StringComparison.Ordinal);
        Assert.Equal(_folder["stranger"], Assert.Single(Address("ssh -i ~/stranger host").WithFoundIdentities(_folder.Root, "/").Ok().Identities));
        Assert.Equal(_folder["stranger"], Assert.Single(Address("ssh -i stranger host").WithFoundIdentities(home: null, _folder.Root).Ok().Identities));
        Address("host").WithIdentity("-oProxyCommand=x").Fails(MachinesFailures.AddressInvalid);
    }

    [RequiresFact(Capability.Sshd)]
    public async Task Port_at_which_nobody_answers_and_name_that_is_none_are_unreachable()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var refused = (await Try(Settings with { Address = Address($"127.0.0.1:{port}") })).Fails(MachinesFailures.HostUnreachable);
        Assert.Contains("refused", refused.Message, StringComparison.Ordinal);
        (await Try(Settings with { Address = Address("no-such-host.invalid") }, TimeSpan.FromSeconds(5))).Fails(MachinesFailures.HostUnreachable);
    }

    [RequiresFact(Capability.Sshd)]
    public async Task Client_that_is_not_there_is_named()
    {
        using var machine = new SshMachine(Settings with { ControlDirectory = _folder.Root }, environment: new StartupEnvironment([PosixText.Encode($"PATH={_folder.Root}")]));
        (await machine.RunAsync(ProcessCommand.Create("true"), output: null, default)).Fails(MachinesFailures.ClientMissing);
        using var without = new SshMachine(Settings with { ControlDirectory = null }, environment: new StartupEnvironment([PosixText.Encode($"PATH={_folder.Root}")]));
        (await without.RunAsync(ProcessCommand.Create("true"), output: null, default)).Fails(MachinesFailures.ClientMissing);
    }

    [RequiresFact(Capability.Sshd)]
    public async Task Server_that_accepts_and_says_nothing_is_bounded_by_the_call()
    {
        // As a frozen host: the system takes the connection, and no banner ever comes.
        using var silent = new TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var settings = Settings with { Address = Address($"127.0.0.1:{((System.Net.IPEndPoint)silent.LocalEndpoint).Port}") };
        var watch = Stopwatch.StartNew();
        var late = (await Try(settings, TimeSpan.FromSeconds(1))).Fails(MachinesFailures.HostUnreachable);
        Assert.Contains("1 s", late.Message, StringComparison.Ordinal);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(8), $"{watch.Elapsed}");

        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Try(settings, cancellationToken: cancel.Token));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(16), $"{watch.Elapsed}");
        (await Try(settings with { ConnectTimeout = TimeSpan.FromSeconds(1) })).Fails(MachinesFailures.HostUnreachable);
        Assert.Empty(Directory.GetFiles(host.Server.ControlFolder, "log-*"));
    }

    [RequiresFact(Capability.Sshd)]
    public async Task Dead_socket_is_replaced()
    {
        var settings = Settings with { Persist = TimeSpan.FromSeconds(59) };
        Assert.Equal("hello\n", (await Try(settings)).Ok().OutputText);
        var masters = Masters(host.Server.ControlFolder);
        Assert.NotEmpty(masters);
        foreach (var master in masters)
        {
            Libc.Kill(master, Signals.Kill);
            await LiveProcesses.WaitForEndAsync(master, TimeSpan.FromSeconds(10));
        }

        Assert.Contains(Directory.GetFileSystemEntries(host.Server.ControlFolder), static path => !path.EndsWith(".lock", StringComparison.Ordinal));
        Assert.Equal("hello\n", (await Try(settings)).Ok().OutputText);
    }

    [RequiresFact(Capability.Root)]
    public void Directory_for_sockets_is_this_users_alone_and_its_path_short()
    {
        var runtime = Directory.CreateDirectory(_folder["run"]).FullName;
        Assert.Equal(runtime.Length + "/slipway".Length <= 60 ? $"{runtime}/slipway" : ControlFolder.Prepare(static _ => null), ControlFolder.Prepare(name => name is "XDG_RUNTIME_DIR" ? runtime : null));
        var fallback = ControlFolder.Prepare(static _ => null);
        Assert.StartsWith("/tmp/slipway-", fallback, StringComparison.Ordinal);

        var foreign = Directory.CreateTempSubdirectory("f").FullName;
        try
        {
            Directory.CreateDirectory($"{foreign}/slipway");
            Assert.Equal(0, ChangeOwner($"{foreign}/slipway", 65534));
            Assert.Equal(fallback, ControlFolder.Prepare(name => name is "XDG_RUNTIME_DIR" ? foreign : null));
            Directory.Delete($"{foreign}/slipway");
            Directory.CreateSymbolicLink($"{foreign}/slipway", "/");
            Assert.Equal(fallback, ControlFolder.Prepare(name => name is "XDG_RUNTIME_DIR" ? foreign : null));
            Assert.Equal(fallback, ControlFolder.Prepare(name => name is "XDG_RUNTIME_DIR" ? $"{foreign}/{new string('x', 100)}" : null));
            Assert.Equal(fallback, ControlFolder.Prepare(name => name is "XDG_RUNTIME_DIR" ? "relative" : null));
        }
        finally
        {
            Slipway.Machines.Files.LocalFiles.RemoveTree(foreign);
        }
    }

    /// <summary>The connections that stay in the background for a directory of sockets.</summary>
    internal static int[] Masters(string folder) => [.. Directory.GetDirectories("/proc").Where(static path => char.IsAsciiDigit(path[^1])).Where(path => CommandLine(path).Contains(folder, StringComparison.Ordinal) && CommandLine(path).Contains("ControlMaster=yes", StringComparison.Ordinal)).Select(static path => int.Parse(Path.GetFileName(path), System.Globalization.CultureInfo.InvariantCulture))];

    internal static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText($"{process}/cmdline");
        }
        catch (IOException)
        {
            return string.Empty;
        }
        catch (UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }

    private static int ChangeOwner(string path, uint user)
    {
        using var chown = Process.Start("chown", ["-h", user.ToString(System.Globalization.CultureInfo.InvariantCulture), path]);
        chown.WaitForExit();
        return chown.ExitCode;
    }

    private static SshAddress Address(string text) => SshAddress.Parse(text).Ok();

    // Knows nobody, and reads nothing of who runs the tests.
    private string Strange()
    {
        File.WriteAllText(_folder["config"], "Host *\n  UserKnownHostsFile /dev/null\n  GlobalKnownHostsFile /dev/null\n");
        return _folder["config"];
    }

    private static async Task<Slipway.Core.Failures.Result<ProcessOutcome>> Try(SshSettings settings, TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        using var machine = new SshMachine(settings);
        return await machine.RunAsync(ProcessCommand.Create("echo", "hello") with { Timeout = limit }, output: null, cancellationToken);
    }

    public sealed class Host() : SshServerFixture(new SshServerOptions());
}
