using Slipway.Core;
using Slipway.Core.Failures;
using Slipway.Projects.Discovery;

namespace Slipway.Projects.Tests.Discovery;

public sealed class PyprojectTests : IDisposable
{
    private const string Project =
        """
        [project]
        name = "demo"
        requires-python = ">=3.10"
        dependencies = ["rich"]
        [project.optional-dependencies]
        gpu = ["torch"]
        all = ["demo[gpu]", "tqdm"]
        [dependency-groups]
        dev = ["pytest", {include-group = "lint"}]
        lint = ["ruff"]
        """;

    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Nearest_project_declares_dependencies_and_python()
    {
        var found = _place.With("app/pyproject.toml", Project).With("requirements.txt", "other\n").With("app/sub/a.py", "print()\n").Discover("app/sub/a.py");
        Assert.Equal("rich", Place.Asked(found));
        Assert.Equal(">=3.10", found.Request.RequiresPython.ToString());
        Assert.Equal(_place.At("app/pyproject.toml"), found.Origin);
        Assert.Contains("app/pyproject.toml Content", _place.Observed(found), StringComparer.Ordinal);
        Assert.Contains("app/sub/pyproject.toml Absence", _place.Observed(found), StringComparer.Ordinal);
        Assert.Contains("app/pylock.toml Absence", _place.Observed(found), StringComparer.Ordinal);
        Assert.Empty(found.Warnings);
    }

    [Fact]
    public void Extras_and_groups_add()
    {
        _place.With("pyproject.toml", Project);
        Assert.Equal("rich | tqdm | torch", Place.Asked(_place.Discover(null, new RequestSettings { Extras = ["ALL"] })));
        Assert.Equal("rich | pytest | ruff | torch", Place.Asked(_place.Discover(null, new RequestSettings { Extras = ["gpu"], Groups = ["dev"] })));
    }

    [Theory]
    [InlineData("[project]\nname='p'\ndependencies=['of-project']\n", "of-project")]
    [InlineData("[tool.black]\nline-length=100\n", "of-file")]
    public void Project_comes_before_a_requirements_file_and_other_pyprojects_are_passed_over(string pyproject, string expected)
    {
        var found = _place.With("pyproject.toml", pyproject).With("requirements.txt", "of-file\n").Discover(null);
        Assert.Equal(expected, Place.Asked(found));
        Assert.Contains("pyproject.toml Content", _place.Observed(found), StringComparer.Ordinal);
        Assert.Empty(found.Warnings);
    }

    [Fact]
    public void Requirements_file_beside_mere_groups_is_told_of()
    {
        _place.With("pyproject.toml", "[dependency-groups]\ndev=['ruff']\n").With("requirements.txt", "of-file\n");
        Assert.Contains("requirements.txt is not read", Assert.Single(_place.Discover(null).Warnings), StringComparison.Ordinal);
        var dev = _place.Discover(null, new RequestSettings { Groups = ["dev"] });
        Assert.Equal(("ruff", 0), (Place.Asked(dev), dev.Warnings.Length));
    }

    [Fact]
    public void Named_project_adds_to_the_nearest()
    {
        _place.With("pyproject.toml", Project).With("lib/pyproject.toml", "[project]\nname='lib'\nrequires-python='<3.13'\ndependencies=['numpy']\noptional-dependencies.x=['y']\n");
        var both = _place.Discover(null, new RequestSettings { RequirementFiles = ["lib/pyproject.toml"], Extras = ["gpu"] });
        Assert.Equal(("rich | torch | numpy", "<3.13,>=3.10"), (Place.Asked(both), both.Request.RequiresPython.ToString()));
        Assert.Equal(
            $"requires-python in {_place.At("pyproject.toml")}:3, requires-python in {_place.At("lib/pyproject.toml")}:3", string.Join(", ", both.Request.PythonDeclarations));
    }

    [Fact]
    public void Named_project_gives_the_extras_where_there_is_no_nearest()
    {
        _place.With("lib/pyproject.toml", Project);
        Assert.Equal("rich | torch", Place.Asked(_place.Discover(null, new RequestSettings { RequirementFiles = ["lib/pyproject.toml"], Extras = ["gpu"] })));
        var failure = _place.With("lib/pyproject.toml", "[tool.x]\n").Fail(null, new RequestSettings { RequirementFiles = ["lib/pyproject.toml"] });
        Assert.Equal(ProjectFailures.DeclaresNothing, failure.Code);
    }

    [Theory]
    [InlineData("requirements.txt", "the nearest declaration is")]
    [InlineData("unrelated.txt", "no pyproject.toml was found")]
    public void Extra_without_a_project_is_refused(string file, string words)
    {
        var failure = _place.With(file, "one\n").Fail(null, new RequestSettings { Extras = ["gpu"] });
        Assert.Equal((ProjectFailures.NoProject, ExitCode.Usage), (failure.Code, failure.Code.Exit));
        Assert.Contains("--extra gpu", failure.Message, StringComparison.Ordinal);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Script_with_a_block_has_no_extras_but_may_lie_in_a_configured_project()
    {
        _place.With("pyproject.toml", Project + "\n[tool.slipway]\nextras = ['gpu']\n").With("a.py", "# /// script\n# dependencies = ['one']\n# ///\n");
        Assert.Equal("one", Place.Asked(_place.Discover("a.py")));
        Assert.Equal(ProjectFailures.NoProject, _place.Fail("a.py", new RequestSettings { Groups = ["dev"] }).Code);
        Assert.Equal("rich | torch", Place.Asked(_place.Discover(null)));
    }

    [Fact]
    public void Unknown_extra_and_group_bring_the_nearest()
    {
        _place.With("pyproject.toml", Project);
        var extra = _place.Fail(null, new RequestSettings { Extras = ["gpus"] });
        Assert.Equal(CoreFailures.ExtraUnknown, extra.Code);
        Assert.Contains("--extra: There is no extra gpus; did you mean gpu?", extra.Message, StringComparison.Ordinal);
        Assert.Contains("did you mean lint?", _place.Fail(null, new RequestSettings { Groups = ["lnt"] }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_extra_of_a_file_of_settings_is_named_there()
    {
        var failure = _place.With("pyproject.toml", Project).With("slipway.toml", "extras = [\n'gpus']\n").Fail(null);
        Assert.Equal((CoreFailures.ExtraUnknown, _place.At("slipway.toml"), 1), (failure.Code, failure.Location!.Source, failure.Location.Line));
    }

    [Fact]
    public void Mistakes_are_shown_at_their_place_and_dynamic_dependencies_say_what_to_do()
    {
        var malformed = _place.With("pyproject.toml", "[project]\nname='p'\ndependencies=['a>>1']\n").Fail(null);
        Assert.Equal((_place.At("pyproject.toml"), 3), (malformed.Location!.Source, malformed.Location.Line));
        var dynamic = _place.With("pyproject.toml", "[project]\nname='p'\ndynamic=['dependencies']\n").Fail(null);
        Assert.Equal((CoreFailures.DependenciesDynamic, 3), (dynamic.Code, dynamic.Location!.Line));
        Assert.Contains("[project]", dynamic.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Search_ends_at_the_repository()
    {
        _place.With("pyproject.toml", Project).With("repo/.git/HEAD", string.Empty).With("repo/a.py", "print()\n");
        Assert.Equal("no declaration", _place.Discover("repo/a.py").Origin);
    }
}
