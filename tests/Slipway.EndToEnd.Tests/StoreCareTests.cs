using System.Text.Json;
using Slipway.EndToEnd.Tests.Support;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests;

/// <summary>Looking after a store by the published program: damaged records, repair, size, and stores that are refused.</summary>
public sealed class StoreCareTests : IDisposable
{
    private const int Limit = 240_000;
    private readonly Workbench _bench = new();

    private string Slot => Path.GetFileName(Assert.Single(Directory.GetDirectories(Path.Combine(_bench.Home, "envs"))));

    public void Dispose() => _bench.Dispose();

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Record_that_cannot_be_read_is_told_by_every_verb_and_hides_nothing()
    {
        var project = _bench.ProjectWith("x.py", Workbench.BareScript("print('ok')"));
        File.WriteAllText(Path.Combine(project, "y.py"), _bench.Script("print('second')"));
        (await _bench.RunAsync(project, "run", "x.py")).OrThrow();
        var damaged = Slot;
        (await _bench.RunAsync(project, "run", "y.py")).OrThrow();
        File.WriteAllText(Path.Combine(_bench.Home, "envs", damaged, "meta.json"), "{ torn");

        var list = (await _bench.RunAsync(project, "store", "list")).OrThrow();
        Assert.Contains("DAMAGED (STO0203)", list.Stdout, StringComparison.Ordinal);
        Assert.Contains("demo-greeter 1.2.0", list.Stdout, StringComparison.Ordinal);
        Assert.Contains("meta.json", list.Stderr, StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await _bench.RunAsync(project, "store", "list", "--json")).OrThrow().Stdout);
        Assert.Equal(damaged, json.RootElement.GetProperty("damaged")[0].GetProperty("slot").GetString());

        var verify = await _bench.RunAsync(project, "store", "verify");
        Assert.Equal(1, verify.ExitCode);
        Assert.Contains("STO0203", verify.Stdout, StringComparison.Ordinal);
        Assert.Contains("intact", verify.Stdout, StringComparison.Ordinal);
        Assert.Contains(damaged, (await _bench.RunAsync(project, "store", "gc", "--verbose")).OrThrow().Stdout, StringComparison.Ordinal);
        var doctor = await _bench.RunAsync(project, "doctor");
        Assert.Equal(1, doctor.ExitCode);
        Assert.Contains("STO0203", doctor.Stdout, StringComparison.Ordinal);

        var refused = await _bench.RunAsync(project, "store", "verify", "--repair");
        Assert.Equal(65, refused.ExitCode);
        Assert.Contains("--yes", refused.Stdout, StringComparison.Ordinal);
        var removed = await _bench.RunAsync(project, "store", "verify", "--repair", "--yes");
        Assert.Equal(0, removed.ExitCode);
        Assert.Contains($"{damaged}  removed", removed.Stdout, StringComparison.Ordinal);
        Assert.Equal("ok\n", (await _bench.RunAsync(project, "run", "x.py")).OrThrow().Stdout);
        Assert.Equal(0, (await _bench.RunAsync(project, "store", "verify")).ExitCode);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Foreign_bytecode_is_mended_without_a_build_and_not_while_a_workload_runs()
    {
        var project = _bench.ProjectWith("x.py", _bench.Script("import demo_greeter, sys; print('up', flush=True); sys.stdin.read()"));
        await using var running = _bench.Start(_bench.Options(project) with { KeepInputOpen = true }, "run", "--quiet", "x.py");
        await running.WaitForLineAsync(line => line is "up");
        var bin = Path.Combine(_bench.Home, "envs", Slot, "root", "bin");
        File.SetUnixFileMode(bin, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(Path.Combine(bin, "__pycache__"));
        File.WriteAllText(Path.Combine(bin, "__pycache__", "evil\u001b[31m.pyc"), "x");

        var busy = await _bench.RunAsync(project, "store", "verify", "--repair");
        Assert.Equal(75, busy.ExitCode);
        Assert.DoesNotContain('\u001b', busy.Stdout);
        running.CloseInput();
        Assert.Equal(0, (await running.WaitAsync()).ExitCode);
        var mended = await _bench.RunAsync(project, "store", "verify", "--repair");
        Assert.Equal(0, mended.ExitCode);
        Assert.Contains("mended", mended.Stdout, StringComparison.Ordinal);
        Assert.Equal(0, (await _bench.RunAsync(project, "store", "verify")).ExitCode);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Sizes_that_are_none_are_usage_errors()
    {
        var project = _bench.NewProject();
        var wrong = await _bench.RunAsync(project, "store", "gc", "--max-size", "20XB");
        Assert.Equal(64, wrong.ExitCode);
        Assert.Contains("20XB", wrong.Stderr, StringComparison.Ordinal);
        Assert.Contains("holds 0 B of 1.0 GB", (await _bench.RunAsync(project, "store", "gc", "--max-size", "1GB")).OrThrow().Stdout, StringComparison.Ordinal);
    }

    [RequiresTheory(Capability.Python, Timeout = Limit)]
    [InlineData("/dev/null", 78, "STO0101")]
    [InlineData("/dev/null/below", 78, "STO0101")]
    [InlineData("relative", 78, "STO0101")]
    [InlineData("OPEN", 77, "STO0103")]
    [InlineData("LINKED", 77, "STO0105")]
    public async Task Store_that_cannot_be_used_is_refused_by_its_code_and_doctor_still_answers(string home, int exit, string code)
    {
        var project = _bench.NewProject();
        if (home is "OPEN" or "LINKED")
        {
            var path = Directory.CreateDirectory(Path.Combine(project, home)).FullName;
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | (home is "OPEN" ? UnixFileMode.OtherWrite : UnixFileMode.None));
            if (home is "LINKED")
            {
                Directory.CreateSymbolicLink(Path.Combine(path, "envs"), project);
            }

            home = path;
        }

        var options = _bench.Options(project, ("SLIPWAY_HOME", home));
        var refused = await _bench.RunAsync(options, "store", "list");
        Assert.Equal(exit, refused.ExitCode);
        Assert.Contains(code, refused.Stderr, StringComparison.Ordinal);
        var doctor = await _bench.RunAsync(options, "doctor", "--json");
        Assert.Equal(1, doctor.ExitCode);
        using var document = JsonDocument.Parse(doctor.Stdout);
        var bad = Assert.Single(document.RootElement.GetProperty("checks").EnumerateArray(), check => !check.GetProperty("ok").GetBoolean());
        Assert.Equal(("store", code), (bad.GetProperty("name").GetString(), bad.GetProperty("code").GetString()));
        Assert.NotEqual(JsonValueKind.Null, bad.GetProperty("hint").ValueKind);
    }
}
