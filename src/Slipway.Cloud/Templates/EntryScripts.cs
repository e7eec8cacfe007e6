using System.Collections.Immutable;

namespace Slipway.Cloud.Templates;

/// <summary>The Python files that come with the program.</summary>
internal static class EntryScripts
{
    public const string Entry = "entry.py";

    /// <summary>What reads parameters, writes metrics and keeps checkpoints; a user's own entry may import it.</summary>
    public const string Job = "slipway_job.py";

    /// <summary>run.sh.</summary>
    public static byte[] Run => Resource("run.sh");

    /// <summary>The entry of a template that trains, with its modules.</summary>
    public static ImmutableSortedDictionary<string, byte[]> Training(string name) => Of(
        (Entry, Resource($"entry_{name}.py")), (Job, Resource(Job)), ("slipway_rows.py", Resource("slipway_rows.py")), ("slipway_train.py", Resource("slipway_train.py")));

    /// <summary>A user's own entry.</summary>
    public static ImmutableSortedDictionary<string, byte[]> Own(byte[] entry) => Of((Entry, entry), (Job, Resource(Job)));

    private static ImmutableSortedDictionary<string, byte[]> Of(params ReadOnlySpan<(string Name, byte[] Content)> files) =>
        files.ToArray().ToImmutableSortedDictionary(static file => file.Name, static file => file.Content, StringComparer.Ordinal);

    private static byte[] Resource(string name)
    {
        using var stream = typeof(EntryScripts).Assembly.GetManifestResourceStream("cloud/" + name) ?? throw new InvalidOperationException($"The resource {name} is missing.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
