using Slipway.Core.Failures;
using Slipway.Core.Toml;
using Slipway.Projects.Configuration;
using Slipway.Projects.Editing;
using Slipway.Projects.Naming;
using Slipway.TestKit;

namespace Slipway.Projects.Tests.Editing;

public sealed class SettingsTextTests
{
    private const string Own = "/p/slipway.toml";
    private const string Shared = "/p/pyproject.toml";

    [Theory]
    [InlineData(Own, "", "[envs.gpu]\npython = \"3.12\"\n")]
    [InlineData(Own, "# mine\noffline = true", "# mine\noffline = true\n\n[envs.gpu]\npython = \"3.12\"\n")]
    [InlineData(Shared, "[project]\nname = 'x'\n", "[project]\nname = 'x'\n\n[tool.slipway.envs.gpu]\npython = \"3.12\"\n")]
    public void Environment_is_added_at_the_end(string path, string before, string after) =>
        Assert.Equal(after, Editor(path).Add(before, Name("gpu"), new TomlTableBuilder().Add("python", "3.12").Build()).Value);

    [Theory]
    [InlineData(Own, "# top\n[envs.a]\npython = '3.11'\n\n# of b\n[envs.b] # here\n", "a", "# top\n# of b\n[envs.b] # here\n")]
    [InlineData(Own, "[envs.a]\n[envs.b]\npython = '3.11'\n", "b", "[envs.a]\n")]
    [InlineData(Own, "[envs.a]\nrequirements = [\n'x',\n]\n[[index-url]]\nurl = 'https://h/s'\n", "a", "[[index-url]]\nurl = 'https://h/s'\n")]
    [InlineData(Shared, "[tool.slipway]\noffline = true\n[tool.slipway.envs.a]\ngroups = ['x']\n[tool.other]\nx = 1\n", "a", "[tool.slipway]\noffline = true\n[tool.other]\nx = 1\n")]
    public void Environment_is_removed_with_what_belongs_to_it(string path, string before, string name, string after) =>
        Assert.Equal(after, Editor(path).Remove(before, Declared(path, before, name)).Value);

    [Theory]
    [InlineData("envs = { a = { python = '3.11' } }\n")]
    [InlineData("[envs]\na = { python = '3.11' }\n")]
    [InlineData("envs.a.python = '3.11'\n")]
    public void What_is_not_a_table_of_its_own_is_left_to_a_person(string text)
    {
        Assert.False(Editor(Own).Remove(text, Declared(Own, text, "a")).TryGet(out _, out var failure));
        Assert.Equal((ProjectFailures.NotEditable, 1 + (text.StartsWith("[envs]", StringComparison.Ordinal) ? 1 : 0)), (failure.Code, failure.Location!.Line));
    }

    [Theory]
    [InlineData(Own, "", "env = \"a\"\n")]
    [InlineData(Own, "# c\noffline = true\nenv = 'b' # was\n", "# c\noffline = true\nenv = \"a\" # was\n")]
    [InlineData(Own, "env = 'b'\t# it is # 'b' \r\noffline = true\r\n", "env = \"a\"\t# it is # 'b' \r\noffline = true\r\n")]
    [InlineData(Own, "env = \"b\"  \r\n", "env = \"a\"  \r\n")]
    [InlineData(Own, "  env=  'b'", "  env=  \"a\"")]
    [InlineData(Own, "'env' = '''b'''#c\n", "'env' = \"a\"#c\n")]
    [InlineData(Own, "env = \"\\u0062\" # \"\n", "env = \"a\" # \"\n")]
    [InlineData(Own, "offline = true\r\n", "env = \"a\"\r\noffline = true\r\n")]
    [InlineData(Shared, "[tool.slipway]\r\noffline = true\r\n", "[tool.slipway]\r\nenv = \"a\"\r\noffline = true\r\n")]
    [InlineData(Shared, "[tool.slipway] # ours\noffline = true\n", "[tool.slipway] # ours\nenv = \"a\"\noffline = true\n")]
    [InlineData(Shared, "[tool]\nslipway = { env = 'b', offline = true } # x\n", "[tool]\nslipway = { env = \"a\", offline = true } # x\n")]
    [InlineData(Own, "[envs.a]\n", "env = \"a\"\n[envs.a]\n")]
    [InlineData(Shared, "[tool.slipway]\noffline = true\n", "[tool.slipway]\nenv = \"a\"\noffline = true\n")]
    [InlineData(Shared, "[project]\nname = 'x'\n", "[project]\nname = 'x'\n\n[tool.slipway]\nenv = \"a\"\n")]
    public void Setting_is_written_where_it_belongs(string path, string before, string after) =>
        Assert.Equal(after, Editor(path).Set(before, SettingKey.Env, "a").Value);

    [Fact]
    public void What_cannot_be_edited_alone_is_left_to_a_person()
    {
        Assert.Equal(ProjectFailures.NotEditable, Editor(Own).Set("env = '''\nb''' # x\n", SettingKey.Env, "a").Failure.Code);
        Assert.Equal(ProjectFailures.NotEditable, Editor(Shared).Unset("[tool]\nslipway = { env = 'b', offline = true }\n", SettingKey.Env).Failure.Code);
    }

    [Fact]
    public void Ends_of_lines_stay_what_they_are()
    {
        const string Two = "[envs.a]\r\n\r\n[envs.b]\r\n";
        Assert.Equal("offline = true\r\n", Editor(Own).Unset("offline = true\r\nenv = 'a' # x\r\n", SettingKey.Env).Value);
        Assert.Equal("offline = true\r\n\r\n[envs.gpu]\r\npython = \"3.12\"\r\n", Editor(Own).Add("offline = true\r\n", Name("gpu"), new TomlTableBuilder().Add("python", "3.12").Build()).Value);
        Assert.Equal("[envs.b]\r\n", Editor(Own).Remove(Two, Declared(Own, Two, "a")).Value);
        Assert.Equal("[envs.a]\r\n", Editor(Own).Remove(Two, Declared(Own, Two, "b")).Value);
    }

    [Fact]
    public void Adding_and_removing_keeps_every_byte_of_the_rest() => Property.Check(500, gen =>
    {
        var before = string.Concat(gen.List(g => g.Pick(["# note\n", "offline = true\n", "[envs.x]\n", "[[index-url]]\nurl = 'https://h/s'\n", "\n", "[envs.y]\nprompt = '''\n[envs.gpu]\n'''\n"]), 0, 5).Distinct(StringComparer.Ordinal));
        if (!Editor(Own).Add(before, Name("gpu"), TomlTable.Empty).TryGet(out var added, out _))
        {
            return;
        }

        Assert.StartsWith(before, added, StringComparison.Ordinal);
        var removed = Editor(Own).Remove(added, Declared(Own, added, "gpu"));
        Assert.Equal(before.TrimEnd('\n'), removed.Value.TrimEnd('\n'));
    });

    private static SettingsText Editor(string path) => new(path, "/p");

    private static EnvironmentName Name(string text) => EnvironmentName.Parse(text, "test").Value;

    private static DeclaredEnvironment Declared(string path, string text, string name)
    {
        var root = TomlReader.Parse(text, path).Value;
        var table = path == Own ? root : root.GetTable("tool").Value.GetTable("slipway").Value;
        return EnvironmentTables.Read(table, "/p").Value.Environments.Single(declared => declared.Name == Name(name));
    }
}
