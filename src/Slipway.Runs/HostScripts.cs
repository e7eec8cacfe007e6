namespace Slipway.Runs;

/// <summary>The POSIX sh programs that run on hosts. They are embedded, and take all that differs as arguments.</summary>
internal static class HostScripts
{
    /// <summary>Calls the function that the first argument names, which is always a word of ours.</summary>
    public const string Dispatch = "verb=$1\nshift\n\"$verb\" \"$@\"\nexit 0\n";

    /// <summary>The text of a script, without its comments, which are for who reads the files.</summary>
    public static string Read(string name)
    {
        using var stream = typeof(HostScripts).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is not embedded.");
        using var reader = new StreamReader(stream);
        var lines = reader.ReadToEnd().Split('\n').Select(static line => line.TrimStart()).Where(static line => line.Length > 0 && line[0] != '#');
        return string.Join('\n', lines) + "\n";
    }
}
