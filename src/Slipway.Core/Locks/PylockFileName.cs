namespace Slipway.Core.Locks;

/// <summary>The names that PEP 751 allows for lock files.</summary>
public static class PylockFileName
{
    private const string Plain = "pylock.toml";
    private const string Prefix = "pylock.";
    private const string Suffix = ".toml";

    /// <summary>Whether a file name, without a directory, is <c>pylock.toml</c> or <c>pylock.&lt;name&gt;.toml</c>.</summary>
    public static bool IsValid(string fileName)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        return string.Equals(fileName, Plain, StringComparison.Ordinal) || NameIn(fileName) is not null;
    }

    /// <summary>The name within <c>pylock.&lt;name&gt;.toml</c>; null for <c>pylock.toml</c> and for invalid names.</summary>
    public static string? NameIn(string fileName)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        if (fileName.Length <= Prefix.Length + Suffix.Length
            || !fileName.StartsWith(Prefix, StringComparison.Ordinal)
            || !fileName.EndsWith(Suffix, StringComparison.Ordinal))
        {
            return null;
        }

        var name = fileName[Prefix.Length..^Suffix.Length];
        return name.All(static c => c is not ('.' or '/' or '\\') && !char.IsControl(c)) ? name : null;
    }
}
