using Slipway.EndToEnd.Tests.Support;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests;

/// <summary>Plants secrets in every place that may hold one and looks for them in every place that may not.</summary>
public sealed class SecretTests : IDisposable
{
    private const int Limit = 240_000;
    private const string Secret = "Zx9QsecretQ7";
    private const string OwnValue = "Kv4WprivateW8";
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Secrets_reach_the_workload_and_nothing_else()
    {
        // The sdist's build runs foreign code: it writes down all that it can see.
        var seen = Path.Combine(_bench.Root, "seen");
        _bench.Links.Add(new SpySdist(seen));
        var project = _bench.ProjectWith("x.py", _bench.Script("import os; print(os.environ['TOKEN'], os.environ['MINE'])", "spy-pkg"));
        var options = _bench.Options(project, ("TOKEN", Secret));
        string[] line = ["run", "--secret", "TOKEN", "--env-var", $"MINE={OwnValue}", "x.py"];

        for (var round = 0; round < 2; round++)
        {
            var result = (await _bench.RunAsync(options, line)).OrThrow();
            Assert.Equal($"{Secret} {OwnValue}\n", result.Stdout);
            Assert.DoesNotContain(Secret, result.Stderr, StringComparison.Ordinal);
            Assert.DoesNotContain(OwnValue, result.Stderr, StringComparison.Ordinal);
        }

        Assert.Contains("PATH", File.ReadAllText(seen), StringComparison.Ordinal);
        AssertNowhere(seen);
        AssertNowhere(_bench.Home);
        AssertNowhere(_bench.Temp);
        var plan = (await _bench.RunAsync(options, ["plan", "--json", .. line[1..]])).OrThrow();
        Assert.DoesNotContain(Secret, plan.Stdout + plan.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain(OwnValue, plan.Stdout + plan.Stderr, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Credentials_of_an_index_are_not_repeated()
    {
        await using var index = await LocalIndex.StartAsync();
        index.Add(new WheelBuilder("demo-pkg", "1.0").Module("demo_pkg.py", "V = 1\n"));
        index.RequireBasicAuth("alice", Secret);
        var project = _bench.ProjectWith("x.py", "# /// script\n# dependencies = ['demo-pkg']\n# ///\nprint('ran')\n");
        var url = new UriBuilder(index.SimpleUrl) { UserName = "alice", Password = Secret }.Uri.AbsoluteUri;
        foreach (var verb in new[] { "plan", "run" })
        {
            var result = await _bench.RunAsync(project, verb, "--verbose", "--index-url", url, "x.py");
            Assert.DoesNotContain(Secret, result.Stdout + result.Stderr, StringComparison.Ordinal);
        }

        AssertNowhere(_bench.Home);
    }

    private static void AssertNowhere(string path)
    {
        IEnumerable<string> files = File.Exists(path) ? [path] : Directory.EnumerateFiles(path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None });
        foreach (var file in files.Where(file => new FileInfo(file).LinkTarget is null))
        {
            var content = File.ReadAllText(file);
            Assert.False(content.Contains(Secret, StringComparison.Ordinal), $"The secret is in {file}.");
            Assert.False(content.Contains(OwnValue, StringComparison.Ordinal), $"The private value is in {file}.");
            Assert.DoesNotContain(Secret, file, StringComparison.Ordinal);
        }
    }
}
