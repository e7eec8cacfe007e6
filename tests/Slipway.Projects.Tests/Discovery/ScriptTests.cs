using System.Text;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Projects.Discovery;

namespace Slipway.Projects.Tests.Discovery;

public sealed class ScriptTests : IDisposable
{
    private const string Block =
        """
        #!/usr/bin/env python3
        # /// script
        # requires-python = ">=3.9"
        # dependencies = ["rich>=13", "numpy"]
        #
        # [tool.slipway]
        # python = "3.12"
        # find-links = ["wheels"]
        # ///
        print("hello")

        """;

    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Script_with_a_block_is_complete_by_itself()
    {
        _place.With("app/a.py", Block).With("app/requirements.txt", "other\n").With("app/.python-version", "3.9\n").Folder("app/wheels");

        var found = _place.Discover("app/a.py");

        Assert.Equal(["rich>=13", "numpy"], found.Request.Requirements.Select(package => package.ToLine()), StringComparer.Ordinal);
        Assert.Equal(">=3.9", found.Request.RequiresPython.ToString());
        Assert.Equal($"requires-python in {_place.At("app/a.py")}:3", Assert.Single(found.Request.PythonDeclarations).ToString());
        Assert.Equal("==3.12.*", found.Request.Python!.Text);
        Assert.Equal([_place.At("app/wheels")], found.Request.Sources.FindLinks, StringComparer.Ordinal);
        Assert.Equal(_place.At("app/a.py"), found.Subject.Name);
        Assert.Equal(
            [
                ".config/slipway/config.toml Absence", "app/.git Absence", "app/a.py ScriptBlock", "app/pyproject.toml Absence",
                "app/slipway.toml Absence", "pyproject.toml Absence", "slipway.toml Absence",
            ],
            _place.Observed(found),
            StringComparer.Ordinal);
    }

    [Fact]
    public void Rest_of_the_script_changes_nothing()
    {
        var before = _place.With("a.py", Block).Folder("wheels").Discover("a.py").Request.ToFields("p").Digest();
        Assert.Equal(before, _place.With("a.py", Block + "\nprint('more')\n").Discover("a.py").Request.ToFields("p").Digest());
    }

    [Theory]
    [InlineData("rich>>1", 3, ExitCode.BadData)]
    [InlineData("-r evil.txt", 3, ExitCode.BadData)]
    [InlineData("demo @ https://user:pw@h/x.whl", 3, ExitCode.Refused)]
    public void Malformed_dependency_is_shown_at_its_place(string requirement, int line, ExitCode exit)
    {
        var failure = _place.With("a.py", $"# /// script\n# dependencies = [\n#   \"{requirement}\",\n# ]\n# ///\n").Fail("a.py");

        Assert.Equal(exit, failure.Code.Exit);
        Assert.Equal((_place.At("a.py"), line), (failure.Location!.Source, failure.Location.Line));
        Assert.True(failure.Location.Column > 0);
        Assert.StartsWith("#   \"", failure.Location.LineText, StringComparison.Ordinal);
        Assert.DoesNotContain("pw", $"{failure}{failure.Detail}{failure.Location.LineText}", StringComparison.Ordinal);
    }

