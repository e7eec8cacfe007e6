using System.Globalization;
using Slipway.EndToEnd.Tests.Support;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests;

public sealed class ConcurrencyTests : IDisposable
{
    private const int Limit = 300_000;
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Sixteen_runs_at_once_make_one_build()
    {
        await using var index = await LocalIndex.StartAsync();
        var wheel = new WheelBuilder("demo-pkg", "1.0").Module("demo_pkg.py", "V = 1\n");
        index.Add(wheel);
        var project = _bench.ProjectWith("x.py", "# /// script\n# dependencies = ['demo-pkg']\n# ///\nimport demo_pkg, sys; print(demo_pkg.V, sys.argv[1])\n");

        // One run alone shows how often pip asks for a file that no header lets it keep: once to resolve, once to fetch.
        using (var alone = new Workbench())
        {
            (await alone.RunAsync(project, "run", "--index-url", index.SimpleUrl.AbsoluteUri, "x.py", "alone")).OrThrow();
        }

        var once = Downloads(index, wheel);
        var runs = Enumerable.Range(0, 16).Select(number => _bench.RunAsync(
            _bench.Options(project) with { Timeout = TimeSpan.FromSeconds(240) },
            "run", "--index-url", index.SimpleUrl.AbsoluteUri, "x.py", $"{number}"));
        var results = await Task.WhenAll(runs);
        for (var number = 0; number < results.Length; number++)
        {
            Assert.True(results[number].ExitCode == 0, results[number].ToString());
            Assert.Equal($"1 {number}\n", results[number].Stdout);
        }

        Assert.Equal(2 * once, Downloads(index, wheel));
        Assert.Single(Directory.GetDirectories(Path.Combine(_bench.Home, "envs")));
    }

