using Slipway.Core.Failures;
using Slipway.Environments.Requests;
using Slipway.Projects.Discovery;

namespace Slipway.Projects.Tests.Discovery;

/// <summary>The project itself, asked for as editable.</summary>
public sealed class EditableTests : IDisposable
{
    private const string Project = "[project]\nname='Demo_X'\nversion='1'\ndependencies=['one']\noptional-dependencies.gpu=['torch']\n[build-system]\nrequires=[]\n";
    private const string Ours = "lock-version = '1.0'\ncreated-by = 'slipway'\n[tool.slipway]\nrequirements = ['one']\n[[packages]]\nname = 'one'\nversion = '1'\n"
        + "[[packages.wheels]]\nname = 'one-1-py3-none-any.whl'\nurl = 'https://host/one-1-py3-none-any.whl'\nhashes = {sha256 = '01234567890123456789012345678901234567890123456789012345678901ab'}\n";

    private static readonly string Entry = "[[packages]]\nname = 'demo-x'\ndirectory = {path = '.', editable = true}\n";
    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    private EditableProject Found(string directory = "app", RequestSettings? settings = null) => _place.Discover(null, settings, directory).Request.Editable!;

    [Fact]
    public void Place_and_what_the_build_reads_are_the_identity_and_sources_are_not()
    {
        _place.With("app/pyproject.toml", Project).With("app/slipway.toml", "project = 'editable'\n").With("app/src/demo/__init__.py", "1");
        var declared = _place.Discover(null, directory: "app");
        var before = declared.Request.ToFields("p").Digest();
        Assert.Equal(("demo-x", _place.At("app")), (Found().Name.Normalized, Found().Directory));
        Assert.Equal(["- MANIFEST.in", "pyproject.toml", "- setup.cfg", "- setup.py"], Found().Inputs.Select(static line => line.StartsWith('-') ? line : line[65..]), StringComparer.Ordinal);
        Assert.Null(declared.ProjectPath);
        Assert.False(declared.Request.HasLocalSources);
        Assert.Contains("app/setup.py Absence", _place.Observed(declared), StringComparer.Ordinal);
        Assert.Equal("one", Place.Asked(declared));

        _place.With("app/src/demo/__init__.py", "2").With("app/src/demo/more.py", "3");
        Assert.Equal(before, _place.Discover(null, directory: "app").Request.ToFields("p").Digest());
        _place.With("app/setup.cfg", "[options]\n");
        Assert.NotEqual(before, _place.Discover(null, directory: "app").Request.ToFields("p").Digest());
        File.Delete(_place.At("app/setup.cfg"));
        Assert.Equal(before, _place.Discover(null, directory: "app").Request.ToFields("p").Digest());

        // Another place is another environment.
        Directory.Move(_place.At("app"), _place.At("moved"));
        Assert.NotEqual(before, _place.Discover(null, directory: "moved").Request.ToFields("p").Digest());
        File.CreateSymbolicLink(_place.At("link"), _place.At("moved"));
        Assert.Equal((_place.At("moved"), true), (Found("link").Directory, Found("link").IsReachedByLink));
        Assert.False(Found("moved").IsReachedByLink);
    }

    [Theory]
    [InlineData("backend-path=['tools']\nbuild-backend='b.sub:api'\n", "tools/b.py tools/sub/c.py")]
    [InlineData("backend-path=['.']\nbuild-backend='b'\n", "b.py b/d.py")]
    [InlineData("build-backend='b'\n", "")]
    public void Backend_of_the_tree_is_an_input(string build, string files)
    {
        _place.With("pyproject.toml", Project + build).With("slipway.toml", "project = 'editable'\n");
        foreach (var path in (string[])["tools/b.py", "tools/sub/c.py", "tools/__pycache__/b.pyc", "b.py", "b/d.py", "demo/source.py"])
        {
            _place.With(path, path);
        }

        string[] fixedNames = ["MANIFEST.in", "pyproject.toml", "setup.cfg", "setup.py"];
        var inputs = Found(string.Empty).Inputs.Select(static line => line.Split(' ', 2)[1]).Except(fixedNames, StringComparer.Ordinal);
        Assert.Equal(files, string.Join(' ', inputs));
    }

