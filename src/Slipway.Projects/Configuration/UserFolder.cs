namespace Slipway.Projects.Configuration;

/// <summary>Where the user's own settings lie, by the XDG base directory specification.</summary>
public static class UserFolder
{
    /// <summary><c>$XDG_CONFIG_HOME/slipway</c>, else <c>~/.config/slipway</c>; null when neither variable is an absolute path.</summary>
    /// <param name="variable">Reads an environment variable; null when unset.</param>
    public static string? Find(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);

        // By the specification a relative path counts as unset.
        var configured = variable("XDG_CONFIG_HOME") is { Length: > 0 } set && Path.IsPathRooted(set) ? set : null;
        var home = variable("HOME") is { Length: > 0 } known && Path.IsPathRooted(known) ? Path.Combine(known, ".config") : null;
        return (configured ?? home) is { } folder ? Path.Combine(Path.GetFullPath(folder), "slipway") : null;
    }
}
