using Slipway.Core;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Projects.Configuration;
using Slipway.Projects.Discovery;
using Slipway.Projects.Tests.Discovery;

namespace Slipway.Projects.Tests.Configuration;

public sealed class ConfigurationTests : IDisposable
{
    private const string UserFile = ".config/slipway/config.toml";
    private const string Script = "# /// script\n# dependencies = []\n# [tool.slipway]\n# python = '3.12'\n# ///\n";

    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Each_layer_wins_over_the_one_below()
    {
        RequestSettings? flags = null;
        void Expect(string? version, string? origin)
        {
            var chosen = _place.Configured("app/a.py", flags)[SettingKey.Python];
            Assert.Equal((version is null ? null : $"=={version}.*", origin), (chosen?.Texts[0], chosen?.Origin.ToString()));
        }

        _place.With("app/a.py", "print()\n");
        Expect(null, null);
        _place.With(UserFile, "# mine\npython = '3.8'\n");
        Expect("3.8", $"{_place.At(UserFile)}:2");
        _place.With(".python-version", "3.9\n");
        Expect("3.9", $"{_place.At(".python-version")}:1");
        _place.With("pyproject.toml", "[tool.slipway]\npython = '3.10'\n");
        Expect("3.10", $"{_place.At("pyproject.toml")}:2");
        _place.With("slipway.toml", "python = '3.11'\n");
        Expect("3.11", $"{_place.At("slipway.toml")}:1");
        _place.With("app/a.py", Script);
        Expect("3.12", $"{_place.At("app/a.py")}:4");
        _place.Variable("SLIPWAY_PYTHON", "3.13");
        Expect("3.13", "SLIPWAY_PYTHON");
        flags = new RequestSettings { Python = "3.14" };
        Expect("3.14", "--python");

        var all = _place.Configured("app/a.py", flags).Settings[(int)SettingKey.Python];
        Assert.Equal(
            ["SLIPWAY_PYTHON", $"{_place.At("app/a.py")}:4", $"{_place.At("slipway.toml")}:1", $"{_place.At(UserFile)}:2"],
            all.Overridden.Select(setting => setting.Origin.ToString()),
            StringComparer.Ordinal);
    }

    [Fact]
    public void Layers_join_key_by_key()
    {
        _place.With(UserFile, "offline = true\nexclude-newer = 2026-01-31\n").With("slipway.toml", "backend = 'pip'\nsystem-site-packages = true\n").Variable("SLIPWAY_OFFLINE", "0");
        var found = _place.Discover(null);
        Assert.False(found.IsOffline);
        Assert.Equal(SysPathMode.SystemSitePackages, found.Request.SysPathMode);
        Assert.Equal(new DateTimeOffset(2026, 1, 31, 0, 0, 0, TimeSpan.Zero), found.Request.Sources.ExcludeNewer);
        Assert.True(_place.Discover(null, new RequestSettings { Offline = true }).IsOffline);
    }

    [Fact]
    public void Sources_of_a_later_layer_replace_all_of_an_earlier_one()
    {
        _place.Folder("links").With("slipway.toml", "index-url = 'https://h/simple'\n");
        var found = _place.Discover(null, new RequestSettings { FindLinks = ["links"] }).Request.Sources;
        Assert.Equal((0, 1), (found.Indexes.Length, found.FindLinks.Length));

        var index = _place.Configured(null, new RequestSettings { FindLinks = ["links"] }).Settings[(int)SettingKey.IndexUrl];
        Assert.Equal(("--find-links", 0, 1), (index.Chosen!.Origin.ToString(), index.Chosen.Texts.Length, index.Overridden.Length));
    }

