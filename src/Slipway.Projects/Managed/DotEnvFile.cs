namespace Slipway.Projects.Managed;

/// <summary><c>.env</c>: the user's own variables, secrets among them. Slipway makes it empty and closed to others, and never writes into it again.</summary>
public static class DotEnvFile
{
    /// <summary>The file's name.</summary>
    public const string Name = ".env";

    /// <summary>Its mode: 0600.</summary>
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
}
