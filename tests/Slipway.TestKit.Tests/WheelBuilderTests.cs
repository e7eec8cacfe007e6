using System.IO.Compression;
using System.Text;

namespace Slipway.TestKit.Tests;

public sealed class WheelBuilderTests
{
    [Fact]
    public void Same_calls_give_the_same_bytes()
    {
        static byte[] Make() => new WheelBuilder("demo", "1.0").Requires("dep").Module("demo.py", "A = 1\n").ConsoleScript("d", "demo:A").Build();

        Assert.Equal(Make(), Make());
    }

    [Fact]
    public void Text_members_are_as_the_specifications_say()
    {
        var wheel = new WheelBuilder("Demo.Pkg", "1.0-1")
            .Summary("A demo")
            .RequiresPython(">=3.9")
            .Requires("rich>=1; python_version>='3.8'")
            .Extra("fast", "numpy", "numba>=1; sys_platform=='linux' or extra=='x'")
            .MetadataField("License-Expression", "MIT")
            .Module("demo_pkg/__init__.py", "VALUE = 42\n")
            .Module("demo_pkg/odd, \"name\".txt", "odd\n")
            .Data("scripts", "tool", "#!python\n")
            .ConsoleScript("demo", "demo_pkg:main")
            .EntryPoint("demo.plugins", "one", "demo_pkg")
            .ConsoleScript("demo2", "demo_pkg:main")
            .Tag("cp311.cp312-abi3-manylinux_2_17_x86_64")
            .BuildTag("7");

        var text = new StringBuilder(wheel.FileName + "\n");
        foreach (var (name, content) in Members(wheel).Where(member => member.Name.Contains(".dist-info/", StringComparison.Ordinal)))
        {
            text.Append($"--- {name}\n{content}");
        }

        Snapshot.Match(text.ToString());
    }

    [Fact]
    public void Hostile_members_are_written_as_they_were_asked_for()
    {
        var wheel = new WheelBuilder("demo", "1.0")
            .RawFile("../../evil", [1])
            .RawFile("/abs", [2])
            .RawFile("twice", [3])
            .RawFile("twice", [4])
            .Symlink("link", "/etc/passwd");

        using var archive = new ZipArchive(new MemoryStream(wheel.Build()));

        Assert.Equal(["../../evil", "/abs", "twice", "twice", "link"], archive.Entries.Take(5).Select(entry => entry.FullName), StringComparer.Ordinal);
        Assert.Equal(0xA000, (archive.GetEntry("link")!.ExternalAttributes >> 16) & 0xF000);
    }

    [Fact]
    public void Record_can_be_wrong_incomplete_or_absent()
    {
        static WheelBuilder Make() => new WheelBuilder("demo", "1.0").Module("a.py", "A\n").Module("b.py", "B\n");
        static string Record(WheelBuilder wheel) => Members(wheel).Single(member => member.Name.EndsWith("/RECORD", StringComparison.Ordinal)).Content;

        var right = Record(Make());
        var wrong = Record(Make().WrongRecord("a.py"));

        Assert.NotEqual(right.Split('\n')[0], wrong.Split('\n')[0], StringComparer.Ordinal);
        Assert.Equal(right.Split('\n')[1..], wrong.Split('\n')[1..], StringComparer.Ordinal);
        Assert.DoesNotContain("b.py", Record(Make().MissingFromRecord("b.py")), StringComparison.Ordinal);
        Assert.DoesNotContain(Members(Make().NoRecord()), member => member.Name.EndsWith("/RECORD", StringComparison.Ordinal));
    }

    [RequiresFact(Capability.Python)]
    public async Task Python_finds_the_archive_sound()
    {
        using var folder = new FindLinksFolder();
        var path = folder.Add(new WheelBuilder("demo", "1.0").Module("demo.py", "A = 1\n"));

        (await CommandRunner.RunAsync(Pythons.Default.FullPath, ["-I", "-m", "zipfile", "-t", path])).OrThrow();
    }

    private static List<(string Name, string Content)> Members(WheelBuilder wheel)
    {
        using var archive = new ZipArchive(new MemoryStream(wheel.Build()));
        var members = new List<(string, string)>();
        foreach (var entry in archive.Entries)
        {
            using var reader = new StreamReader(entry.Open());
            members.Add((entry.FullName, reader.ReadToEnd()));
        }

        return members;
    }
}
