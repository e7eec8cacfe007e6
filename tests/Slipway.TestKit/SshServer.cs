using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Slipway.TestKit;

/// <summary>What a host of a test is like.</summary>
public sealed record SshServerOptions
{
    /// <summary>The shell that commands are given to, in place of the user's: <c>/bin/dash</c>, or <c>/bin/busybox sh</c>.</summary>
    public string? LoginShell { get; init; }

    /// <summary>Shell text that runs before every command, as a chatty start file would.</summary>
    public string? Noise { get; init; }

    /// <summary>Whether the host has no programs but busybox's, and its shell. Debian's busybox is built without flock, which is added.</summary>
    public bool OnlyBusybox { get; init; }

    /// <summary>
    /// Whether the home directory is a file system of the host's own (<see cref="Capability.Mount"/>), so that nothing outside of its sessions sees
    /// what lies there: code that looks at the client's files in place of the host's fails.
    /// </summary>
    public bool HasOwnHome { get; init; }

    /// <summary>Programs that the host does not have.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>Programs of the host's own, by name, with their text; they come before all others.</summary>
    public IReadOnlyDictionary<string, string> Programs { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Variables that sessions have.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Further lines of the server's configuration.</summary>
    public IReadOnlyList<string> Configuration { get; init; } = [];
}

/// <summary>
/// A real sshd on a loopback port, with a configuration, host key and client key of its own, logging in as whoever runs the tests.
/// Its sessions have a home directory of their own: nothing of a test reaches the real one.
/// </summary>
public sealed class SshServer : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly RunningCommand _server;

    private SshServer(TempFolder folder, RunningCommand server, int port)
    {
        _folder = folder;
        _server = server;
        Port = port;
    }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The user who logs in.</summary>
    public static string User => Environment.UserName;

    /// <summary>The client's private key.</summary>
    public string KeyFile => _folder.Combine("client");

    /// <summary>The file with this host's key for the client.</summary>
    public string KnownHosts => _folder.Combine("known_hosts");

    /// <summary>A client configuration that reads nothing of the user's.</summary>
    public string ClientConfiguration => _folder.Combine("ssh_config");

    /// <summary>The home directory that sessions have.</summary>
    public string Home => _folder.Combine("home");

    /// <summary>A directory for sockets of open connections.</summary>
    public string ControlFolder => _folder.Combine("c");

    /// <summary>The address as <c>ssh</c> takes it, key included.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"ssh -p {Port} -i {KeyFile} {User}@127.0.0.1");

    /// <summary>The server's process id, for signals.</summary>
    public int ProcessId => _server.Id;

    /// <summary>What the server wrote.</summary>
    public string Log => _server.Stderr;

    /// <summary>Starts a server and waits until it listens.</summary>
    public static async Task<SshServer> StartAsync(SshServerOptions? options = null)
    {
        var chosen = options ?? new SshServerOptions();
        var folder = new TempFolder();
        folder.CreateFolder("home");
        folder.CreateFolder("c");
        await KeyAsync(folder.Combine("host"));
        await KeyAsync(folder.Combine("client"));
        File.Copy(folder.Combine("client.pub"), folder.Combine("authorized"));
        var port = FreePort();
        var hostKey = string.Join(' ', (await File.ReadAllTextAsync(folder.Combine("host.pub"))).Split(' ').Take(2));
        folder.WriteFile("known_hosts", string.Create(CultureInfo.InvariantCulture, $"[127.0.0.1]:{port} {hostKey}\n"));
        folder.WriteFile("ssh_config", string.Create(CultureInfo.InvariantCulture, $"Host *\n  UserKnownHostsFile {folder.Combine("known_hosts")}\n  GlobalKnownHostsFile /dev/null\n"));
        folder.WriteFile("sshd_config", Configuration(folder, chosen, port));
        if (Native.EffectiveUserId() == 0)
        {
            // Where sshd shuts its unprivileged half in; a distribution's start script makes it.
            Directory.CreateDirectory("/run/sshd");
        }

        string[] sshd = ["/usr/sbin/sshd", "-D", "-e", "-f", folder.Combine("sshd_config")];
        string[] command = chosen.HasOwnHome
            ? ["unshare", "--mount", "--propagation", "private", "--", "sh", "-c", "mount -t tmpfs -o mode=700 slipway-test \"$1\" && shift && exec \"$@\"", "sh", folder.Combine("home"), .. sshd]
            : sshd;
        var server = CommandRunner.Start(command[0], command[1..], new CommandOptions { Timeout = TimeSpan.FromHours(1) });
        await server.WaitForLineAsync(static line => line.Contains("Server listening", StringComparison.Ordinal), TimeSpan.FromSeconds(20));
        return new SshServer(folder, server, port);
    }

