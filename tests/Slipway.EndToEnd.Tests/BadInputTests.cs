using System.Text;
using Slipway.EndToEnd.Tests.Support;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests;

/// <summary>Each wrong input gives one coded sentence, the place, what to do, the right exit code, and leaves nothing half-made.</summary>
public sealed class BadInputTests : IDisposable
{
    private const int Limit = 240_000;
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Malformed_declarations_are_shown_with_a_caret()
    {
        var text = new StringBuilder();
        await ShowAsync(text, "bad-toml.py", "# /// script\n# dependencies = [\"a\",\n# requires-python = \n# ///\n");
        await ShowAsync(text, "bad-requirement.py", "print()\n# /// script\n# dependencies = [\n#   \"fine\",\n#   \"what ever==1\",\n# ]\n# ///\n");
        await ShowAsync(text, "option.py", "# /// script\n# dependencies = [\"--index-url=http://evil\"]\n# ///\n");
        await ShowAsync(text, "bad-python.py", "# /// script\n# requires-python = \">=three\"\n# ///\n");
        await ShowAsync(text, "twice.py", "# /// script\n# dependencies = []\n# ///\n\n# /// script\n# dependencies = []\n# ///\n");
        await ShowAsync(text, "setting.py", "# /// script\n# [tool.slipway]\n# pyhton = \"3\"\n# ///\n");
        await ShowAsync(text, "wrong-type.py", "# /// script\n# dependencies = \"a\"\n# ///\n");
        await ShowAsync(text, "old.py", "# /// script\n# requires-python = \">=3.99\"\n# ///\n");
        await ShowAsync(text, "plain.py", "print(1)\n", "--with", "==1");
        await ShowAsync(text, "plain.py", "print(1)\n", "--with=-r/etc/passwd");
        await ShowAsync(text, "plain.py", "print(1)\n", "--requirements", "none.txt");
        await ShowAsync(text, "plain.py", "print(1)\n", "--python", "3.99");
        await ShowAsync(text, "plain.py", "print(1)\n", "--python", "-c");
        await ShowAsync(text, "plain.py", "print(1)\n", "--backend", "conda");
        await ShowAsync(text, "plain.py", "print(1)\n", "--index-url", "--extra-index-url=http://evil");
        await ShowAsync(text, "plain.py", "print(1)\n", "--env-var", "NOVALUE");
        await ShowAsync(text, "plain.py", "print(1)\n", "--secret", "NOT_SET_AT_ALL");
        Snapshot.Match(Scrub.Text(text.ToString(), _bench));
        Assert.False(Directory.Exists(Path.Combine(_bench.Home, "envs")));
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Requirements_file_is_read_strictly()
    {
        var text = new StringBuilder();
        foreach (var content in new[] { "fine\n--extra-index-url http://evil\n", "-e .\n", "a==1 \\\n  b\n", "-r other.txt\n", "x @ ftp://a/b.whl\n" })
        {
            var project = _bench.ProjectWith("requirements.txt", content);
            File.WriteAllText(Path.Combine(project, "x.py"), "print(1)\n");
            await RunAsync(text, project, "run", "x.py");
        }

        Snapshot.Match(Scrub.Text(text.ToString(), _bench));
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Failing_index_is_told_in_one_sentence()
    {
        await using var index = await LocalIndex.StartAsync();
        index.Add(new WheelBuilder("demo-pkg", "1.0").Module("demo_pkg.py", string.Empty));
        var project = _bench.ProjectWith("x.py", "# /// script\n# dependencies = ['demo-pkg']\n# ///\n");
        string[] line = ["run", "--index-url", index.SimpleUrl.AbsoluteUri, "x.py"];

        index.RequireBasicAuth("alice", "s3cret");
        await FailsAsync(project, 69, "ENV0203", line);
        index.AllowAnonymous();
        index.StateWrongHash("demo_pkg-1.0-py3-none-any.whl");
        await FailsAsync(project, 65, "ENV0205", line);
        await FailsAsync(project, 65, "ENV0201", "run", "--index-url", index.SimpleUrl.AbsoluteUri, "--with", "surely-absent", "y.py");
        await FailsAsync(project, 69, "ENV0211", "run", "--offline", "--index-url", index.SimpleUrl.AbsoluteUri, "x.py");
        Assert.DoesNotContain(
            Directory.Exists(Path.Combine(_bench.Home, "envs")) ? Directory.GetDirectories(Path.Combine(_bench.Home, "envs")) : [],
            slot => File.Exists(Path.Combine(slot, "meta.json")));
    }

    [RequiresFact(Capability.OtherUser, Timeout = Limit)]
    public async Task Store_of_another_user_is_refused()
    {
        var project = _bench.ProjectWith("x.py", "print(1)\n");
        AsAnotherUser.Own(_bench.Home);
        var result = await _bench.RunAsync(project, "run", "x.py");
        Assert.Equal((77, string.Empty), (result.ExitCode, result.Stdout));
        Assert.Contains("belongs to user", result.Stderr, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_bench.Home));
    }

    [Fact(Timeout = Limit)]
    public async Task Unusable_home_is_a_matter_of_configuration()
    {
        var project = _bench.ProjectWith("x.py", "print(1)\n");
        foreach (var home in new[] { "relative", "/tmp/a:b", "/dev/null", "/dev/null/x" })
        {
            var result = await _bench.RunAsync(_bench.Options(project, ("SLIPWAY_HOME", home)), "run", "x.py");
            Assert.True(result.ExitCode is 78 or 73, $"{home}: {result}");
            Assert.Equal(1, result.Stderr.Split("slipway: error").Length - 1);
        }
    }

    private async Task FailsAsync(string project, int code, string id, params string[] words)
    {
        File.WriteAllText(Path.Combine(project, "y.py"), "print(1)\n");
        var result = await _bench.RunAsync(project, words);
        Assert.True(result.ExitCode == code, result.ToString());
        Assert.Equal(string.Empty, result.Stdout);
        Assert.Contains($"slipway: error {id}: ", result.Stderr, StringComparison.Ordinal);
        Assert.Equal(1, result.Stderr.Split("slipway: error").Length - 1);
        Assert.Contains("  hint: ", result.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("ready after", result.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", result.Stderr, StringComparison.Ordinal);
    }

    private async Task ShowAsync(StringBuilder text, string file, string content, params string[] options)
    {
        var project = _bench.ProjectWith(file, content);
        await RunAsync(text, project, ["run", .. options, file]);
    }

    private async Task RunAsync(StringBuilder text, string project, params string[] words)
    {
        var result = await _bench.RunAsync(project, words);
        text.Append($"$ slipway {string.Join(' ', words)}\n{result.Stdout}{result.Stderr}--- exit {result.ExitCode}\n\n");
    }
}
