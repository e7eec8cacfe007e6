using System.Text.RegularExpressions;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests.Support;

/// <summary>Makes output comparable: what differs from machine to machine and from run to run gets a name.</summary>
internal static partial class Scrub
{
    public static string Text(string output, Workbench bench)
    {
        var text = output.Replace(bench.Root, "ROOT", StringComparison.Ordinal)
            .Replace(SlipwayProgram.FullPath, "SLIPWAY", StringComparison.Ordinal)
            .Replace(Pythons.Default.Version.ToString(3), "PYVERSION", StringComparison.Ordinal);
        text = Slot().Replace(text, "SLOT");
        text = Hex().Replace(text, "HEX");
        text = ShortSlot().Replace(text, "SLOT12");
        text = IsoTime().Replace(text, "TIME");
        text = Size().Replace(text, "SIZE");
        text = JsonNumber().Replace(text, "${name}NUMBER");
        text = Duration().Replace(text, "after TIME");
        text = Project().Replace(text, "PROJECT");
        text = Interpreter().Replace(text, "PYTHON");
        text = SysVersion().Replace(text, "SYSVERSION");
        text = Pip().Replace(text, "pip/VERSION/");
        text = Platform().Replace(text, "PLATFORM");
        text = Abi().Replace(text, "ABI");
        text = Found().Replace(text, "found PYTHONS.");
        return Libc().Replace(text, "LIBC");
    }

    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    [GeneratedRegex("[0-9a-f]{40}-[0-9a-f]{8}", Options)]
    private static partial Regex Slot();

    [GeneratedRegex("[0-9a-f]{64}", Options)]
    private static partial Regex Hex();

    [GeneratedRegex("\\b[0-9a-f]{12}\\b", Options)]
    private static partial Regex ShortSlot();

    [GeneratedRegex("\\d{4}-\\d\\d-\\d\\d[T ][0-9:.]+(Z|\\+00:00)", Options)]
    private static partial Regex IsoTime();

    [GeneratedRegex("\\b\\d+(\\.\\d)? (B|kB|MB|GB)\\b( in \\d+ files)?", Options)]
    private static partial Regex Size();

    [GeneratedRegex("(?<name>\"(bytes|files|freed_bytes|remaining_bytes)\": )\\d+", Options)]
    private static partial Regex JsonNumber();

    [GeneratedRegex("after [0-9.]+ s", Options)]
    private static partial Regex Duration();

    [GeneratedRegex("ROOT/projects/[0-9a-f]{8}/[^/\\s\"]+", Options)]
    private static partial Regex Project();

    [GeneratedRegex("/[^\\s\"()]*/bin/python3\\.\\d+", Options)]
    private static partial Regex Interpreter();

    [GeneratedRegex("PYVERSION \\([^)]*\\) \\[[^]]*\\]", Options)]
    private static partial Regex SysVersion();

    [GeneratedRegex("pip/[0-9.]+/", Options)]
    private static partial Regex Pip();

    [GeneratedRegex("linux-(x86_64|aarch64)\\b", Options)]
    private static partial Regex Platform();

    [GeneratedRegex("cpython-3\\d+-[a-z0-9_-]+", Options)]
    private static partial Regex Abi();

    [GeneratedRegex("(?<=satisfies .*: )found [^\n]*\\.", Options)]
    private static partial Regex Found();

    [GeneratedRegex("(glibc|musl) [0-9.]+", Options)]
    private static partial Regex Libc();
}
