using System.Runtime.CompilerServices;
using System.Text;
using Xunit;

namespace Slipway.TestKit;

/// <summary>
/// Compares text with a file that a person has read and committed: <c>__snapshots__/Class.Test.txt</c> beside the
/// test. <c>SLIPWAY_UPDATE_SNAPSHOTS=1</c> writes the files in place of comparing.
/// </summary>
public static class Snapshot
{
    private const int Context = 3;

    /// <summary>Compares with the test's snapshot. Line ends are LF, and one at the end of the file is not text.</summary>
    /// <param name="actual">The text that the program gave.</param>
    /// <param name="file">The test's source file; its name stands for the class.</param>
    /// <param name="test">The test's name.</param>
    public static void Match(string actual, [CallerFilePath] string file = "", [CallerMemberName] string test = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(file)!, "__snapshots__", $"{Path.GetFileNameWithoutExtension(file)}.{test}.txt");
        if (string.Equals(Environment.GetEnvironmentVariable("SLIPWAY_UPDATE_SNAPSHOTS"), "1", StringComparison.Ordinal))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual.EndsWith('\n') ? actual : actual + "\n");
            return;
        }

        if (!File.Exists(path))
        {
            Assert.Fail($"There is no snapshot {path}; SLIPWAY_UPDATE_SNAPSHOTS=1 would write:\n{actual}");
        }

        var expected = Lines(File.ReadAllText(path));
        var given = Lines(actual);
        if (!expected.SequenceEqual(given, StringComparer.Ordinal))
        {
            Assert.Fail($"The text is not that of {path} (- expected, + actual):\n{Diff(expected, given)}");
        }
    }

    /// <summary>The lines between the common beginning and the common end of two texts, with some context.</summary>
    internal static string Diff(string[] expected, string[] actual)
    {
        var shorter = Math.Min(expected.Length, actual.Length);
        var head = 0;
        while (head < shorter && string.Equals(expected[head], actual[head], StringComparison.Ordinal))
        {
            head++;
        }

        var tail = 0;
        while (tail < shorter - head && string.Equals(expected[^(tail + 1)], actual[^(tail + 1)], StringComparison.Ordinal))
        {
            tail++;
        }

        var diff = new StringBuilder($"@@ line {head + 1} @@\n");
        Append("  ", expected[Math.Max(0, head - Context)..head]);
        Append("- ", expected[head..^tail]);
        Append("+ ", actual[head..^tail]);
        Append("  ", expected[^tail..].Take(Context));
        return diff.ToString();

        void Append(string mark, IEnumerable<string> lines) =>
            diff.AppendJoin(string.Empty, lines.Select(line => mark + line + "\n"));
    }

    private static string[] Lines(string text) =>
        (text.EndsWith('\n') ? text[..^1] : text).Split('\n');
}
