using Slipway.Core.Failures;
using Slipway.Core.Pyproject;
using Slipway.Core.Requirements;
using Slipway.Core.Tests.Support;

namespace Slipway.Core.Tests.Pyproject;

public sealed class PyprojectTests
{
    private const string Whole =
        """
        [build-system]
        requires = ["setuptools"]

        [project]
        name = "My_Pkg"
        version = "1"
        requires-python = ">=3.9"
        dependencies = ["rich>=13", "numpy"]

        [project.optional-dependencies]
        Dev_Tools = ["pytest"]
        gpu = ["torch; sys_platform == 'linux'"]
        all = ["my.pkg[dev-tools,gpu]", "extra-one"]

        [dependency-groups]
        test = ["coverage", {include-group = "Typing"}]
        typing = ["mypy==1.5"]
        docs = ["sphinx", "my-pkg[gpu]"]
        """;

    [Fact]
    public void Declaration_is_read()
    {
        var document = Must.Succeed(PyprojectDocument.Parse(Whole, "p"));
        Assert.True(document.HasProject && document.HasGroups);
        var read = Must.Succeed(document.Read());
        Assert.Equal(("my-pkg", ">=3.9"), (read.Name.ToString(), read.RequiresPython!.ToString()));
        Assert.Equal("rich>=13 numpy", string.Join(' ', read.Dependencies));
        Assert.Equal("dev-tools gpu all", string.Join(' ', read.Extras));
        Assert.Equal("test typing docs", string.Join(' ', read.Groups));
    }

    [Theory]
    [InlineData("", "", "rich>=13 | numpy")]
    [InlineData("dev.tools", "", "rich>=13 | numpy | pytest")]
    [InlineData("ALL", "", "rich>=13 | numpy | extra-one | pytest | torch; sys_platform == \"linux\"")]
    [InlineData("gpu all", "", "rich>=13 | numpy | torch; sys_platform == \"linux\" | extra-one | pytest")]
    [InlineData("", "test", "rich>=13 | numpy | coverage | mypy==1.5")]
    [InlineData("", "typing test", "rich>=13 | numpy | mypy==1.5 | coverage")]
    [InlineData("", "docs", "rich>=13 | numpy | sphinx | torch; sys_platform == \"linux\"")]
    public void Select_adds_extras_and_groups_once(string extras, string groups, string expected) => Assert.Equal(expected, Select(Whole, extras, groups));

    [Fact]
    public void Select_keeps_conditions_of_references_to_the_project()
    {
        const string Text = "[project]\nname='p'\n[project.optional-dependencies]\na=[\"p[b]; os_name == 'nt'\", 'p']\nb=[\"x; python_version < '3.10'\", \"p[a]; sys_platform == 'win32'\"]\nc=['p[b]','p[a]']\n";
        Assert.Equal("x; (os_name == \"nt\") and (python_version < \"3.10\")".Replace("(", string.Empty, StringComparison.Ordinal).Replace(")", string.Empty, StringComparison.Ordinal), Select(Text, "a", string.Empty));
        Assert.Equal("x; python_version < \"3.10\"", Select(Text, "c", string.Empty));
    }

    [Fact]
    public void Select_takes_a_requirement_with_a_url_for_another_thing() =>
        Assert.Equal("p @ https://h/p.whl", Select("[project]\nname='p'\ndependencies=['p @ https://h/p.whl']", string.Empty, string.Empty));

    [Fact]
    public void Groups_need_no_project()
    {
        Assert.Equal("ruff", Select("[dependency-groups]\ndev=['ruff']\n", string.Empty, "dev"));
        Assert.False(Must.Succeed(PyprojectDocument.Parse("[tool.x]\n", "p")).HasProject);
    }

    [Fact]
    public void Groups_that_nobody_wants_are_left_alone() =>
        Assert.Equal("a", Select("[dependency-groups]\nok=['a']\nodd=[{future=1}, 5]\nlist='no'\nlost=[{include-group='gone'}]\n", string.Empty, "ok"));