    [Theory]
    [InlineData("index-url = 'https://h/simple'", "https://h/simple")]
    [InlineData("index-url = ['company=https://h/simple']", "company=https://h/simple")]
    [InlineData("index-url = ['a=https://h/x?', 'b']", null)]
    [InlineData("index-url = ['1st.corp=https://h/simple']", "1st.corp=https://h/simple")]
    [InlineData("index-url = ['-x=https://h/simple']", null)]
    [InlineData("index-url = ['=https://h/simple']", null)]
    [InlineData("[[index-url]]\nname = 'company'\nurl = 'https://h/simple'\npackages = ['My_Pkg']", "company=https://h/simple (my-pkg)")]
    [InlineData("[[index-url]]\nurl = 'https://h/simple'\npackage = ['x']", null)]
    [InlineData("[[index-url]]\nname = 'x'", null)]
    [InlineData("[[index-url]]\nurl = 'https://u:secret@h/simple'", null)]
    public void Indexes_are_texts_or_tables(string setting, string? shown)
    {
        _place.With("slipway.toml", setting + "\n");
        if (shown is not null)
        {
            Assert.Equal([shown], _place.Configured(null)[SettingKey.IndexUrl]!.Texts, StringComparer.Ordinal);
            return;
        }

        var failure = _place.Fail(null);
        Assert.Equal((ExitCode.BadData, _place.At("slipway.toml")), (failure.Code.Exit, failure.Location!.Source));
        Assert.DoesNotContain("secret", $"{failure}{failure.Location.LineText}", StringComparison.Ordinal);
    }

    [Fact]
    public void Indexes_of_options_and_variables_may_have_names()
    {
        var flags = _place.Configured(null, new RequestSettings { IndexUrls = ["https://a/simple?x=y".Replace("?x=y", string.Empty, StringComparison.Ordinal), "co-2=https://b/simple"] })[SettingKey.IndexUrl]!;
        Assert.Equal([null, "co-2"], flags.Indexes.Select(index => index.Name), StringComparer.Ordinal);
        _place.Variable("SLIPWAY_INDEX_URL", "a=https://a/simple\n https://b/simple");
        Assert.Equal(["a=https://a/simple", "https://b/simple"], _place.Configured(null)[SettingKey.IndexUrl]!.Texts, StringComparer.Ordinal);
    }

    [Fact]
    public void Relative_paths_are_relative_to_the_file()
    {
        _place.With("repo/slipway.toml", "find-links = ['wheels']\npython = 'bin/python'\n").Folder("repo/wheels").Folder("repo/sub");
        var found = _place.Discover(null, directory: "repo/sub").Request;
        Assert.Equal((_place.At("repo/wheels"), _place.At("repo/bin/python")), (found.Sources.FindLinks[0], found.Python!.Text));

        _place.With("xdg/slipway/config.toml", "find-links = ['w']\n").Folder("xdg/slipway/w").Folder("other").Variable("XDG_CONFIG_HOME", _place.At("xdg"));
        Assert.Equal(_place.At("xdg/slipway/w"), _place.Discover(null, directory: "other").Request.Sources.FindLinks[0]);
    }

