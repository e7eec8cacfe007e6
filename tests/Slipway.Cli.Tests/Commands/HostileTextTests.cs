using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Cli.Commands.Doctor;
using Slipway.Cli.Commands.Store;
using Slipway.Cli.Terminal;
using Slipway.Core.Identity;
using Slipway.Environments.Inspection;
using Slipway.Machines.Processes;
using Slipway.Store.Slots;
using Slipway.TestKit;

namespace Slipway.Cli.Tests.Commands;

/// <summary>Text that packages and files chose cannot steer the terminal of who looks at it.</summary>
public sealed class HostileTextTests : IDisposable
{
    private const string Hostile = "evil\u001b[2J\u202Egnp.exe\r\nsecond\u0007\u009b";
    private static readonly SlotName Slot = SlotName.Parse($"{new string('a', 40)}-{new string('b', 8)}").Value;
    private readonly StringWriter _data = new() { NewLine = "\n" };
    private readonly StringWriter _people = new() { NewLine = "\n" };

    public void Dispose()
    {
        _data.Dispose();
        _people.Dispose();
    }

    [Fact]
    public void List_shows_a_hostile_title_as_one_harmless_line()
    {
        StoreList.Print(New(json: false), [Environment(Hostile)], [new StoreListDamage(Slot.ToString(), "STO0203", Hostile)], DateTimeOffset.UnixEpoch);
        AssertHarmless(_data.ToString(), lines: 3);
        AssertHarmless(_people.ToString(), lines: 1);
        Assert.Contains("DAMAGED (STO0203)", _data.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Inspection_shows_the_tricks_as_escapes()
    {
        StoreInspect.Print(_data, Slot, Inspection());
        AssertHarmless(_data.ToString(), lines: null);
        Snapshot.Match(_data.ToString());
    }

    [Fact]
    public void Inspection_as_json_holds_no_raw_control_or_bidi_character_and_means_the_same()
    {
        New(json: true).Json(StoreInspectDocument.From(Environment("title"), Inspection()), StoreInspectJson.Default.StoreInspectDocument);
        AssertHarmless(_data.ToString(), lines: null);
        using var document = JsonDocument.Parse(_data.ToString());
        Assert.Equal("slipway.store-inspect/1", document.RootElement.GetProperty("schema").GetString());
        Assert.Equal($"import {Hostile}", document.RootElement.GetProperty("start")[0].GetProperty("text").GetString());
        Snapshot.Match(_data.ToString());
    }

    [Fact]
    public void Doctor_shows_findings_with_their_hints_and_codes()
    {
        ImmutableArray<DoctorCheck> checks =
        [
            DoctorCheck.Good("slipway", "0.1.0"), DoctorCheck.Note("file system", "nfs, a network file system", "Use a local disk."),
            DoctorCheck.Bad("store", new(Slipway.Store.StoreFailures.ForeignStore, $"The store {Hostile} belongs to user 1.")),
        ];
        var document = new DoctorDocument("slipway.doctor/1", "/bin/slipway", checks);
        DoctorCommand.Print(_data, document);
        AssertHarmless(_data.ToString(), lines: 5);
        New(json: true).Json(document, DoctorJson.Default.DoctorDocument);
        Snapshot.Match(_data.ToString());
    }

    [Theory]
    [InlineData("plain text äöü 🐍", "plain text äöü 🐍")]
    [InlineData("a\u001b[2Jb", "a\\x1b[2Jb")]
    [InlineData("a\u202Eb\u2028c", "a\\u202eb\\u2028c")]
    [InlineData("a\tb\n", "a\\x09b\\x0a")]
    public void Escape_shows_what_is_not_safe(string text, string shown) => Assert.Equal(shown, Plain.Escape(text));

    private static void AssertHarmless(string text, int? lines)
    {
        Assert.Equal(text, string.Concat(text.Split('\n').Select(Plain.Line).SelectMany((line, index) => index == 0 ? [line] : new[] { "\n", line })));
        Assert.True(lines is null || text.Count(c => c == '\n') == lines, text);
    }

    private static EnvironmentInspection Inspection() => new(
        [new StartCode(StartKind.PathFileImport, "lib/a.pth", 1, $"import {Hostile}"), new StartCode(StartKind.CustomizeModule, "lib/sitecustomize.py", 0, string.Empty)],
        [new InspectedCommand("greet", "demo", "demo:main"), new InspectedCommand(Hostile, null, null)],
        [new SourceBuild("made", "1.0", "made-1.0.tar.gz", ["flit-core-3.9"]), new SourceBuild("other", "2.0", "other-2.0.zip", null), new SourceBuild("bare", "3.0", "bare-3.0.tar.gz", [])],
        [new DirectPackage("direct", "https://example.org/direct.whl")],
        [$"demo 1.0 was withdrawn (yanked) by its publisher: {Hostile}"],
        [new OutsideEntry("lib/demo.dist-info/RECORD", 3, "../../../../outside")],
        [new OutsidePath("lib/a.pth", 2, "/elsewhere")],
        []) { OutsideStart = [new StartCode(StartKind.PathFileImport, $"/system/{Hostile}.pth", 1, $"import {Hostile}")] };

    private static StoredEnvironment Environment(string title) => new(
        Slot,
        new SlotMeta
        {
            Slot = Slot.ToString(),
            EnvironmentKey = new string('a', 64),
            LockDigest = new string('c', 64),
            Title = title,
            Provisioner = "pip/24.0/1",
            CreatedAt = DateTimeOffset.UnixEpoch,
            CreatedBy = "slipway/test",
            Inputs = [],
            Executable = "bin/python",
            Activation = SlotActivation.From(EnvironmentChanges.None),
            Lock = string.Empty,
        },
        Files: 1,
        Bytes: 1000,
        DateTimeOffset.UnixEpoch);

    private Output New(bool json) => new(json, IsQuiet: false, IsVerbose: false, UsesColor: false) { Data = _data, People = _people };
}