    [Fact]
    public void Malformed_toml_and_two_blocks_name_their_lines()
    {
        Assert.InRange(_place.With("a.py", "x = 1\n# /// script\n# dependencies = [\n# ///\n").Fail("a.py").Location!.Line, 3, 4);
        var twice = _place.With("b.py", "# /// script\n# dependencies = []\n# ///\n\n# /// script\n# dependencies = []\n# ///\n").Fail("b.py");
        Assert.Equal((ExitCode.BadData, 5), (twice.Code.Exit, twice.Location!.Line));
        Assert.Contains("second", twice.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("colour = 1", "tool.slipway.colour is not a known setting")]
    [InlineData("python = 3.12", "tool.slipway.python")]
    [InlineData("find-links = \"wheels\"", "tool.slipway.find-links")]
    public void Unknown_and_malformed_settings_name_key_and_line(string setting, string words)
    {
        var failure = _place.With("a.py", $"# /// script\n# dependencies = []\n# [tool.slipway]\n# backend = \"pip\"\n# {setting}\n# ///\n").Fail("a.py");

        Assert.Equal(ExitCode.BadData, failure.Code.Exit);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        Assert.Equal(5, failure.Location!.Line);
    }

    [Theory]
    [InlineData("index-url = \"https://u:secret@h/simple\"")]
    [InlineData("find-links = [\"--pre\"]")]
    [InlineData("find-links = [\"nowhere\"]")]
    [InlineData("python = \"-c\"")]
    [InlineData("backend = \"conda\"")]
    public void Refused_settings_name_key_and_line_of_the_script(string setting)
    {
        var failure = _place.With("a.py", $"# /// script\n# dependencies = []\n# [tool.slipway]\n# {setting}\n# ///\n").Fail("a.py");

        Assert.Contains(setting.Split(' ')[0], failure.Message, StringComparison.Ordinal);
        Assert.Equal((_place.At("a.py"), 4), (failure.Location!.Source, failure.Location.Line));
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Script_in_latin_1_is_read_when_its_block_is_ascii()
    {
        File.WriteAllBytes(_place.At("a.py"), Encoding.Latin1.GetBytes("# -*- coding: latin-1 -*-\n# /// script\n# dependencies = [\"rich\"]\n# ///\nprint('é')\n"));
        Assert.Equal("rich", Assert.Single(_place.Discover("a.py").Request.Requirements).ToLine());
    }

    [Fact]
    public void Script_that_is_absent_or_a_folder_is_named()
    {
        var absent = _place.Fail("nowhere.py");
        Assert.Equal(ExitCode.NotFound, absent.Code.Exit);
        Assert.Contains(_place.At("nowhere.py"), absent.Message, StringComparison.Ordinal);
        Assert.Equal(ProjectFailures.UnreadableFile, _place.Folder("d.py").Fail("d.py").Code);
    }

    [Fact]
    public void Options_win_over_variable_over_script_over_pin()
    {
        _place.With("a.py", Block).Folder("wheels").With("b.py", "# /// script\n# dependencies = []\n# ///\n").With(".python-version", "3.9\n");
        string Chosen(string script, string? flag = null) => _place.Discover(script, new RequestSettings { Python = flag }).Request.Python!.Text;

        Assert.Equal("==3.9.*", Chosen("b.py"));
        Assert.Equal("==3.12.*", Chosen("a.py"));
        _place.Variable("SLIPWAY_PYTHON", "3.10");
        Assert.Equal("==3.10.*", Chosen("a.py"));
        Assert.Equal("==3.11.*", Chosen("a.py", "3.11"));
    }

    [Fact]
    public void Options_are_relative_to_the_working_directory_and_replace_the_scripts_sources()
    {
        _place.With("app/a.py", Block).Folder("app/wheels").Folder("here/w");

        var index = _place.Discover("app/a.py", new RequestSettings { IndexUrls = ["https://h/simple"] }).Request.Sources;
        var links = _place.Discover("app/a.py", new RequestSettings { FindLinks = ["w"] }, "here").Request.Sources;

        Assert.Equal(("https://h/simple", 0), (Assert.Single(index.Indexes).Url, index.FindLinks.Length));
        Assert.Equal([_place.At("here/w")], links.FindLinks, StringComparer.Ordinal);
    }

    [Fact]
    public void With_adds_and_is_parsed()
    {
        _place.With("a.py", Block).Folder("wheels");
        Assert.Equal("extra==1", _place.Discover("a.py", new RequestSettings { With = ["extra==1"] }).Request.Requirements[^1].ToLine());
        var failure = _place.Fail("a.py", new RequestSettings { With = ["--pre"] });
        Assert.Equal("--with", failure.Location!.Source);
        Assert.Equal(EnvironmentFailures.SourceRefused, _place.Fail("a.py", new RequestSettings { IndexUrls = ["x"] }).Code);
    }
}
