namespace Slipway.Machines.Files;

/// <summary>What a file system means for a store.</summary>
public enum FileSystemTrait
{
    /// <summary>A disk of this machine, as far as can be told.</summary>
    Local,

    /// <summary>A network or user-space file system: locks and speed differ, and other machines may write it too.</summary>
    Network,

    /// <summary>Memory: gone with the next boot.</summary>
    Memory,

    /// <summary>A layer over others, as containers have it: gone with the container, unless it is a volume.</summary>
    Overlay,
}

/// <summary>What kind of file system a path is on.</summary>
/// <param name="Name">Its name, for people; <c>unknown (0x…)</c> for one that is not known here.</param>
/// <param name="Trait">What it means.</param>
public sealed record FileSystemKind(string Name, FileSystemTrait Trait);