    [RequiresTheory(Capability.Python, Timeout = Limit)]
    [InlineData(2)]
    [InlineData(15)]
    public async Task Interrupted_build_leaves_no_process_and_nothing_half_made(int signal)
    {
        await using var index = await LocalIndex.StartAsync();
        var wheel = new WheelBuilder("demo-pkg", "1.0").Module("demo_pkg.py", "V = 1\n");
        index.Add(wheel);
        var gate = new TaskCompletionSource();
        index.Slow(gate, index.UrlOf(wheel).AbsolutePath);
        var project = _bench.ProjectWith("x.py", "# /// script\n# dependencies = ['demo-pkg']\n# ///\nimport demo_pkg; print(demo_pkg.V)\n");
        string[] line = ["run", "--index-url", index.SimpleUrl.AbsoluteUri, "x.py"];

        await using var running = _bench.Start(_bench.Options(project), line);
        await index.WaitForRequestAsync(index.UrlOf(wheel).AbsolutePath).WaitAsync(TimeSpan.FromSeconds(60));
        var children = await DescendantsAsync(running.Id);
        Assert.NotEmpty(children);
        running.Signal(signal);
        var ended = await running.WaitAsync();
        Assert.Equal((130, string.Empty), (ended.ExitCode, ended.Stdout));
        Assert.Contains("CLI0104: Cancelled.", ended.Stderr, StringComparison.Ordinal);
        foreach (var child in children)
        {
            await LiveProcesses.WaitForEndAsync(child, TimeSpan.FromSeconds(20));
        }

        Assert.Empty(Directory.GetFiles(_bench.Home, "meta.json", SearchOption.AllDirectories));
        gate.SetResult();
        index.Heal();
        Assert.Equal("1\n", (await _bench.RunAsync(project, line)).OrThrow().Stdout);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Interrupted_build_of_a_source_distribution_ends_the_foreign_code_too()
    {
        var mark = Path.Combine(_bench.Root, "mark");
        _bench.Links.Add(new SdistBuilder("slow-pkg", "1.0").Module("slow_pkg.py", "V = 1\n").BuildHangs(mark));
        var project = _bench.ProjectWith("x.py", _bench.Script("print('never')", "slow-pkg"));
        await using var running = _bench.Start(_bench.Options(project), "run", "x.py");
        await AppearsAsync(mark);
        var backend = int.Parse(File.ReadAllText(mark), CultureInfo.InvariantCulture);
        Assert.True(LiveProcesses.IsAlive(backend));
        running.Signal(2);
        Assert.Equal(130, (await running.WaitAsync()).ExitCode);
        await LiveProcesses.WaitForEndAsync(backend, TimeSpan.FromSeconds(20));
        Assert.Empty(Directory.GetFiles(_bench.Home, "meta.json", SearchOption.AllDirectories));
        var other = _bench.ProjectWith("y.py", _bench.Script("print('next')"));
        Assert.Equal("next\n", (await _bench.RunAsync(other, "run", "y.py")).OrThrow().Stdout);
    }

    [RequiresFact(Capability.Tmux, Timeout = Limit)]
    public async Task Interrupt_key_at_a_terminal_ends_the_build_and_gives_the_prompt_back()
    {
        await using var index = await LocalIndex.StartAsync();
        var wheel = new WheelBuilder("demo-pkg", "1.0").Module("demo_pkg.py", "V = 1\n");
        index.Add(wheel);
        var gate = new TaskCompletionSource();
        index.Slow(gate, index.UrlOf(wheel).AbsolutePath);
        var project = _bench.ProjectWith("x.py", "# /// script\n# dependencies = ['demo-pkg']\n# ///\nimport demo_pkg; print(demo_pkg.V)\n");
        var socket = Path.Combine(_bench.Root, "t");
        var options = _bench.Options(project, ("TERM", "xterm"), ("slipway", SlipwayProgram.FullPath));
        var shell = $"$slipway run --index-url {index.SimpleUrl.AbsoluteUri} x.py; echo ended $? > {project}/end; stty -a > {project}/stty; exec cat";
        (await CommandRunner.RunAsync("tmux", ["-S", socket, "new-session", "-d", "-x", "100", "-y", "20", "bash", "--norc", "-c", shell], options)).OrThrow();
        try
        {
            await index.WaitForRequestAsync(index.UrlOf(wheel).AbsolutePath).WaitAsync(TimeSpan.FromSeconds(60));
            (await CommandRunner.RunAsync("tmux", ["-S", socket, "send-keys", "C-c"], options)).OrThrow();
            await AppearsAsync(Path.Combine(project, "stty"));
            Assert.Equal("ended 130\n", File.ReadAllText(Path.Combine(project, "end")));
            var terminal = File.ReadAllText(Path.Combine(project, "stty"));
            Assert.Contains(" icanon", terminal, StringComparison.Ordinal);
            Assert.Contains(" echo ", terminal, StringComparison.Ordinal);
        }
        finally
        {
            gate.SetResult();
            await CommandRunner.RunAsync("tmux", ["-S", socket, "kill-server"], options);
        }
    }

    private static int Downloads(LocalIndex index, WheelBuilder wheel) =>
        index.Requests.Count(request => string.Equals(request.Path, index.UrlOf(wheel).AbsolutePath, StringComparison.Ordinal));

    private static async Task AppearsAsync(string path)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!File.Exists(path) || new FileInfo(path).Length == 0)
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private static async Task<List<int>> DescendantsAsync(int root)
    {
        var listed = (await CommandRunner.RunAsync("ps", ["-eo", "pid=,ppid="])).OrThrow().Stdout;
        var pairs = listed.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => int.Parse(word, CultureInfo.InvariantCulture)).ToArray())
            .ToLookup(pair => pair[1], pair => pair[0]);
        var found = new List<int>();
        var pending = new Stack<int>([root]);
        while (pending.TryPop(out var parent))
        {
            foreach (var child in pairs[parent])
            {
                found.Add(child);
                pending.Push(child);
            }
        }

        return found;
    }
}