    [Fact]
    public void One_environment_says_it_in_a_word_and_keeps_its_own_files()
    {
        _place.With("pyproject.toml", Project).With("requirements-dev.txt", "ruff\n").With(
            "slipway.toml",
            "env = 'dev'\n[envs.dev]\neditable = true\nextras = ['gpu']\n[envs.plain]\neditable = false\n[envs.files]\neditable = true\nrequirements = ['requirements-dev.txt']\n");
        Assert.Equal("one | torch", Place.Asked(_place.Discover(null)));
        Assert.NotNull(Found(string.Empty));
        var plain = _place.Discover(null, new RequestSettings { Env = "plain" });
        Assert.Null(plain.Request.Editable);
        Assert.Equal(_place.Root, plain.ProjectPath);

        // Who installs a project needs what it depends on.
        var files = _place.Discover(null, new RequestSettings { Env = "files" });
        Assert.Equal("one | ruff", Place.Asked(files));
        Assert.NotNull(files.Request.Editable);

        _place.With("slipway.toml", "[envs.dev]\neditable = true\nproject = 'path'\n");
        var twice = _place.Fail(null);
        Assert.Equal((ProjectFailures.UnknownSetting, 2), (twice.Code, twice.Location!.Line));
        _place.With("slipway.toml", "editable = true\n");
        Assert.Equal(ProjectFailures.UnknownSetting, _place.Fail(null).Code);
    }

    [Fact]
    public void What_cannot_be_installed_editable_is_refused_by_name()
    {
        _place.With("slipway.toml", "project = 'editable'\n").With("setup.py", "from setuptools import setup\n");
        Assert.Equal((ProjectFailures.NothingEditable, 1), Refusal());
        _place.With("requirements.txt", "one\n");
        Assert.Equal((ProjectFailures.NothingEditable, 1), Refusal());
        File.Delete(_place.At("requirements.txt"));
        _place.With("environment.yml", "dependencies: [python]\n");
        Assert.Equal((ProjectFailures.EditableUnfit, 1), Refusal());
        _place.With("pyproject.toml", Project).With("slipway.toml", "project = 'editable'\nbackend = 'micromamba'\n");
        Assert.Equal((ProjectFailures.EditableUnfit, 1), Refusal());
        _place.With("slipway.toml", "project = 'editable'\n");

        // A script that is complete by itself is not the project.
        _place.With("own.py", "# /// script\n# dependencies = []\n# ///\n");
        Assert.Null(_place.Discover("own.py").Request.Editable);
    }

    private (FailureCode Code, int? Line) Refusal() => _place.Fail(null) is var failure ? (failure.Code, failure.Location?.Line) : default;

    [Fact]
    public void Lock_of_the_project_answers_without_a_place_of_any_machine()
    {
        _place.With("pyproject.toml", Project).With("slipway.toml", "project = 'editable'\n").With("pylock.toml", Ours + Entry);
        var found = _place.Discover(null, new RequestSettings { Locked = true });
        Assert.Equal((LockStanding.Used, "one"), (found.LockStanding, string.Join(' ', found.Request.Lock!.Document.Packages.Select(static package => package.Name.Normalized))));
        Assert.False(found.Request.HasLocalSources);

        // Another tool's lock may have it too, or not.
        _place.With("pylock.toml", Ours.Replace("[tool.slipway]\nrequirements = ['one']\n", string.Empty, StringComparison.Ordinal) + Entry);
        Assert.Single(_place.Discover(null).Request.Lock!.Document.Packages);
    }

    [Theory]
    [InlineData("editable", false, "demo-x", "is to be installed editable, and the lock does not know it")]
    [InlineData("path", true, "demo-x", "installed editable, which is not declared now")]
    [InlineData("editable", true, "other", "the project is called")]
    public void Lock_that_was_made_otherwise_is_out_of_date(string setting, bool hasEntry, string name, string words)
    {
        _place.With("pyproject.toml", Project).With("slipway.toml", $"project = '{setting}'\n").With("pylock.toml", hasEntry ? Ours + Entry.Replace("demo-x", name, StringComparison.Ordinal) : Ours);
        var found = _place.Discover(null);
        Assert.Equal(LockStanding.LeftOut, found.LockStanding);
        Assert.Contains(words, found.LockWarning, StringComparison.Ordinal);
        Assert.Equal(ProjectFailures.LockRefused, _place.Fail(null, new RequestSettings { Locked = true }).Code);
    }
}
