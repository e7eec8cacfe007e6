namespace Slipway.Projects.Layout;

/// <summary>The permissions of what Slipway adds to a project.</summary>
internal static class FileModes
{
    /// <summary>A directory: 0755.</summary>
    public const UnixFileMode Directory = (UnixFileMode)0x1ED;

    /// <summary>A file: 0644.</summary>
    public const UnixFileMode File = (UnixFileMode)0x1A4;
}
