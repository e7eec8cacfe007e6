namespace Slipway.Environments.Provisioners.Uv;

/// <summary>Tells from uv's lines what is happening now.</summary>
internal static class UvNarration
{
    /// <summary>What a line says to people; null when nothing.</summary>
    /// <param name="line">The line, trimmed.</param>
    public static string? Tell(string line) => line.Split(' ') switch
    {
        // "Building foo==1.0", "Building foo @ file:///…": what follows the name may be an address.
        ["Building" or "Updating", var what, ..] when !what.Contains('/', StringComparison.Ordinal) && what is not "wheel" => $"{line.Split(' ')[0]} {what.Split('=')[0]}",
        ["Resolved", _, "package" or "packages", ..] => "Resolved",
        _ => null,
    };
}