    [Theory]
    [InlineData("slipway.toml", "colour = 1\n", "colour is not a known setting", 1)]
    [InlineData("slipway.toml", "# c\nindexurl = 'x'\n", "did you mean index-url?", 2)]
    [InlineData("pyproject.toml", "[tool.slipway]\nfind-link = []\n", "tool.slipway.find-link is not a known setting; did you mean find-links?", 2)]
    [InlineData(UserFile, "offline = 'yes'\n", "offline must be a boolean", 1)]
    [InlineData("slipway.toml", "exclude-newer = '7d'\n", "'7d' is not a date", 1)]
    [InlineData("slipway.toml", "exclude-newer = 2026-01-31T12:00:00\n", "no offset from UTC", 1)]
    [InlineData("slipway.toml", "extras = ['-x']\n", "extras: '-x' is not the name of an extra", 1)]
    [InlineData("slipway.toml", "groups = 'dev'\n", "groups must be an array", 1)]
    [InlineData("slipway.toml", "backend = 'conda'\n", "backend: There is no backend 'conda'", 1)]
    [InlineData("slipway.toml", "find-links = ['gone']\n", "find-links: there is no directory", 1)]
    [InlineData("pyproject.toml", "[tool]\nslipway = 1\n", "tool.slipway must be a table", 2)]
    [InlineData("slipway.toml", "python = \n", "", 1)]
    public void Mistake_names_file_and_line(string file, string text, string words, int line)
    {
        var failure = _place.With(file, text).Fail(null);
        Assert.Equal((ExitCode.BadData, _place.At(file), line), (failure.Code.Exit, failure.Location!.Source, failure.Location.Line));
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SLIPWAY_OFFLINE", "perhaps", ExitCode.Configuration)]
    [InlineData("SLIPWAY_EXCLUDE_NEWER", "yesterday", ExitCode.Usage)]
    [InlineData("SLIPWAY_INDEX_URL", "https://u:secret@h/simple", ExitCode.Usage)]
    [InlineData("SLIPWAY_BACKEND", "conda", ExitCode.Usage)]
    public void Mistake_in_a_variable_names_it(string name, string value, ExitCode exit)
    {
        var failure = _place.Variable(name, value).Fail(null);
        Assert.Equal(exit, failure.Code.Exit);
        Assert.Contains(name, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Search_ends_at_the_repository_and_takes_the_nearest()
    {
        _place.With("slipway.toml", "offline = true\n").With("repo/.git/HEAD", string.Empty).Folder("repo/sub");
        Assert.False(_place.Discover(null, directory: "repo/sub").IsOffline);
        _place.With("repo/pyproject.toml", "[tool.slipway]\noffline = true\n");
        Assert.True(_place.Discover(null, directory: "repo/sub").IsOffline);
        _place.With("repo/sub/slipway.toml", string.Empty);
        Assert.False(_place.Discover(null, directory: "repo/sub").IsOffline);
    }

    [Fact]
    public void All_files_are_observed()
    {
        _place.With("repo/.git/HEAD", string.Empty).With("repo/slipway.toml", "python = '3.12'\n").Folder("repo/sub");
        Assert.Equal(
            [
                ".config/slipway/config.toml Absence", "repo/.git Presence", "repo/conda-lock.yml Absence", "repo/environment.yaml Absence", "repo/environment.yml Absence", "repo/pyproject.toml Absence", "repo/requirements.txt Absence", "repo/slipway.toml Content",
                "repo/sub/.git Absence", "repo/sub/conda-lock.yml Absence", "repo/sub/environment.yaml Absence", "repo/sub/environment.yml Absence", "repo/sub/pyproject.toml Absence", "repo/sub/requirements.txt Absence", "repo/sub/slipway.toml Absence",
            ],
            _place.Observed(_place.Discover(null, directory: "repo/sub")),
            StringComparer.Ordinal);
    }

    [Fact]
    public void Settings_are_described_for_every_key()
    {
        Assert.Equal(Enum.GetValues<SettingKey>(), SettingInfo.All.Select(info => info.Key));
        Assert.All(SettingInfo.All, info => Assert.Same(info, SettingInfo.Of(info.Key)));
        Assert.Equal(SettingInfo.All, SettingInfo.In(SettingLayer.Project));
        Assert.DoesNotContain(SettingInfo.In(SettingLayer.Script), info => info.Key is SettingKey.Env or SettingKey.Requirements or SettingKey.LockPolicy);
        Assert.Equal("SLIPWAY_SYSTEM_SITE_PACKAGES", SettingInfo.Of(SettingKey.SystemSitePackages).Variable);
    }

    [Fact]
    public void Time_of_an_option_is_absolute()
    {
        Assert.Equal(CoreFailures.TimeInvalid, _place.Fail(null, new RequestSettings { ExcludeNewer = "7d" }).Code);
        Assert.Equal(new DateTimeOffset(2026, 1, 31, 10, 0, 0, TimeSpan.Zero), _place.Discover(null, new RequestSettings { ExcludeNewer = "2026-01-31T12:00:00+02:00" }).Request.Sources.ExcludeNewer);
    }
}
