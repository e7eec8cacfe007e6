namespace Slipway.Projects.Layout;

/// <summary>Recognises folders that a service keeps the same on several machines. They copy half-written files and turn links into copies.</summary>
public static class SyncedFolder
{
    // Each is a folder right below the home directory; clients add an account's name behind a blank or a hyphen.
    private static readonly (string Folder, string Service)[] Folders =
    [
        ("Dropbox", "Dropbox"),
        ("OneDrive", "OneDrive"),
        ("Google Drive", "Google Drive"),
        ("GoogleDrive", "Google Drive"),
        ("Library/Mobile Documents", "iCloud"),
        ("Library/CloudStorage", "a cloud service"),
        ("Nextcloud", "Nextcloud"),
    ];

    private static readonly (string Folder, string Service)[] FoldersOfMac = [("Desktop", "iCloud"), ("Documents", "iCloud")];

    /// <summary>The service that synchronises a directory; null for none that is known.</summary>
    /// <param name="directory">The absolute directory.</param>
    /// <param name="home">The home directory; null when unknown.</param>
    /// <param name="isMac">Whether this is macOS, where iCloud takes two folders of everyone's.</param>
    public static string? ServiceOf(string directory, string? home, bool isMac)
    {
        ArgumentNullException.ThrowIfNull(directory);
        if (Below(directory, home) is not { } inside)
        {
            return null;
        }

        (string Folder, string Service)[] known = isMac ? [.. Folders, .. FoldersOfMac] : Folders;
        return known.FirstOrDefault(folder => IsIn(inside, folder.Folder)).Service;
    }

    // Below WSL a person's folders are on a drive of Windows: /mnt/c/Users/NAME.
    private static string? Below(string directory, string? home)
    {
        if (home is { Length: > 1 } && directory.StartsWith(home.TrimEnd('/') + "/", StringComparison.Ordinal))
        {
            return directory[(home.TrimEnd('/').Length + 1)..];
        }

        return directory.Split('/') is ["", "mnt", { Length: 1 }, "Users", _, .. { Length: > 0 } rest] ? string.Join('/', rest) : null;
    }

    private static bool IsIn(string inside, string folder) =>
        inside.StartsWith(folder, StringComparison.Ordinal)
        && (inside.Length == folder.Length || inside[folder.Length] is '/' || (!folder.Contains('/', StringComparison.Ordinal) && (inside[folder.Length..].StartsWith(" (", StringComparison.Ordinal) || inside[folder.Length..].StartsWith(" - ", StringComparison.Ordinal))));
}
