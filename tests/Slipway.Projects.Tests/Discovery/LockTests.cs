using Slipway.Core.Failures;
using Slipway.Projects.Discovery;

namespace Slipway.Projects.Tests.Discovery;

public sealed class LockTests : IDisposable
{
    private const string Head = "lock-version = '1.0'\ncreated-by = 'tool'\n";
    private const string Empty = "packages = []\n";
    private const string Project = "[project]\nname='p'\ndependencies=['one']\noptional-dependencies.gpu=['torch']\n[dependency-groups]\ndev=['ruff']\n";

    private static readonly RequestSettings Locked = new() { Locked = true };
    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    private static string Ours(params string[] lines) =>
        $"{Head}{Empty}[tool.slipway]\nrequirements = [{string.Join(", ", lines.Select(line => $"'{line}'"))}]\n";

    [Fact]
    public void Lock_beside_the_declaration_is_put_on_the_request()
    {
        _place.With("app/pyproject.toml", Project).With("app/pylock.toml", Ours("one")).With("pylock.toml", Ours("other")).Folder("app/sub");
        var found = _place.Discover(null, directory: "app/sub");
        Assert.Equal((_place.At("app/pylock.toml"), false), (found.Request.Lock!.Path, found.Request.Lock.IsStrict));
        Assert.Equal($"{_place.At("app/pyproject.toml")}, locked by {_place.At("app/pylock.toml")}", found.Origin);
        Assert.Contains("app/pylock.toml Content", _place.Observed(found), StringComparer.Ordinal);
        Assert.Empty(found.Warnings);
        Assert.True(_place.Discover(null, Locked, "app/sub").Request.Lock!.IsStrict);
    }

    [Theory]
    [InlineData("one", "", "two", "two is needed, and the lock does not know it")]
    [InlineData("one two", "", "", "the lock answers two, which is no longer needed")]
    [InlineData("one", "gpu", "", "torch is needed")]
    public void Stale_lock_is_left_out_aloud_or_refused(string answered, string extra, string with, string words)
    {
        _place.With("pyproject.toml", Project).With("pylock.toml", Ours(answered.Split(' ')));
        var settings = new RequestSettings { Extras = Words(extra), With = Words(with) };
        var found = _place.Discover(null, settings);
        Assert.Null(found.Request.Lock);
        Assert.Contains(words, Assert.Single(found.Warnings), StringComparison.Ordinal);
        Assert.EndsWith("It is left out, and versions are resolved anew.", found.Warnings[0], StringComparison.Ordinal);

        var failure = _place.Fail(null, settings with { Locked = true });
        Assert.Equal((ProjectFailures.LockRefused, ExitCode.Refused), (failure.Code, failure.Code.Exit));
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Own_lock_that_answers_extras_is_taken()
    {
        _place.With("pyproject.toml", Project).With("pylock.toml", Ours("torch", "one"));
        var found = _place.Discover(null, new RequestSettings { Extras = ["GPU"], Locked = true });
        Assert.Equal(["gpu"], found.Request.Lock!.Extras, StringComparer.Ordinal);
    }

    [Fact]
    public void Locked_without_a_lock_is_refused()
    {
        var beside = _place.With("requirements.txt", "one\n").Fail(null, Locked);
        Assert.Equal((ProjectFailures.LockMissing, ExitCode.NotFound), (beside.Code, beside.Code.Exit));
        Assert.Contains(_place.At("pylock.toml"), beside.Message, StringComparison.Ordinal);
        Assert.Equal(ProjectFailures.LockMissing, _place.With("a.py", "# /// script\n# dependencies = []\n# ///\n").Fail("a.py", Locked).Code);
    }

    [Theory]
    [InlineData("extras = ['GPU', 'cpu']\n", "gpu", "", null)]
    [InlineData("extras = ['gpus']\n", "gpu", "", "does not support the extra gpu; did you mean gpus?")]
    [InlineData("", "gpu", "", "made without any extra")]
    [InlineData("dependency-groups = ['dev']\n", "", "dev", null)]
    [InlineData("dependency-groups = ['docs']\n", "", "dev", "does not support the dependency group dev")]
    public void Lock_of_another_tool_supports_what_it_says(string supports, string extra, string group, string? words)
    {
        _place.With("pyproject.toml", Project).With("pylock.toml", Head + supports + Empty);
        var settings = new RequestSettings { Extras = Words(extra), Groups = Words(group) };
        if (words is null)
        {
            var found = _place.Discover(null, settings);
            Assert.Equal((extra, group), (string.Join(' ', found.Request.Lock!.Extras), string.Join(' ', found.Request.Lock.Groups)));
            return;
        }

        var failure = _place.Fail(null, settings);
        Assert.Equal(ProjectFailures.LockRefused, failure.Code);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lock_of_another_tool_cannot_answer_what_options_add()
    {
        _place.With("pyproject.toml", Project).With("pylock.toml", Head + Empty).With("more.txt", "more\n");
        Assert.NotNull(_place.Discover(null).Request.Lock);
        Assert.Contains("--with two", Assert.Single(_place.Discover(null, new RequestSettings { With = ["two"] }).Warnings), StringComparison.Ordinal);
        Assert.NotNull(_place.Discover(null, new RequestSettings { RequirementFiles = ["pyproject.toml"] }).Request.Lock);
        Assert.Contains("more.txt", _place.Fail(null, Locked with { RequirementFiles = ["more.txt"] }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Named_lock_alone_says_what_is_needed()
    {
        _place.With("locks/pylock.gpu.toml", Ours("one==1", "two"));
        var found = _place.Discover(null, new RequestSettings { RequirementFiles = ["locks/pylock.gpu.toml"] });
        Assert.Equal(("one==1 | two", _place.At("locks/pylock.gpu.toml")), (Place.Asked(found), found.Origin));
        Assert.Equal(_place.At("locks/pylock.gpu.toml"), found.Request.Lock!.Path);
        Assert.Equal(ProjectFailures.LockRefused, _place.Fail(null, new RequestSettings { RequirementFiles = ["locks/pylock.gpu.toml"], With = ["x"] }).Code);
    }

    [Fact]
    public void Named_lock_wins_over_the_one_beside_and_two_are_refused()
    {
        _place.With("pyproject.toml", Project).With("pylock.toml", Ours("other")).With("pylock.a.toml", Ours("one"));
        var found = _place.Discover(null, Locked with { RequirementFiles = ["pylock.a.toml"] });
        Assert.Equal(_place.At("pylock.a.toml"), found.Request.Lock!.Path);
        Assert.Contains("Two locks", _place.Fail(null, new RequestSettings { RequirementFiles = ["pylock.a.toml", "pylock.toml"] }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Malformed_lock_is_named_at_its_line()
    {
        var failure = _place.With("requirements.txt", "one\n").With("pylock.toml", "lock-version = '9'\n").Fail(null);
        Assert.Equal((_place.At("pylock.toml"), 1, ExitCode.BadData), (failure.Location!.Source, failure.Location.Line, failure.Code.Exit));
    }

    private static System.Collections.Immutable.ImmutableArray<string> Words(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
}