    /// <summary>Stops the server itself with SIGSTOP: connections are taken by the system, and nobody answers.</summary>
    public void Freeze() => _server.Signal(Native.SigStop);

    /// <summary>Lets a frozen server go on.</summary>
    public void Thaw() => _server.Signal(Native.SigContinue);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in await SessionsAsync())
        {
            Native.Kill(process, Native.SigKill);
        }

        await _server.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>The processes of the server's connections, each of which serves all sessions of one client.</summary>
    public async Task<IReadOnlyList<int>> SessionsAsync()
    {
        var found = await CommandRunner.RunAsync("ps", ["-eo", "pid=,ppid="]);
        var parents = found.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToDictionary(static pair => int.Parse(pair[0], CultureInfo.InvariantCulture), static pair => int.Parse(pair[1], CultureInfo.InvariantCulture));
        return [.. parents.Where(pair => pair.Value == _server.Id).Select(static pair => pair.Key)];
    }

    private static string Configuration(TempFolder folder, SshServerOptions options, int port)
    {
        var variables = new Dictionary<string, string>(options.Variables, StringComparer.Ordinal) { ["HOME"] = folder.Combine("home") };
        if (options.OnlyBusybox)
        {
            variables["PATH"] = Busybox(folder);
        }
        else if (options.Missing.Count > 0)
        {
            variables["PATH"] = PathWithout(folder, options.Missing);
        }

        foreach (var (name, text) in options.Programs)
        {
            StandIn.Write(folder.Combine("programs"), name, text);
        }

        if (options.Programs.Count > 0)
        {
            variables["PATH"] = $"{folder.Combine("programs")}:{variables.GetValueOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")}";
        }

        List<string> lines =
        [
            string.Create(CultureInfo.InvariantCulture, $"Port {port}"), "ListenAddress 127.0.0.1", $"HostKey {folder.Combine("host")}", $"AuthorizedKeysFile {folder.Combine("authorized")}",
            "StrictModes no", "UsePAM no", "PermitRootLogin yes", "PasswordAuthentication no", "KbdInteractiveAuthentication no", "PidFile none", "PrintMotd no",
            $"SetEnv {string.Join(' ', variables.Select(static pair => $"\"{pair.Key}={pair.Value}\""))}", "Subsystem sftp internal-sftp",
        ];
        var shell = options.OnlyBusybox ? "/bin/busybox sh" : options.LoginShell;
        if (shell is not null || options.Noise is not null)
        {
            lines.Add($"ForceCommand {(options.Noise is null ? string.Empty : options.Noise + "; ")}exec {shell ?? "/bin/sh"} -c \"$SSH_ORIGINAL_COMMAND\"");
        }

        return string.Join('\n', [.. lines, .. options.Configuration]) + "\n";
    }

    private static string Busybox(TempFolder folder)
    {
        var bin = folder.CreateFolder("bin");
        var listed = Task.Run(() => CommandRunner.RunAsync("/bin/busybox", ["--list"])).GetAwaiter().GetResult();
        foreach (var applet in listed.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            File.CreateSymbolicLink(Path.Combine(bin, applet), "/bin/busybox");
        }

        if (!File.Exists(Path.Combine(bin, "flock")))
        {
            File.CreateSymbolicLink(Path.Combine(bin, "flock"), "/usr/bin/flock");
        }

        return bin;
    }

    // A directory with links to all programs but the missing ones.
    private static string PathWithout(TempFolder folder, IReadOnlyList<string> missing)
    {
        var bin = folder.CreateFolder("bin");
        foreach (var directory in (string[])["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"])
        {
            foreach (var program in Directory.Exists(directory) ? Directory.EnumerateFiles(directory) : [])
            {
                var name = Path.GetFileName(program);
                if (!missing.Contains(name, StringComparer.Ordinal) && !File.Exists(Path.Combine(bin, name)))
                {
                    File.CreateSymbolicLink(Path.Combine(bin, name), program);
                }
            }
        }

        return bin;
    }

    private static async Task KeyAsync(string path)
    {
        var made = await CommandRunner.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "slipway-test", "-f", path]);
        if (made.ExitCode != 0)
        {
            throw new InvalidOperationException($"ssh-keygen: {made.Stderr}");
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
