using System.Collections.Immutable;
using System.Globalization;

namespace Slipway.Machines.Ssh.Transport;

/// <summary>
/// The arguments of <c>ssh</c>. The first value of an option wins there, so ours come before the user's configuration. Debian sets
/// ServerAliveInterval to 300 under BatchMode, so it is always given.
/// </summary>
internal static class SshArguments
{
    /// <summary>Everything that says where and how to connect; what two calls share decides whether they share a connection.</summary>
    public static ImmutableArray<string> Connection(SshSettings settings)
    {
        var address = settings.Address;
        var words = ImmutableArray.CreateBuilder<string>();
        if (settings.ConfigFile is { } config)
        {
            words.AddRange("-F", config);
        }

        foreach (var option in (string[])[
            "BatchMode=yes",
            string.Create(CultureInfo.InvariantCulture, $"ConnectTimeout={(int)Math.Max(1, settings.ConnectTimeout.TotalSeconds)}"),
            "ServerAliveInterval=15",
            "ServerAliveCountMax=4",
            "LogLevel=ERROR",
            "RemoteCommand=none",
            "RequestTTY=no",
            "ForwardAgent=no",
            "ForwardX11=no",
            "PermitLocalCommand=no",
            "PasswordAuthentication=no",
            "KbdInteractiveAuthentication=no",
            settings.HostKeys is HostKeyPolicy.AcceptNew ? "StrictHostKeyChecking=accept-new" : "StrictHostKeyChecking=yes",
            .. settings.KnownHosts is { } known ? [$"UserKnownHostsFile={Quoted(known)} ~/.ssh/known_hosts ~/.ssh/known_hosts2"] : Array.Empty<string>()])
        {
            words.AddRange("-o", option);
        }

        foreach (var option in address.Options)
        {
            words.AddRange("-o", option.ToString());
        }

        if (!address.Identities.IsEmpty)
        {
            words.AddRange("-o", "IdentitiesOnly=yes");
        }

        foreach (var identity in address.Identities)
        {
            words.AddRange("-i", identity);
        }

        if (address.Jump is { } jump)
        {
            words.AddRange("-J", jump);
        }

        if (address.Port is { } port)
        {
            words.AddRange("-p", port.ToString(CultureInfo.InvariantCulture));
        }

        if (address.User is { } user)
        {
            words.AddRange("-l", user);
        }

        return words.ToImmutable();
    }

    /// <summary>A call that runs <paramref name="remote"/>.</summary>
    /// <param name="settings">The host.</param>
    /// <param name="socket">The socket of an open connection; null for a connection of its own.</param>
    /// <param name="log">Where ssh writes its own words, so that they never mix with the command's.</param>
    /// <param name="remote">The command for the login shell there.</param>
    public static ImmutableArray<string> Call(SshSettings settings, string? socket, string log, string remote) => ["-E", log, .. Client(settings, socket), remote];

    /// <summary>A call, up to the host's name.</summary>
    public static ImmutableArray<string> Client(SshSettings settings, string? socket) =>
        ["-T", .. Connection(settings), "-o", "ClearAllForwardings=yes", "-o", "ControlMaster=no", "-o", $"ControlPath={socket ?? "none"}", "--", settings.Address.Host];

    /// <summary>A call that runs <paramref name="remote"/> with a terminal there, joined with that of this process.</summary>
    public static ImmutableArray<string> Terminal(SshSettings settings, string? socket, string log, string remote) =>
        ["-E", log, "-tt", "-o", "RequestTTY=force", .. Client(settings, socket)[1..], remote];

    /// <summary>Opens a connection that stays in the background.</summary>
    public static ImmutableArray<string> Master(SshSettings settings, string socket, string log) =>
    [
        "-T", .. Connection(settings), "-o", "ClearAllForwardings=yes", "-o", "ControlMaster=yes", "-o", $"ControlPath={socket}",
        "-o", string.Create(CultureInfo.InvariantCulture, $"ControlPersist={(int)Math.Max(1, settings.Persist.TotalSeconds)}"),
        "-E", log, "-f", "-N", "--", settings.Address.Host,
    ];

    /// <summary>A request to an open connection.</summary>
    public static ImmutableArray<string> Control(SshSettings settings, string socket, params ReadOnlySpan<string> request) =>
        [.. Connection(settings), "-o", $"ControlPath={socket}", .. request, "--", settings.Address.Host];

    /// <summary>A request about a forward to an open connection. No configuration is read: forwards of the user's own would be asked for too.</summary>
    public static ImmutableArray<string> Forward(SshSettings settings, string socket, string request, int localPort, int remotePort) =>
    [
        "-F", "none", "-o", "LogLevel=ERROR", "-o", $"ControlPath={(socket.Length == 0 ? "none" : socket)}", "-O", request,
        "-L", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{localPort}:localhost:{remotePort}"), "--", settings.Address.Host,
    ];

    // ssh splits the value at blanks unless it is quoted, and takes % for a placeholder.
    private static string Quoted(string path) => $"\"{path.Replace("%", "%%", StringComparison.Ordinal)}\"";
}
