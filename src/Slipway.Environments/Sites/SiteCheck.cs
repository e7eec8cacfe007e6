namespace Slipway.Environments.Sites;

/// <summary>Whether the packages outside an environment that it sees are the ones that it was made for.</summary>
/// <param name="Difference">What is different, as a sentence without its end; null when nothing is, or when the environment sees no such packages.</param>
/// <param name="IsEdited">Whether a package was edited in place, keeping its version; else it was replaced, and the environment is out of date, not damaged.</param>
public sealed record SiteCheck(string? Difference, bool IsEdited = false);