    [Theory]
    [InlineData("[project]\ndynamic=['dependencies', 'version']\nname='p'", "COR0502", 2, 10)]
    [InlineData("[project]\nversion='1'", "COR0202", 1, 1)]
    [InlineData("[project]\nname='-p'", "COR0103", 2, 7)]
    [InlineData("[project]\nname='p'\ndependencies='x'", "COR0203", 3, 14)]
    [InlineData("[project]\nname='p'\ndependencies=['ok', 'a>>1']", "COR0102", 3, 22)]
    [InlineData("[project]\nname='p'\nrequires-python='3.9'", "COR0102", 3, 18)]
    [InlineData("[project]\nname='p'\ndynamic=['name']", "COR0501", 3, 10)]
    [InlineData("[project]\nname='p'\ndependencies=[]\ndynamic=['dependencies']", "COR0501", 4, 10)]
    [InlineData("[project]\nname='p'\noptional-dependencies.a=[]\noptional-dependencies.A=[]", "COR0501", 4, 23)]
    [InlineData("[project]\nname='p'\noptional-dependencies.\"a b\"=[]", "COR0103", 3, 23)]
    [InlineData("[project]\nname='p'\noptional-dependencies.a=['x y']", "COR0102", 3, 28)]
    [InlineData("[dependency-groups]\na-b=[]\nA_B=[]", "COR0501", 3, 1)]
    [InlineData("[dependency-groups]\n\"a b\"=[]", "COR0103", 2, 1)]
    [InlineData("project=1", "COR0203", 1, 9)]
    [InlineData("dependency-groups=1", "COR0203", 1, 19)]
    public void Mistake_is_named_at_its_place(string text, string code, int line, int column)
    {
        var failure = Must.Succeed(PyprojectDocument.Parse(text, "pyproject.toml")).Read().Failure;
        Assert.Equal((code, "pyproject.toml", line), (failure.Code.Id, failure.Location!.Source, failure.Location.Line));
        Assert.InRange(failure.Location.Column, column, column + 2);
    }

    [Theory]
    [InlineData("a=['x', 'y z']", "COR0102", 2, 12)]
    [InlineData("a=[5]", "COR0203", 2, 4)]
    [InlineData("a='x'", "COR0203", 2, 3)]
    [InlineData("a=[{include='b'}]", "COR0501", 2, 4)]
    [InlineData("a=[{include-group='b', more=1}]\nb=[]", "COR0501", 2, 4)]
    [InlineData("a=[{include-group=1}]", "COR0203", 2, 19)]
    [InlineData("a=[{include-group='testing'}]\ntest=[]", "COR0504", 2, 20)]
    public void Mistake_in_a_wanted_group_is_named_at_its_place(string groups, string code, int line, int column)
    {
        var failure = Fail($"[dependency-groups]\n{groups}", "a");
        Assert.Equal((code, line, column), (failure.Code.Id, failure.Location!.Line, failure.Location.Column));
    }

