using System.Collections.Immutable;
using System.Formats.Tar;
using Slipway.Core.Failures;
using Slipway.Core.Requirements;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;
using Slipway.Environments.Sources;
using Slipway.Environments.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Sources;

/// <summary>Files and directories of this machine: what they hold is what is installed, and an edit makes another environment.</summary>
public sealed class LocalSourceTests : IDisposable
{
    private readonly World _world = new();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _world.Dispose();
    }

    [RequiresFact(Capability.Python)]
    public async Task Edited_tree_is_another_environment_and_an_unchanged_one_is_reused()
    {
        var tree = ProjectTree.Write(_folder.FullPath, new SdistBuilder("local-one", "1.0").Module("local_one.py", "V = 1\n"));
        var request = Tree("local-one", tree);
        Assert.True(request.HasLocalSources);

        var first = await _world.EnsureAsync(request);
        var processes = _world.Machine.Processes.Count;
        await File.WriteAllTextAsync(Path.Combine(tree, "local_one.pyc"), "no source");
        var again = await _world.EnsureAsync(request);
        Assert.Equal(processes, _world.Machine.Processes.Count);
        await File.WriteAllTextAsync(Path.Combine(tree, "src", "local_one.py"), "V = 2\n");
        var edited = await _world.EnsureAsync(request);

        Assert.Equal("1", await _world.PythonAsync(first, "import local_one; print(local_one.V)"));
        Assert.Equal("2", await _world.PythonAsync(edited, "import local_one; print(local_one.V)"));
        Assert.Equal(first.Slot.ToString(), again.Slot.ToString());
        Assert.NotEqual(first.Slot, edited.Slot);
        Assert.Contains("local_sources", edited.Plan.Decision.FirstDifference!.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(tree, "build")));
    }

    [RequiresFact(Capability.Python)]
    public async Task Tree_is_a_directory_in_the_lock_and_can_be_built_again_until_it_changes()
    {
        var tree = ProjectTree.Write(_folder.FullPath, new SdistBuilder("local-one", "1.0").Module("local_one.py", "V = 1\n"));
        var ready = await _world.EnsureAsync(Tree("local-one", tree));
        var package = Assert.Single(ready.Plan.Lock!.Document.Packages);

        Assert.Equal("local_one-1.0", package.Directory!.Path);
        Assert.Equal(ready.Plan.Lock.Digest, ResolvedLock.Read(ready.Plan.Lock.ToText(), "t").Value.Digest);
        Forget();
        Assert.True((await _world.Service.RepairAsync(_world.Stored(ready), new EnsureOptions(), _world.Progress, _world.Token)).IsOk);

        Forget();
        await File.WriteAllTextAsync(Path.Combine(tree, "src", "local_one.py"), "V = 2\n");
        var failure = (await _world.Service.RepairAsync(_world.Stored(ready), new EnsureOptions(), _world.Progress, _world.Token)).Failure;
        Assert.Equal(EnvironmentFailures.LocalSourceUnusable, failure.Code);
        Assert.Contains("the source of local-one 1.0 is gone", failure.Message, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Git_tree_counts_new_files_and_not_the_ignored_ones()
    {
        var tree = ProjectTree.Write(_folder.FullPath, new SdistBuilder("local-one", "1.0").Module("local_one.py", "V = 1\n"));
        await ProjectTree.GitAsync(tree, "init", "-q");
        await File.WriteAllTextAsync(Path.Combine(tree, ".gitignore"), "*.log\n");
        await ProjectTree.GitAsync(tree, "add", ".");
        var before = await DigestAsync(tree);

        await File.WriteAllTextAsync(Path.Combine(tree, "big.log"), "not counted");
        Assert.Equal(before, await DigestAsync(tree));
        await File.WriteAllTextAsync(Path.Combine(tree, "src", "new.py"), string.Empty);
        Assert.NotEqual(before, await DigestAsync(tree), StringComparer.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Configuration_of_a_repository_runs_no_program()
    {
        var tree = ProjectTree.Write(_folder.FullPath, new SdistBuilder("local-one", "1.0"));
        var mark = _folder.Combine("ran");
        await ProjectTree.GitAsync(tree, "init", "-q");
        await ProjectTree.GitAsync(tree, "config", "core.fsmonitor", $"touch {mark}; false");

        await DigestAsync(tree);

        Assert.False(File.Exists(mark));
    }

    [RequiresFact(Capability.Python)]
    public async Task Tree_that_changes_while_it_is_read_is_refused_after_a_second_try()
    {
        var tree = ProjectTree.Write(_folder.FullPath, new SdistBuilder("restless", "1.0").Module("restless.py", "V = 1\n"));
        var tries = 0;

        var failure = (await LocalSources.WithContentsAsync(_world.Host, Tree("restless", tree), EditAndPackAsync, _world.Token)).Failure;

        Assert.Equal(2, tries);
        Assert.Equal($"{tree} changed while it was being read.", failure.Message);
        Assert.Equal(EnvironmentFailures.SourceChanging, failure.Code);
        Assert.Equal(ExitCode.Busy, failure.Code.Exit);

        // Between the two readings, where a writer would have to be fast or lucky.
        async Task<Result<Unit>> EditAndPackAsync(EnvironmentRequest known)
        {
            await File.WriteAllTextAsync(Path.Combine(tree, "src", "restless.py"), $"V = 1{tries++}\n");
            return (await LocalSources.PackStepsAsync(_world.Host, known, _world.Token)).Map(_ => Unit.Value);
        }
    }

    [RequiresFact(Capability.Python)]
    public async Task Tree_that_changed_once_while_it_was_read_is_read_again()
    {
        var tree = ProjectTree.Write(_folder.FullPath, new SdistBuilder("restless", "1.0").Module("restless.py", "V = 1\n"));
        var tries = 0;

        Assert.True((await LocalSources.WithContentsAsync(_world.Host, Tree("restless", tree), EditOnceAsync, _world.Token)).IsOk);
        Assert.Equal(2, tries);

        async Task<Result<Unit>> EditOnceAsync(EnvironmentRequest known)
        {
            await File.WriteAllTextAsync(Path.Combine(tree, "src", "restless.py"), "V = 2\n");
            tries++;
            return (await LocalSources.PackStepsAsync(_world.Host, known, _world.Token)).Map(_ => Unit.Value);
        }
    }

    [RequiresFact(Capability.Python)]
    public async Task Tracked_files_count_whatever_their_names_and_new_ones_unless_a_build_leaves_such()
    {
        var tree = ProjectTree.Write(_folder.FullPath, new SdistBuilder("local-one", "1.0").Module("local_one.py", "V = 1\n"));
        string[] tracked = ["build/tool.py", "dist/page.txt", "src/data.pyc", "src/node_modules/a.js"];
        foreach (var name in tracked)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(tree, name))!);
            await File.WriteAllTextAsync(Path.Combine(tree, name), "tracked");
        }

        await ProjectTree.GitAsync(tree, "init", "-q");
        await ProjectTree.GitAsync(tree, "add", "--force", ".");
        var found = await TreeFiles.ListAsync(_world.Host, tree, _world.Token);
        Assert.Equal(string.Join(' ', tracked), string.Join(' ', found.Intersect(tracked, StringComparer.Ordinal)));

        await File.WriteAllTextAsync(Path.Combine(tree, "dist", "made.whl"), "new, and made by a build");
        await File.WriteAllTextAsync(Path.Combine(tree, "src", "new.py"), "new");
        Assert.Equal("src/new.py", string.Join(' ', (await TreeFiles.ListAsync(_world.Host, tree, _world.Token)).Except(found, StringComparer.Ordinal)));
    }

    [RequiresFact(Capability.Python)]
    public async Task Local_file_that_is_replaced_is_another_request()
    {
        using var links = new FindLinksFolder(_folder.FullPath);
        var path = links.Add(new WheelBuilder("filed", "1.0").Module("filed.py", "V = 1\n"));
        var request = new EnvironmentRequest { Requirements = [LocalRequirement.Parse("./filed-1.0-py3-none-any.whl", _folder.FullPath, new FailureLocation("--with")).Value] };

        var first = await _world.EnsureAsync(request);
        links.Add(new WheelBuilder("filed", "1.0").Module("filed.py", "V = 2\n"));
        var second = await _world.EnsureAsync(request);

        Assert.Equal($"filed @ file://{path}", request.Requirements[0].Requirement.ToString());
        Assert.Equal("1", await _world.PythonAsync(first, "import filed; print(filed.V)"));
        Assert.Equal("2", await _world.PythonAsync(second, "import filed; print(filed.V)"));
    }

    [RequiresFact(Capability.Python)]
    public async Task Tree_may_stand_beside_requirements_with_hashes()
    {
        await using var index = await LocalIndex.StartAsync();
        var wheel = new WheelBuilder("dep", "1.0").Module("dep.py", string.Empty);
        index.Add(wheel);
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(wheel.Build()));
        var tree = ProjectTree.Write(_folder.FullPath, new SdistBuilder("local-one", "1.0").Module("local_one.py", "V = 1\n"));
        var request = Ask.Index(index) with
        {
            Requirements = [.. Tree("local-one", tree).Requirements, new RequestedPackage(Requirement.Parse("dep==1.0").Value, [$"sha256:{hash}"])],
        };

        var ready = await _world.EnsureAsync(request);

        Assert.Equal(2, ready.Plan.Lock!.Files.Length);
    }

    [RequiresFact(Capability.Python)]
    public async Task What_is_no_project_is_refused_by_name()
    {
        Directory.CreateDirectory(_folder.Combine("empty"));
        Assert.Contains("neither a pyproject.toml nor a setup.py", await RefusedAsync("empty"), StringComparison.Ordinal);
        Assert.Contains("There is no directory", await RefusedAsync("absent"), StringComparison.Ordinal);
        var nameless = LocalRequirement.Parse("./empty", _folder.FullPath, new FailureLocation("--with")).Failure;
        Assert.Contains("NAME @ file://", nameless.Hint, StringComparison.Ordinal);
    }

    [RequiresTheory(Capability.Python)]
    [InlineData("link", "/etc/passwd")]
    [InlineData("link", "../outside")]
    [InlineData("src/link", "./../../outside")]
    [InlineData("src/link", "../here/../outside")]
    [InlineData("src/link", "../away/x")]
    public async Task Link_that_leaves_its_tree_is_refused(string name, string target)
    {
        var tree = ProjectTree.Write(_folder.FullPath, new SdistBuilder("linked", "1.0").Module("linked.py", "V = 1\n"));
        File.CreateSymbolicLink(Path.Combine(tree, "here"), ".");
        Directory.CreateDirectory(Path.Combine(tree, "node_modules"));
        Directory.CreateSymbolicLink(Path.Combine(tree, "node_modules", "away"), _folder.FullPath);
        File.CreateSymbolicLink(Path.Combine(tree, "away"), target.Contains("away", StringComparison.Ordinal) ? "node_modules/away" : "src");
        File.CreateSymbolicLink(Path.Combine(tree, name), target);

        var failure = await _world.FailAsync(Tree("linked", tree), EnvironmentFailures.LocalSourceUnusable);

        var (link, leads) = name.Contains("away", StringComparison.Ordinal) || target.Contains("away", StringComparison.Ordinal) ? ("away", "node_modules/away") : (name, target);
        Assert.Equal($"{tree}/{link} is a link to {leads}, outside the project that it belongs to.", failure.Message);
        Assert.Empty(_world.Machine.Processes);
    }

    [RequiresFact(Capability.Python)]
    public async Task Links_within_a_tree_are_built_as_such_and_the_tree_may_be_named_by_one()
    {
        var tree = ProjectTree.Write(_folder.FullPath, new SdistBuilder("linked", "1.0").Module("linked.py", "from linked_too import V\n"));
        await File.WriteAllTextAsync(Path.Combine(tree, "real.py"), "V = 7\n");
        File.CreateSymbolicLink(Path.Combine(tree, "src", "linked_too.py"), "../round/src/../real.py");
        File.CreateSymbolicLink(Path.Combine(tree, "round"), "./src/..");
        File.CreateSymbolicLink(Path.Combine(tree, "circle"), "circle");
        var named = _folder.Combine("named");
        Directory.CreateSymbolicLink(named, tree);

        var ready = await _world.EnsureAsync(Tree("linked", named));

        Assert.Equal("7", await _world.PythonAsync(ready, "import linked; print(linked.V)"));
        Assert.Equal(await DigestAsync(tree), ready.Plan.Lock!.Files[0].Hash.Hex);
    }

    [RequiresFact(Capability.Python)]
    public async Task Packed_tree_is_the_same_everywhere_and_holds_long_names_links_and_execute_bits()
    {
        var tree = Directory.CreateDirectory(_folder.Combine("packed")).FullName;
        var longName = $"{new string('d', 90)}/{new string('f', 90)}.py";
        Directory.CreateDirectory(Path.Combine(tree, new string('d', 90)));
        await File.WriteAllTextAsync(Path.Combine(tree, "pyproject.toml"), string.Empty);
        await File.WriteAllTextAsync(Path.Combine(tree, longName), "long");
        await File.WriteAllTextAsync(Path.Combine(tree, "run.sh"), "run");
        File.SetUnixFileMode(Path.Combine(tree, "run.sh"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(Path.Combine(tree, "link"), "run.sh");
        using var packed = new MemoryStream();

        var digest = await SourceTree.PackAsync(_world.Host, tree, packed, _world.Token);

        Assert.Equal("060723970b4493dd596687db9e1578c7", digest.Value.Hex[..32]);
        packed.Position = 0;
        var entries = new Dictionary<string, TarEntry>(StringComparer.Ordinal);
        await using var reader = new TarReader(packed);
        while (await reader.GetNextEntryAsync(copyData: true) is { } entry)
        {
            entries[entry.Name] = entry;
        }

        Assert.Equal(["source/" + longName, "source/link", "source/pyproject.toml", "source/run.sh"], entries.Keys.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal("run.sh", entries["source/link"].LinkName);
        Assert.True(entries["source/run.sh"].Mode.HasFlag(UnixFileMode.UserExecute));
        Assert.Equal("long", await new StreamReader(entries["source/" + longName].DataStream!).ReadToEndAsync());
    }

    private static EnvironmentRequest Tree(string name, string path) => new() { Requirements = Ask.Packages([$"{name} @ file://{path}"]) };

    private async Task<string> RefusedAsync(string name) =>
        (await _world.FailAsync(Tree("x", _folder.Combine(name)), EnvironmentFailures.LocalSourceUnusable)).Message;

    private async Task<string> DigestAsync(string tree) => (await SourceTree.PackAsync(_world.Host, tree, Stream.Null, _world.Token)).Value.Hex;

    // What a collector may take at any time.
    private void Forget()
    {
        foreach (var folder in (string[])[$"{_world.Layout.Cache}/sources", _world.Layout.Wheels])
        {
            Assert.True(Machines.Files.LocalFiles.RemoveTree(folder).IsOk);
        }
    }
}
