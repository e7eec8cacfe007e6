using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.EndToEnd.Tests.Support;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests;

public sealed partial class StoreVerbTests : IDisposable
{
    private const int Limit = 240_000;
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Every_verb_talks_to_people_and_to_programs()
    {
        var project = _bench.ProjectWith("x.py", _bench.Script("print('ok')"));
        var text = new StringBuilder();
        await TellAsync(text, project, "store", "list");
        (await _bench.RunAsync(project, "run", "x.py")).OrThrow();
        var slot = Slot();
        string[][] lines =
        [
            ["store", "list"], ["store", "show", slot[..8]], ["store", "path", slot[..8]], ["store", "path"], ["store", "why", "x.py"],
            ["store", "why", slot[..8]], ["store", "inspect", slot[..8]], ["store", "verify"], ["store", "gc", "--dry-run"], ["store", "gc", "--older-than", "45m", "--verbose"],
            ["store", "gc", "--max-size", "1GB", "--dry-run", "--include-linked"],
        ];
        foreach (var line in lines)
        {
            await TellAsync(text, project, line);
            await TellAsync(text, project, [.. line, "--json"]);
        }

        await TellAsync(text, project, "store", "remove", slot, "--json");
        await TellAsync(text, project, "store", "remove", slot);
        await TellAsync(text, project, "store", "show", slot[..8], "--json");
        await TellAsync(text, project, "store", "list", "--json");
        Snapshot.Match(Scrub.Text(text.ToString(), _bench));
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Damage_is_found_and_repaired()
    {
        var project = _bench.ProjectWith("x.py", _bench.Script("import demo_greeter; print('ok')"));
        (await _bench.RunAsync(project, "run", "x.py")).OrThrow();
        var root = Path.Combine(_bench.Home, "envs", Slot(), "root");
        var module = Directory.GetFiles(root, "demo_greeter.py", SearchOption.AllDirectories).First(path => !path.Contains("/lib64/", StringComparison.Ordinal));
        File.SetUnixFileMode(module, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.AppendAllText(module, "raise SystemExit('broken')\n");

        var damaged = await _bench.RunAsync(project, "store", "verify");
        Assert.Equal(1, damaged.ExitCode);
        Assert.Contains("DAMAGED", damaged.Stdout, StringComparison.Ordinal);
        Assert.Contains("demo_greeter.py", damaged.Stdout, StringComparison.Ordinal);
        var repaired = await _bench.RunAsync(project, "store", "verify", "--repair");
        Assert.Equal(0, repaired.ExitCode);
        Assert.Contains("  rebuilt", repaired.Stdout, StringComparison.Ordinal);
        Assert.Equal(0, (await _bench.RunAsync(project, "store", "verify")).ExitCode);
        Assert.Equal("ok\n", (await _bench.RunAsync(project, "run", "x.py")).OrThrow().Stdout);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Environment_in_use_is_not_removed()
    {
        var project = _bench.ProjectWith("x.py", Workbench.BareScript("import sys; print('up', flush=True); sys.stdin.read()"));
        await using var running = _bench.Start(_bench.Options(project) with { KeepInputOpen = true }, "run", "--quiet", "x.py");
        await running.WaitForLineAsync(line => line is "up");
        var refused = await _bench.RunAsync(project, "store", "remove", Slot());
        Assert.Equal(75, refused.ExitCode);
        running.CloseInput();
        Assert.Equal(0, (await running.WaitAsync()).ExitCode);
        Assert.Equal(0, (await _bench.RunAsync(project, "store", "remove", Slot())).ExitCode);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Doctor_names_the_running_program()
    {
        var result = (await _bench.RunAsync(_bench.NewProject(), "doctor", "--json")).OrThrow();
        using var document = JsonDocument.Parse(result.Stdout);
        Assert.Equal("slipway.doctor/1", document.RootElement.GetProperty("schema").GetString());
        Assert.Equal(SlipwayProgram.FullPath, document.RootElement.GetProperty("executable").GetString());
        var names = document.RootElement.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()).ToHashSet(StringComparer.Ordinal);
        Assert.Superset(new HashSet<string?>(StringComparer.Ordinal) { "slipway", "machine", "store", "file system", "disk", "locks", "environments", "clock", "python", "backends", "tool" }, names);
        var tools = document.RootElement.GetProperty("checks").EnumerateArray().Where(check => check.GetProperty("name").GetString() is "tool").Select(check => check.GetProperty("finding").GetString()!);
        Assert.Equal(["uv", "micromamba", "git"], tools.Select(finding => finding.Split(' ')[0]), StringComparer.Ordinal);
        var text = (await _bench.RunAsync(_bench.NewProject(), "doctor")).OrThrow();
        Assert.All(text.Stdout.TrimEnd().Split('\n'), line => Assert.Matches("^(ok  |note|    )  ", line));
    }

    private async Task TellAsync(StringBuilder text, string project, params string[] words)
    {
        var result = await _bench.RunAsync(project, words);
        var said = string.Join(' ', words.Select(word => ShortSlot().Replace(word, "SLOT8")));
        text.Append($"$ slipway {said}\n{Columns().Replace(result.Stdout, "  ")}");
        text.Append(result.Stderr.Length > 0 ? $"--- stderr\n{result.Stderr}" : string.Empty).Append($"--- exit {result.ExitCode}\n\n");
    }

    // Columns are as wide as sizes happen to be.
    [GeneratedRegex("(?<=^(NAME|[0-9a-f]{12}) .*)  +", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Columns();

    [GeneratedRegex("^[0-9a-f]{8}$", RegexOptions.CultureInvariant)]
    private static partial Regex ShortSlot();

    private string Slot() => Path.GetFileName(Assert.Single(Directory.GetDirectories(Path.Combine(_bench.Home, "envs"))));
}