    [Fact]
    public void Circle_of_groups_is_shown()
    {
        var failure = Fail("[dependency-groups]\na=[{include-group='b'}]\nb=['x', {include-group='C_c'}]\nc-c=[{include-group='B'}]", "a");
        Assert.Equal(CoreFailures.GroupCycle, failure.Code);
        Assert.Contains("b -> c-c -> b", failure.Message, StringComparison.Ordinal);
        Assert.Equal(4, failure.Location!.Line);
        Assert.Contains("a -> a", Fail("[dependency-groups]\na=[{include-group='a'}]", "a").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Group_that_is_included_twice_is_no_circle() =>
        Assert.Equal("x", Select("[dependency-groups]\na=[{include-group='b'}, {include-group='c'}]\nb=[{include-group='c'}]\nc=['x']", string.Empty, "a"));

    [Fact]
    public void Depth_has_an_end()
    {
        var groups = string.Concat(Enumerable.Range(0, 3000).Select(i => $"g{i}=[{{include-group='g{i + 1}'}}]\n")) + "g3000=[]\n";
        Assert.Contains("deeper", Fail("[dependency-groups]\n" + groups, "g0").Message, StringComparison.Ordinal);
        var extras = string.Concat(Enumerable.Range(0, 3000).Select(i => $"e{i}=['p[e{i + 1}]']\n")) + "e3000=['x']\n";
        Assert.Equal("x", Select("[project]\nname='p'\n[project.optional-dependencies]\n" + extras, "e0", string.Empty));
    }

    [Fact]
    public void Combinations_of_conditions_have_an_end()
    {
        var extras = string.Concat(Enumerable.Range(0, 40).Select(i => $"e{i}=[\"p[e{i + 1}]; os_name == '{i}'\", \"p[e{i + 1}]; os_name != '{i}'\"]\n")) + "e40=['x']\n";
        var failure = Must.Succeed(Must.Succeed(PyprojectDocument.Parse("[project]\nname='p'\n[project.optional-dependencies]\n" + extras, "p")).Read());
        Must.Fail(failure.Select([failure.Extras.First()], []), CoreFailures.PyprojectInvalid);
    }

    [Fact]
    public void Unknown_name_brings_the_nearest()
    {
        var read = Must.Succeed(Must.Succeed(PyprojectDocument.Parse(Whole, "p")).Read());
        Assert.Contains("did you mean gpu?", Must.Fail(read.FindExtra("gpus"), CoreFailures.ExtraUnknown).Message, StringComparison.Ordinal);
        Assert.Contains("did you mean typing?", Must.Fail(read.FindGroup("typng"), CoreFailures.GroupUnknown).Message, StringComparison.Ordinal);
        Assert.Contains("test, typing, docs", Must.Fail(read.FindGroup("zzz"), CoreFailures.GroupUnknown).Message, StringComparison.Ordinal);
        Must.Fail(read.FindExtra("--x"), CoreFailures.NameInvalid);
        Assert.Contains("no extra is declared", Must.Fail(new PyprojectDeclaration().FindExtra("x"), CoreFailures.ExtraUnknown).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_extra_of_the_project_itself_is_named_at_its_place()
    {
        var read = Must.Succeed(Must.Succeed(PyprojectDocument.Parse("[project]\nname='p'\ndependencies=[\n 'p[gpus]']\noptional-dependencies.gpu=[]", "p")).Read());
        var failure = Must.Fail(read.Select([], []), CoreFailures.ExtraUnknown);
        Assert.Equal((4, 3), (failure.Location!.Line, failure.Location.Column));
    }

    [Fact]
    public void Dynamic_extras_are_refused_when_one_is_wanted()
    {
        var read = Must.Succeed(Must.Succeed(PyprojectDocument.Parse("[project]\nname='p'\ndynamic=['optional-dependencies']", "p")).Read());
        Assert.Empty(Must.Succeed(read.Select([], [])));
        Assert.Equal(3, Must.Fail(read.FindExtra("x"), CoreFailures.DependenciesDynamic).Location!.Line);
    }

    private static string Select(string text, string extras, string groups) => string.Join(" | ", Must.Succeed(Try(text, extras, groups)));

    private static Failure Fail(string text, string groups)
    {
        var result = Try(text, string.Empty, groups);
        Assert.False(result.IsOk, result.ToString());
        return result.Failure;
    }

    private static Result<System.Collections.Immutable.ImmutableArray<Requirement>> Try(string text, string extras, string groups)
    {
        var read = Must.Succeed(Must.Succeed(PyprojectDocument.Parse(text, "p")).Read());
        return read.Select(
            [.. Words(extras).Select(word => Must.Succeed(read.FindExtra(word)))],
            [.. Words(groups).Select(word => Must.Succeed(read.FindGroup(word)))]);
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
