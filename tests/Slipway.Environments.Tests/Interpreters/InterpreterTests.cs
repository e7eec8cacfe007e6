using Slipway.Core.Failures;
using Slipway.Core.Versions;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Requests;
using Slipway.Environments.Tests.Support;
using Slipway.Machines.Files;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Interpreters;

public sealed class InterpreterTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TempStore _store = new();

    private static string Real => LocalPaths.Resolve(World.DefaultPython.FullPath).Value;

    public void Dispose()
    {
        _folder.Dispose();
        _store.Dispose();
    }

    [RequiresFact(Capability.Python)]
    public async Task First_in_range_on_the_path_is_chosen_and_older_ones_are_passed_over()
    {
        var path = Pythons.All.Where(python => python.Version.Major == 3).OrderBy(python => python.Version).Select(python => Path.GetDirectoryName(python.FullPath)!).ToList();
        var oldest = Pythons.All.Where(python => python.Version >= new Version(3, 9)).Min(python => python.Version)!;
        using var world = new World(searchPath: path, store: _store);

        var any = (await world.Finder.FindAsync(null, VersionSpecifierSet.Any, world.Token)).Value;
        var newer = (await world.Finder.FindAsync(Wish("3.11"), VersionSpecifierSet.Any, world.Token)).Value;
        var range = (await world.Finder.FindAsync(null, VersionSpecifierSet.Parse(">=3.11,<3.12").Value, world.Token)).Value;
        var none = (await world.Finder.FindAsync(Wish(">=3.99"), VersionSpecifierSet.Any, world.Token)).Failure;

        Assert.Equal(oldest.ToString(3), any.Version);
        Assert.StartsWith("3.11.", newer.Version, StringComparison.Ordinal);
        Assert.Equal(newer, range);
        Assert.EndsWith("python3.11", newer.Executable, StringComparison.Ordinal);
        Assert.Equal((EnvironmentFailures.NoInterpreter, ExitCode.NotFound), (none.Code, none.Code.Exit));
        Assert.Contains("satisfies '>=3.99' (--python): found ", none.Message, StringComparison.Ordinal);
        Assert.Contains(oldest.ToString(3), none.Message, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Named_interpreter_is_taken_or_refused_but_never_another()
    {
        using var world = new World(searchPath: [_folder.FullPath, Path.GetDirectoryName(World.DefaultPython.FullPath)!], store: _store);
        Program("python3.77", "echo 'pyenv: version `3.77` is not installed' >&2; exit 127");
        Program("liar", "echo Python 3.12.0");
        _folder.WriteFile("plain.txt", "not a program");

        Assert.Equal(Real, (await world.Finder.FindAsync(Wish(World.DefaultPython.FullPath), VersionSpecifierSet.Any, world.Token)).Value.Executable);
        Assert.Equal(Real, (await world.Finder.FindAsync(Wish(Path.GetFileName(Real)), VersionSpecifierSet.Any, world.Token)).Value.Executable);
        await RefusedAsync(world, "python3.77", EnvironmentFailures.UnusableInterpreter, "exit code 127");
        await RefusedAsync(world, "liar", EnvironmentFailures.UnusableInterpreter, "does not answer as a Python interpreter does");
        await RefusedAsync(world, _folder.Combine("plain.txt"), EnvironmentFailures.UnusableInterpreter, "plain.txt has no execute permission.");
        await RefusedAsync(world, "python3.78", EnvironmentFailures.NoInterpreter, "There is no 'python3.78' on PATH.");
        var outside = await world.Finder.FindAsync(Wish(Real), VersionSpecifierSet.Parse(">=3.99").Value, world.Token);
        Assert.Equal((EnvironmentFailures.InterpreterOutOfRange, ExitCode.BadData), (outside.Failure.Code, outside.Failure.Code.Exit));
        if (Pythons.All.FirstOrDefault(python => python.Version.Major == 3 && python.Version < new Version(3, 9)) is { } old)
        {
            await RefusedAsync(world, old.FullPath, EnvironmentFailures.UnusableInterpreter, "older than Python 3.9");
        }
    }

    [RequiresFact(Capability.Python)]
    public async Task What_stands_at_the_named_path_is_told()
    {
        using var world = new World(store: _store);
        var venv = _folder.Combine("venv");
        (await CommandRunner.RunAsync(Real, ["-m", "venv", "--without-pip", venv])).OrThrow();
        File.CreateSymbolicLink(_folder.Combine("adrift"), "/nowhere");
        File.WriteAllText(_folder.Combine("odd"), "#!/nowhere\n");
        File.SetUnixFileMode(_folder.Combine("odd"), UnixFileMode.UserRead | UnixFileMode.UserExecute);

        await RefusedAsync(world, _folder.Combine("none"), EnvironmentFailures.UnusableInterpreter, $"--python: {_folder.Combine("none")} does not exist.");
        await RefusedAsync(world, venv, EnvironmentFailures.UnusableInterpreter, $"{venv} is a directory, not an interpreter.", $"{venv}/bin/python.");
        await RefusedAsync(world, _folder.FullPath, EnvironmentFailures.UnusableInterpreter, $"{_folder.FullPath} is a directory, not an interpreter.");
        await RefusedAsync(world, _folder.Combine("adrift"), EnvironmentFailures.UnusableInterpreter, "is a link that leads nowhere.");
        await RefusedAsync(world, _folder.Combine("odd"), EnvironmentFailures.UnusableInterpreter, "the interpreter that it names does not exist");
        File.Delete($"{venv}/bin/python");
        File.CreateSymbolicLink($"{venv}/bin/python", "/nowhere");
        await RefusedAsync(world, $"{venv}/bin/python", EnvironmentFailures.UnusableInterpreter, $"The Python that the virtual environment {venv} was made with is gone", $"venv --clear {venv}");
    }

    [RequiresFact(Capability.Python)]
    public async Task Range_that_rules_an_interpreter_out_is_told_with_its_place()
    {
        using var world = new World(store: _store);
        var (here, there) = (new FailureLocation("/p/app.py", 2, 3), new FailureLocation("/p/pyproject.toml", 7));
        var request = new EnvironmentRequest
        {
            RequiresPython = VersionSpecifierSet.Parse(">=3.9,>=3.99").Value,
            PythonDeclarations = [new PythonDeclaration(VersionSpecifierSet.Parse(">=3.9").Value, there), new PythonDeclaration(VersionSpecifierSet.Parse(">=3.99").Value, here)],
        };
        var version = World.DefaultPython.Version.ToString(2);

        foreach (var wish in new[] { Real, version })
        {
            var failure = (await world.Finder.FindAsync(request with { Python = Wish(wish) }, asItStands: false, world.Token)).Failure;
            Assert.Equal((EnvironmentFailures.InterpreterOutOfRange, here), (failure.Code, failure.Location));
            Assert.StartsWith($"--python: CPython {World.DefaultPython.Version}", failure.Message, StringComparison.Ordinal);
            Assert.Contains($"({Real}) is outside '>=3.99', which requires-python in /p/app.py:2 demands.", failure.Message, StringComparison.Ordinal);
        }

        var both = (await world.Finder.FindAsync(request with { Python = Wish("3.98") }, asItStands: false, world.Token)).Failure;
        Assert.Contains(
            "satisfies '==3.98.*' (--python) and '>=3.9' (requires-python in /p/pyproject.toml:7) and '>=3.99' (requires-python in /p/app.py:2): found ", both.Message, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Broken_interpreters_and_other_programs_are_passed_over()
    {
        Program("python3", "exit 3");
        Program("python", "echo '{}'");
        File.CreateSymbolicLink(_folder.Combine("python3.99"), "/nowhere");
        using var world = new World(searchPath: ["/nowhere", _folder.FullPath, Path.GetDirectoryName(World.DefaultPython.FullPath)!], store: _store);

        var found = await world.Finder.FindAsync(null, VersionSpecifierSet.Parse($"=={World.DefaultPython.Version}").Value, world.Token);

        Assert.Equal(Real, found.Value.Executable);
    }

    [RequiresFact(Capability.Python)]
    public async Task Virtual_environment_is_seen_through_to_its_base()
    {
        foreach (var python in new[] { Pythons.TryFind(3, 9), Pythons.TryFind(3, 11) }.OfType<PythonInterpreter>())
        {
            foreach (var how in (string[])["--symlinks", "--copies"])
            {
                var venv = _folder.Combine($"venv{python.Version.Minor}{how}");
                Assert.Equal(0, (await CommandRunner.RunAsync(python.FullPath, ["-m", "venv", "--without-pip", how, venv])).ExitCode);
                using var world = new World(searchPath: [$"{venv}/bin"], store: _store);

                var inside = (await world.Finder.FindAsync(null, VersionSpecifierSet.Any, world.Token)).Value;
                var direct = (await world.Finder.FindAsync(Wish(python.FullPath), VersionSpecifierSet.Any, world.Token)).Value;

                Assert.Null(direct.VirtualEnvironment);
                Assert.Equal(direct with { VirtualEnvironment = venv }, inside);
            }
        }
    }

    [RequiresFact(Capability.Python)]
    public async Task Shim_is_asked_each_time_and_a_real_interpreter_once()
    {
        Program("shim", $"exec {Real} \"$@\"");
        using var world = new World(store: _store);
        for (var time = 0; time < 2; time++)
        {
            Assert.Equal(Real, (await world.Finder.FindAsync(Wish(_folder.Combine("shim")), VersionSpecifierSet.Any, world.Token)).Value.Executable);
            Assert.Equal(Real, (await world.Finder.FindAsync(Wish(Real), VersionSpecifierSet.Any, world.Token)).Value.Executable);
        }

        Assert.Equal(2, world.Machine.Processes.Count(process => process.Executable.EndsWith("shim", StringComparison.Ordinal)));
        Assert.Equal(1, world.Machine.Processes.Count(process => string.Equals(process.Executable, Real, StringComparison.Ordinal)));
    }

    [RequiresFact(Capability.Python)]
    public async Task Link_in_the_middle_that_points_elsewhere_is_noticed()
    {
        var other = Pythons.TryFind(3, 12) ?? Pythons.TryFindAtLeast(3, 12);
        if (other is null)
        {
            return;
        }

        using var world = new World(store: _store);
        var (outer, middle) = (_folder.Combine("outer"), _folder.Combine("middle"));
        File.CreateSymbolicLink(outer, middle);
        File.CreateSymbolicLink(middle, Real);
        Assert.Equal(Real, (await world.Finder.FindAsync(Wish(outer), VersionSpecifierSet.Any, world.Token)).Value.Executable);

        File.Delete(middle);
        File.CreateSymbolicLink(middle, other.FullPath);

        Assert.Equal(other.Version.ToString(3), (await world.Finder.FindAsync(Wish(outer), VersionSpecifierSet.Any, world.Token)).Value.Version);
    }

    [RequiresFact(Capability.Python)]
    public async Task Start_up_hook_that_prints_does_not_hide_the_answer()
    {
        Program("chatty", $"echo Welcome; exec {Real} \"$@\"");
        using var world = new World(store: _store);

        Assert.True((await world.Finder.FindAsync(Wish(_folder.Combine("chatty")), VersionSpecifierSet.Any, world.Token)).IsOk);
    }

    [Theory]
    [InlineData("3.12", "==3.12.*")]
    [InlineData("3", "==3.*")]
    [InlineData(" 3.12.1 ", "==3.12.1.*")]
    [InlineData(">=3.10", ">=3.10")]
    [InlineData("python3.12", "python3.12")]
    [InlineData("./venv/bin/python", "/base/venv/bin/python")]
    public void Wish_is_read_as_version_command_or_path(string text, string canonical) =>
        Assert.Equal(canonical, InterpreterRequest.Parse(text, "/base", "--python").Value.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("-c")]
    [InlineData("3.12t")]
    [InlineData(">=x")]
    [InlineData("py thon")]
    [InlineData("py\nthon")]
    [InlineData("$(id)")]
    public void Wish_that_names_nothing_is_refused(string text)
    {
        var failure = InterpreterRequest.Parse(text, "/base", "--python").Failure;
        Assert.Equal((EnvironmentFailures.MalformedInterpreterRequest, ExitCode.Usage), (failure.Code, failure.Code.Exit));
        Assert.Contains("--python", failure.Message, StringComparison.Ordinal);
    }

    private static InterpreterRequest Wish(string text) => InterpreterRequest.Parse(text, "/", "--python").Value;

    private static async Task RefusedAsync(World world, string wish, FailureCode code, string words, string remedy = "")
    {
        var failure = (await world.Finder.FindAsync(Wish(wish), VersionSpecifierSet.Any, world.Token)).Failure;
        Assert.Equal(code, failure.Code);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, failure.Remedy, StringComparison.Ordinal);
    }

    private void Program(string name, string script)
    {
        var path = _folder.WriteFile(name, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
