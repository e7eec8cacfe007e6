using System.Collections.Immutable;
using Slipway.Runs.Launching;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Launching;

/// <summary>Launch records for tests.</summary>
internal static class RecordGen
{
    private static readonly string[] Names = ["PATH", "VIRTUAL_ENV", "PYTHONHOME", "A", "B", "PYTHONPATH", "LANG"];

    /// <summary>A record with one of each line.</summary>
    public static LaunchRecord Plain { get; } = new()
    {
        Checks = [new LaunchCheck(CheckKind.Absence, string.Empty, "/w/requirements.txt")],
        Lease = "/s/leases/x",
        Meta = "/s/envs/x/meta.json",
        Executable = "/s/envs/x/root/bin/python",
        Arguments = ["/s/envs/x/root/bin/python", "x.py"],
        Unset = ["PYTHONHOME"],
        Set = [new Assignment("VIRTUAL_ENV", "/s/envs/x/root")],
        Prepend = [new Assignment("PATH", "/s/envs/x/root/bin")],
        Warnings = ["yanked"],
    };

    /// <summary>A record with any text in its fields.</summary>
    public static LaunchRecord Any(Gen gen) => new()
    {
        Checks = [.. gen.List(g => new LaunchCheck(g.Pick(Enum.GetValues<CheckKind>()), Text(g), Text(g)), 0, 4)],
        Lease = Text(gen),
        Meta = Text(gen),
        Executable = Text(gen),
        Arguments = [.. gen.List(Text, 1, 4)],
        Unset = [.. gen.List(Text, 0, 3)],
        Set = [.. gen.List(Pair, 0, 3)],
        Prepend = [.. gen.List(Pair, 0, 3)],
        Warnings = [.. gen.List(Text, 0, 2)],
    };

    /// <summary>A record as the planner makes them: variables sorted, each once, so that clashes with others are frequent.</summary>
    public static LaunchRecord Planned(Gen gen) => Plain with
    {
        Arguments = ["python", .. gen.List(Text, 0, 2)],
        Unset = [.. gen.List(g => g.Pick(Names), 0, 3).ToImmutableSortedSet(StringComparer.Ordinal)],
        Set = [.. Variables(gen).Select(Assignment.From)],
        Prepend = [.. Variables(gen).Select(Assignment.From)],
    };

    public static string Name(Gen gen) => gen.Pick(Names);

    /// <summary>Any text that can stand in an argument: no NUL, and bytes that are not UTF-8 too.</summary>
    public static string Text(Gen gen) =>
        (gen.OneIn(4) ? $"{gen.Text(0, 3)}\uDCFF\t\n\\\r" : gen.Text(0, 10)).Replace("\0", "\\0", StringComparison.Ordinal);

    private static Assignment Pair(Gen gen) => new(Text(gen), Text(gen));

    private static ImmutableSortedDictionary<string, string> Variables(Gen gen) =>
        gen.List(g => KeyValuePair.Create(Name(g), Text(g)), 0, 3).DistinctBy(pair => pair.Key, StringComparer.Ordinal).ToImmutableSortedDictionary(StringComparer.Ordinal);
}
