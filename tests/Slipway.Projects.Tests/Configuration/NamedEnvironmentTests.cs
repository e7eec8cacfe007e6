using Slipway.Core.Failures;
using Slipway.Core.Locks;
using Slipway.Projects.Configuration;
using Slipway.Projects.Discovery;
using Slipway.Projects.Tests.Discovery;

namespace Slipway.Projects.Tests.Configuration;

public sealed class NamedEnvironmentTests : IDisposable
{
    private const string Envs =
        """
        python = ">=3.9"
        [envs.dev]
        groups = ["lint"]
        [envs.prod]
        python = "3.11"
        requirements = ["requirements-prod.txt"]
        """;

    private readonly Place _place = new();

    public NamedEnvironmentTests() => _place
        .With("slipway.toml", Envs)
        .With("pyproject.toml", "[project]\nname = 'p'\ndependencies = ['a']\n[dependency-groups]\nlint = ['ruff']\n")
        .With("requirements-prod.txt", "gunicorn\n")
        .Folder("sub");

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Environment_says_what_is_needed_in_place_of_the_project()
    {
        var dev = _place.Discover(null, new RequestSettings { Env = "dev" }, "sub");
        Assert.Equal(("a | ruff", ">=3.9", "dev"), (Place.Asked(dev), dev.Request.Python!.ToString(), dev.Environment!.Value.ToString()));
        var prod = _place.Discover(null, new RequestSettings { Env = "PROD" });
        Assert.Equal(("gunicorn", "==3.11.*"), (Place.Asked(prod), prod.Request.Python!.ToString()));
        Assert.Equal(_place.At("requirements-prod.txt"), prod.Origin);
        Assert.Equal(($"commands in {_place.At("sub")} with dev", $"commands in {_place.Root} with prod"), (dev.Subject.Name, prod.Subject.Name));
    }

    [Fact]
    public void Chosen_by_flag_then_variable_then_use_then_file_then_being_alone()
    {
        string Name() => _place.Discover(null).Environment!.Value.ToString();
        var none = _place.Fail(null);
        Assert.Equal((ProjectFailures.EnvironmentUnknown, _place.At("slipway.toml")), (none.Code, none.Location!.Source));
        Assert.Contains("dev, prod", none.Message, StringComparison.Ordinal);

        _place.With("slipway.toml", $"env = 'dev'\n{Envs}");
        Assert.Equal("dev", Name());
        _place.With(".slipway/active", "prod\n");
        Assert.Equal("prod", Name());
        _place.Variable("SLIPWAY_ENV", "dev");
        Assert.Equal("dev", Name());
        Assert.Equal("prod", _place.Discover(null, new RequestSettings { Env = "prod" }).Environment!.Value.ToString());

        using var alone = new Place();
        Assert.Equal("only", alone.With("slipway.toml", "[envs.only]\n").Discover(null).Environment!.Value.ToString());
    }

    [Fact]
    public void Unknown_environment_suggests_the_nearest()
    {
        var failure = _place.Fail(null, new RequestSettings { Env = "prid" });
        Assert.Equal("--env: the project declares no environment prid; did you mean prod?", failure.Message);
        _place.With(".slipway/active", "gone\n");
        failure = _place.Fail(null);
        Assert.Equal((_place.At(".slipway/active"), 1), (failure.Location!.Source, failure.Location.Line));
        Assert.Contains("slipway env use", failure.Hint!, StringComparison.Ordinal);
    }

    [Fact]
    public void What_use_remembers_is_observed_and_its_absence_too()
    {
        var settings = new RequestSettings { Env = "dev" };
        Assert.Contains(".slipway/active Absence", _place.Observed(_place.Discover(null, settings)), StringComparer.Ordinal);
        _place.With(".slipway/active", "prod");
        Assert.Contains(".slipway/active Content", _place.Observed(_place.Discover(null, settings)), StringComparer.Ordinal);
    }

    [Fact]
    public void Script_with_its_own_header_needs_no_environment_and_contradicts_a_named_one()
    {
        _place.With("a.py", "# /// script\n# dependencies = []\n# ///\n").Variable("SLIPWAY_ENV", "dev");
        Assert.Null(_place.Discover("a.py").Environment);
        Assert.Equal(ProjectFailures.EnvironmentUnknown, _place.Fail("a.py", new RequestSettings { Env = "dev" }).Code);
    }

    [Fact]
    public void Each_environment_has_its_own_lock()
    {
        _place.With("pylock.toml", "not read").With("pylock.dev.toml", "not a lock");
        Assert.Equal(_place.At("pylock.dev.toml"), _place.Fail(null, new RequestSettings { Env = "dev" }).Location!.Source);
        Assert.Null(_place.Discover(null, new RequestSettings { Env = "prod" }).Request.Lock);
        Assert.True(PylockFileName.IsValid("pylock.dev.toml"));
    }

    [Theory]
    [InlineData("[envs.base]\n", "is reserved", 1)]
    [InlineData("[envs.'a b']\n", "holds a character", 1)]
    [InlineData("[envs.dev]\n[envs.Dev]\n", "Dev and dev are one name", 2)]
    [InlineData("[envs.dev]\nenv = 'x'\n", "envs.dev.env is not a known setting", 2)]
    [InlineData("[envs.dev]\nreqirements = []\n", "did you mean requirements?", 2)]
    [InlineData("envs = 1\n", "envs must be a table", 1)]
    [InlineData("name = 'default'\n", "is reserved", 1)]
    [InlineData("lock-policy = 'stric'\n", "none of warn, strict, ignore", 1)]
    [InlineData("channels = ['https://u:secret@h/c']\n", "user name or a password", 1)]
    [InlineData("channels = ['-x']\n", "is not a channel", 1)]
    [InlineData("prompt = '$(x)'\n", "a shell acts on", 1)]
    public void Mistake_names_its_line(string text, string words, int line)
    {
        using var place = new Place();
        var failure = place.With("slipway.toml", text).Fail(null);
        Assert.Equal((place.At("slipway.toml"), line), (failure.Location!.Source, failure.Location.Line));
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_that_only_a_project_has_are_refused_elsewhere()
    {
        var failure = _place.With(".config/slipway/config.toml", "requirements = ['x']\n").Fail(null);
        Assert.Equal(ProjectFailures.UnknownSetting, failure.Code);
        Assert.Null(SettingInfo.Of(SettingKey.Requirements).Variable);
    }

    [Fact]
    public void Prompt_that_a_shell_shows_is_no_setting() =>
        Assert.Null(_place.Variable("SLIPWAY_PROMPT", "(pip:other) ").Configured(null)[SettingKey.Prompt]);
}
