using System.Security.Cryptography;
using Slipway.Core.Failures;
using Slipway.Core.Locks;
using Slipway.Core.Requirements;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;
using Slipway.Environments.Sources;
using Slipway.Environments.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Sources;

/// <summary>What a request may say of the URLs and paths that it names, and what pip is told to hold them to.</summary>
public sealed class DirectSourceTests : IDisposable
{
    private readonly World _world = new();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _world.Dispose();
    }

    [RequiresTheory(Capability.Python)]
    [InlineData("bar @ file:///tmp/bar-1.0-py3-none-any.whl")]
    [InlineData("bar @ https://localhost/bar-1.0-py3-none-any.whl")]
    public async Task Constraint_that_names_a_source_is_refused_before_anything_runs(string constraint)
    {
        var request = new EnvironmentRequest { Requirements = Ask.Packages(["bar"]), Constraints = Ask.Packages([constraint]) };

        var failure = await _world.FailAsync(request, EnvironmentFailures.UnsupportedSource);

        Assert.Equal("The constraint on bar names a URL or a path, and a constraint can only bound versions.", failure.Message);
        Assert.Empty(_world.Machine.Processes);
    }

    [RequiresTheory(Capability.Python)]
    [InlineData("mono.tar.gz#subdirectory=sub")]
    [InlineData("mono#egg=bar&subdirectory=sub")]
    public async Task Subdirectory_of_an_archive_or_tree_is_refused_before_anything_runs(string name)
    {
        var request = new EnvironmentRequest { Requirements = Ask.Packages([$"bar @ file://{_folder.FullPath}/{name}"]) };

        var failure = await _world.FailAsync(request, EnvironmentFailures.UnsupportedSource);

        Assert.StartsWith("bar is in a subdirectory of an archive or a directory", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_world.Machine.Processes);
    }

    [RequiresFact(Capability.Python)]
    public async Task Path_that_holds_another_project_is_told_with_both_names_where_it_was_written()
    {
        using var links = new FindLinksFolder(_folder.FullPath);
        var tree = ProjectTree.Write(_folder.FullPath, new SdistBuilder("other", "1.0"));
        var wheel = links.Add(new WheelBuilder("other", "1.0"));
        foreach (var path in (string[])[tree, wheel])
        {
            var at = new FailureLocation("requirements.txt", 3, 1, $"mine @ file://{path}");
            var request = new EnvironmentRequest { Requirements = [new RequestedPackage(Requirement.Parse(at.LineText!, at).Value, [])] };

            var failure = await _world.FailAsync(request, EnvironmentFailures.LocalSourceUnusable);

            Assert.Equal($"{path} is the project other, and the requirement calls it mine.", failure.Message);
            Assert.Equal(("requirements.txt:3:1", $"Write other @ file://{path}, or the path of mine."), (failure.Location!.ToString(), failure.Hint));
        }

        Assert.Empty(_world.Machine.Processes);
    }

    [RequiresFact(Capability.Python)]
    public async Task Subdirectory_of_an_archive_that_a_dependency_names_is_refused()
    {
        using var links = new FindLinksFolder(_folder.Combine("links"));
        var archive = _folder.Combine("mono.tar.gz");
        ProjectTree.Write(_folder.Combine("mono"), new SdistBuilder("bar", "1.0").Module("bar.py", string.Empty));
        var packed = await CommandRunner.RunAsync("tar", ["-czf", archive, "-C", _folder.FullPath, "mono"]);
        Assert.True(packed.ExitCode == 0, packed.Stderr);
        links.Add(new WheelBuilder("foo", "1.0").Module("foo.py", string.Empty).Requires($"bar @ file://{archive}#subdirectory=bar-1.0"));

        var failure = await _world.FailAsync(Ask.Folder(links.FullPath, "foo"), EnvironmentFailures.UnsupportedSource);

        Assert.StartsWith("bar is in a subdirectory", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lock_with_a_subdirectory_of_an_archive_is_refused()
    {
        const string Text = """
            lock-version = "1.0"
            created-by = "t"
            [[packages]]
            name = "bar"
            version = "1.0"
            archive = { url = "https://localhost/mono.tar.gz", subdirectory = "sub", hashes = { sha256 = "0000000000000000000000000000000000000000000000000000000000000000" } }
            """;
        var document = PylockReader.Read(Text, "pylock.toml");
        Assert.True(document.IsOk, document.ToString());
        var failure = LockPackage.Read(document.Value.Packages[0], "pylock.toml").Failure;
        Assert.Equal(EnvironmentFailures.UnsupportedSource, failure.Code);
        Assert.StartsWith("pylock.toml: bar is in a subdirectory", failure.Message, StringComparison.Ordinal);
    }

    [RequiresTheory(Capability.Python)]
    [InlineData("", "", "#sha256=HASH")]
    [InlineData("#egg=filed", "", "#egg=filed&sha256=HASH")]
    [InlineData("#sha256=abc", "", "#sha256=abc")]
    [InlineData("", "sha256:HASH sha256:abc", " --hash=sha256:HASH")]
    [InlineData("", "sha256:abc", " --hash=sha256:abc")]
    public async Task Line_of_a_local_file_holds_pip_to_what_was_read(string fragment, string hashes, string expected)
    {
        using var links = new FindLinksFolder(_folder.FullPath);
        var path = links.Add(new WheelBuilder("filed", "1.0").Module("filed.py", "V = 1\n"));
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path)));
        var package = new RequestedPackage(
            Requirement.Parse($"filed @ file://{path}{fragment}").Value,
            [.. hashes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => text.Replace("HASH", hash, StringComparison.Ordinal))]);

        var line = await LocalSources.WithContentsAsync(
            _world.Host, new EnvironmentRequest { Requirements = [package] }, known => Task.FromResult<Result<string>>(LocalSources.ToLine(_world.Host, known.Requirements[0])), _world.Token);

        Assert.Equal($"filed @ file://{path}{expected.Replace("HASH", hash, StringComparison.Ordinal)}", line.Value);
    }

    [RequiresFact(Capability.Python)]
    public async Task Local_file_that_is_edited_before_pip_reads_it_is_never_taken_for_the_old_one()
    {
        using var links = new FindLinksFolder(_folder.FullPath);
        var path = links.Add(new WheelBuilder("filed", "1.0").Module("filed.py", "V = 1\n"));
        var request = new EnvironmentRequest { Requirements = Ask.Packages([$"filed @ file://{path}"]) };
        var edits = 0;

        var result = await LocalSources.WithContentsAsync(_world.Host, request, EditAndEnsureAsync, _world.Token);

        Assert.Equal(EnvironmentFailures.SourceChanging, result.Failure.Code);
        Assert.Equal($"{path} changed while it was being read.", result.Failure.Message);
        Assert.Equal(2, edits);

        // The line that pip gets for what was read, on the file as it is after an edit.
        async Task<Result<Unit>> EditAndEnsureAsync(EnvironmentRequest known)
        {
            var line = LocalSources.ToLine(_world.Host, known.Requirements[0]);
            links.Add(new WheelBuilder("filed", "1.0").Module("filed.py", $"V = 1{edits++}\n"));
            var read = new EnvironmentRequest { Requirements = Ask.Packages([line]) };
            return (await _world.Service.EnsureAsync(read, World.Script, new EnsureOptions(), _world.Progress, _world.Token)).Map(_ => Unit.Value);
        }
    }
}
