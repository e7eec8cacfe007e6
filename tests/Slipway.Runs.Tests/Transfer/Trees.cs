using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Transfer;

/// <summary>Trees with everything that copies get wrong.</summary>
internal static class Trees
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Names with newlines, dashes and bytes that are not UTF-8; links, one of them to nothing; empty directories; modes; a name longer than a header's room.</summary>
    public static void Make(string root)
    {
        Directory.CreateDirectory(root);
        foreach (var (name, content, mode) in new[]
        {
            ("plain", "one", (UnixFileMode)0x1A4), ("-rf", "two", Private), ("line\nbreak", "three", Private), ("not\uDCFFutf8", "four", Private), ("quo'te\"$x `y` \\", "five", Private),
            ("ünïcode 名", "six", Private), ("run.sh", "#!/bin/sh\n", (UnixFileMode)0x1ED), ("empty", "", (UnixFileMode)0x124), (new string('n', 200), "seven", Private), ("...", "eight", Private),
            (".hidden", "nine", Private), ("*", "ten", Private),
        })
        {
            Write($"{root}/{name}", content, mode);
        }

        Directory.CreateDirectory($"{root}/a/b/{new string('d', 120)}/c");
        Write($"{root}/a/b/{new string('d', 120)}/c/deep", new string('x', 100_000), Private);
        Directory.CreateDirectory($"{root}/nothing in it");
        Assert.True(LocalFiles.CreateLink($"{root}/link", "a/b").IsOk);
        Assert.True(LocalFiles.CreateLink($"{root}/-dangling\n", $"../{new string('t', 150)}").IsOk);
        Directory.CreateDirectory($"{root}/sealed");
        Write($"{root}/sealed/in it", "eleven", Private);
        File.SetUnixFileMode($"{root}/sealed", UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public static void Write(string path, string content, UnixFileMode mode) =>
        Assert.True(LocalFiles.WriteUnsynced(path, System.Text.Encoding.UTF8.GetBytes(content), mode).IsOk, path);

    /// <summary>All that is to be the same on both sides.</summary>
    public static string[] Describe(string root) =>
    [
        .. LocalTrees.List(root, static _ => false, static problem => Assert.Fail(problem.ToString()), default).Value
            .Select(entry => $"{entry.Path.Replace("\n", "\\n", StringComparison.Ordinal)} {entry.Kind} {Convert.ToString((int)entry.Mode, 8)} {entry.Target} {(entry.Kind is FileKind.File ? FilePieces.Hash($"{root}/{entry.Path}").Value.Sha256 : string.Empty)}"),
    ];

    /// <summary>Names of copies that were not completed.</summary>
    public static IEnumerable<string> LeftBehind(string folder) => Directory.EnumerateFileSystemEntries(folder, ".slipway-*", SearchOption.AllDirectories);
}
