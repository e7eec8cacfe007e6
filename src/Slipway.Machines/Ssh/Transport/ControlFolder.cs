using System.Globalization;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Ssh.Transport;

/// <summary>Where the sockets of open connections lie: a directory that only this user can use, with a short path, because a socket's path has at most 107 bytes.</summary>
public static class ControlFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // A socket is made under a longer name first, and its own name takes 20 bytes.
    private const int LongestFolder = 60;

    /// <summary>
    /// The user's directory, made where it is missing: <c>$XDG_RUNTIME_DIR/slipway</c>, else <c>/tmp/slipway-UID</c>.
    /// </summary>
    /// <param name="variable">Reads a variable; null when unset.</param>
    /// <returns>The path; null where none can be had that is this user's alone: then each call makes a connection of its own.</returns>
    public static string? Prepare(Func<string, string?> variable)
    {
        var user = Libc.GetEffectiveUserId().ToString(CultureInfo.InvariantCulture);
        string?[] places = [variable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime && runtime.StartsWith('/') ? $"{runtime}/slipway" : null, $"/tmp/slipway-{user}"];
        return places.FirstOrDefault(static place => place is { Length: <= LongestFolder } && IsUsable(place));
    }

    private static bool IsUsable(string place) =>
        LocalFiles.MakeDirectory(place, OwnerOnly).IsOk && LocalPaths.StatusOf(place).Kind is FileKind.Directory && LocalPaths.IsPrivateDirectory(place);
}
