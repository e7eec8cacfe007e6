using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Projects.Discovery;
using Slipway.TestKit;

namespace Slipway.Projects.Tests.Discovery;

public sealed class RequirementFileTests : IDisposable
{
    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Includes_constraints_and_hashes_are_followed_relative_to_their_file()
    {
        var hash = new string('a', 64);
        _place.With("requirements.txt", $"one\n-r sub/more.txt\n-c sub/bounds.txt\ntwo==2 --hash=sha256:{hash}\n")
            .With("sub/more.txt", "three\n-r deep.txt\n")
            .With("sub/deep.txt", "four\n")
            .With("sub/bounds.txt", "five<5\n-r six.txt\n")
            .With("sub/six.txt", "six\n")
            .With("a.py", "print()\n");

        var found = _place.Discover("a.py");

        Assert.Equal(["four", "one", "three", $"two==2 --hash=sha256:{hash}"], found.Request.Requirements.Select(package => package.ToLine()).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(["five<5", "six"], found.Request.Constraints.Select(package => package.ToLine()).Order(StringComparer.Ordinal), StringComparer.Ordinal);

        // A conflict says where a constraint stands that takes part in it.
        var five = found.ConstraintPlaces.Single(place => place.Name == "five").Location;
        var conflict = new Failure(EnvironmentFailures.Conflict, "It failed: the request is five==5; the constraint is five<5.1; the constraint is five-more<5.");
        Assert.Equal(
            $"It failed: the request is five==5; the constraint is five<5.1 ({five.Source}:{five.Line}); the constraint is five-more<5.", found.WithPlaces(conflict).Message);
        Assert.EndsWith($"five<5 ({five.Source}:{five.Line}).", found.WithPlaces(conflict with { Message = "It failed: the constraint is five<5." }).Message, StringComparison.Ordinal);
        Assert.Equal(
            [
                ".config/slipway/config.toml Absence", ".python-version Absence", ".tool-versions Absence", "a.py ScriptBlock", "conda-lock.yml Absence", "environment.yaml Absence", "environment.yml Absence", "pylock.toml Absence", "pyproject.toml Absence",
                "requirements.txt Content", "slipway.toml Absence", "sub/bounds.txt Content", "sub/deep.txt Content", "sub/more.txt Content", "sub/six.txt Content",
                "uv.lock Absence", "uv.toml Absence",
            ],
            _place.Observed(found),
            StringComparer.Ordinal);
        Assert.Equal(_place.At("requirements.txt"), found.Origin);
    }

    [Fact]
    public void Same_file_twice_is_no_circle()
    {
        _place.With("requirements.txt", "-r a.txt\n-r b.txt\n").With("a.txt", "-r c.txt\n").With("b.txt", "-r c.txt\n").With("c.txt", "one\n");
        Assert.Single(_place.Discover(null).Request.Requirements.Select(package => package.ToLine()).Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public void Circle_and_missing_file_are_named_at_the_line_that_includes_them()
    {
        var circle = _place.With("requirements.txt", "one\n-r b.txt\n").With("b.txt", "\n\n-r requirements.txt\n").Fail(null);
        Assert.Equal((ProjectFailures.IncludeCycle, _place.At("b.txt"), 3), (circle.Code, circle.Location!.Source, circle.Location.Line));

        var missing = _place.With("requirements.txt", "one\n-c gone.txt\n").Fail(null);
        Assert.Equal((ProjectFailures.UnreadableFile, _place.At("requirements.txt"), 2), (missing.Code, missing.Location!.Source, missing.Location.Line));
        Assert.Contains("gone.txt", missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bar @ https://h/bar-1.0-py3-none-any.whl")]
    [InlineData("bar @ file:///h/bar-1.0-py3-none-any.whl")]
    [InlineData("./bar")]
    public void Constraint_that_names_a_url_or_a_path_is_refused_with_file_and_line(string line)
    {
        var failure = _place.With("requirements.txt", "bar\n-c bounds.txt\n").With("bounds.txt", $"one<2\n{line}\n").With("bar/pyproject.toml", "[project]\nname = \"bar\"\n").Fail(null);

        Assert.Equal(Environments.EnvironmentFailures.UnsupportedSource, failure.Code);
        Assert.Equal((_place.At("bounds.txt"), 2), (failure.Location!.Source, failure.Location.Line));
    }

    [Theory]
    [InlineData("--index-url https://h/simple")]
    [InlineData("--extra-index-url https://h/simple")]
    [InlineData("-i https://h/simple")]
    [InlineData("--find-links wheels")]
    [InlineData("--trusted-host h")]
    [InlineData("--no-binary :all:")]
    [InlineData("-e .")]
    [InlineData("--pre")]
    [InlineData("one --global-option=x")]
    public void Options_of_pip_are_refused_with_file_and_line(string line)
    {
        var failure = _place.With("requirements.txt", $"# comment\none\n{line}\n").Fail(null);

        Assert.Equal(ExitCode.Refused, failure.Code.Exit);
        Assert.Equal((_place.At("requirements.txt"), 3), (failure.Location!.Source, failure.Location.Line));
    }

    [Fact]
    public void File_named_by_an_option_must_be_there_and_adds_to_the_nearest()
    {
        _place.With("requirements.txt", "one\n").With("more.txt", "two\n");
        Assert.Equal(["one", "two"], _place.Discover(null, new RequestSettings { RequirementFiles = ["more.txt"] }).Request.Requirements.Select(package => package.ToLine()), StringComparer.Ordinal);
        var failure = _place.Fail(null, new RequestSettings { RequirementFiles = ["gone.txt"] });
        Assert.Equal((ProjectFailures.UnreadableFile, ExitCode.NotFound), (failure.Code, failure.Code.Exit));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_named()
    {
        File.WriteAllBytes(_place.At("requirements.txt"), [0x6f, 0x6b, 0x0a, 0xff, 0xfe]);
        var failure = _place.Fail(null);
        Assert.Equal(ExitCode.BadData, failure.Code.Exit);
        Assert.Contains("not UTF-8", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Byte_order_mark_is_no_part_of_a_name()
    {
        _place.With("requirements.txt", "\ufeffone\n");
        Assert.Equal("one", Assert.Single(_place.Discover(null).Request.Requirements).ToLine());
    }

    [Fact]
    public void Search_goes_up_to_the_repository_and_no_further()
    {
        _place.With("requirements.txt", "above\n").With("repo/.git/HEAD", string.Empty).With("repo/sub/a.py", "print()\n");

        var none = _place.Discover("repo/sub/a.py");
        Assert.Empty(none.Request.Requirements);
        Assert.Equal("no declaration", none.Origin);
        Assert.Equal(
            [
                ".config/slipway/config.toml Absence", "repo/.git Presence", "repo/.python-version Absence", "repo/.tool-versions Absence", "repo/conda-lock.yml Absence", "repo/environment.yaml Absence",
                "repo/environment.yml Absence", "repo/pyproject.toml Absence",
                "repo/requirements.txt Absence", "repo/slipway.toml Absence", "repo/sub/.git Absence", "repo/sub/.python-version Absence", "repo/sub/.tool-versions Absence",
                "repo/sub/a.py ScriptBlock", "repo/sub/conda-lock.yml Absence", "repo/sub/environment.yaml Absence", "repo/sub/environment.yml Absence", "repo/sub/pyproject.toml Absence", "repo/sub/requirements.txt Absence", "repo/sub/slipway.toml Absence",
            ],
            _place.Observed(none),
            StringComparer.Ordinal);

        _place.With("repo/requirements.txt", "inside\n");
        Assert.Equal("inside", Assert.Single(_place.Discover("repo/sub/a.py").Request.Requirements).ToLine());
    }

    [Fact]
    public void Search_ends_at_home_and_looks_there()
    {
        using var inner = new Place();
        inner.With("home/requirements.txt", "mine\n").With("requirements.txt", "others\n").Folder("home/p").Folder("empty/p").Variable("HOME", inner.At("home"));

        Assert.Equal("mine", Assert.Single(inner.Discover(null, directory: "home/p").Request.Requirements).ToLine());
        inner.Variable("HOME", inner.At("empty"));
        Assert.Empty(inner.Discover(null, directory: "empty/p").Request.Requirements);
    }

    [Fact]
    public void Nearest_file_wins()
    {
        _place.With("requirements.txt", "far\n").With("sub/requirements.txt", "near\n").Folder("sub/deep");
        Assert.Equal("near", Assert.Single(_place.Discover(null, directory: "sub/deep").Request.Requirements).ToLine());
    }

    [Theory]
    [InlineData("3.11\n", "==3.11.*")]
    [InlineData("# comment\n\n  3.11.7  \n3.9\n", "==3.11.7.*")]
    [InlineData("system\n", null)]
    [InlineData("", null)]
    [InlineData("3.11 # mine\n", "==3.11.*")]
    [InlineData("\ufeff3.11\r\n", "==3.11.*")]
    public void Pin_file_is_read_as_pyenv_does(string text, string? wish) =>
        Assert.Equal(wish, _place.With(".python-version", text).Discover(null).Request.Python?.Text);

    [Fact]
    public void Garbage_in_a_pin_file_is_named_with_its_line()
    {
        var failure = _place.With(".python-version", "# pin\n$(rm -rf)\n").Fail(null);
        Assert.Equal((_place.At(".python-version"), 2), (failure.Location!.Source, failure.Location.Line));
        Assert.Equal(ExitCode.BadData, failure.Code.Exit);
    }

    [RequiresFact(Capability.OtherUser)]
    public void Folder_named_like_a_declaration_is_passed_over()
    {
        _place.Folder("requirements.txt").Folder(".python-version");
        Assert.Equal("no declaration", _place.Discover(null).Origin);
    }
}
