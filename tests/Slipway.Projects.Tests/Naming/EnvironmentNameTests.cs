using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Projects.Naming;
using Slipway.TestKit;

namespace Slipway.Projects.Tests.Naming;

public sealed class EnvironmentNameTests
{
    [Theory]
    [InlineData("My ML Project!", "my-ml-project")]
    [InlineData("123abc", "env-123abc")]
    [InlineData("--a--", "a")]
    [InlineData("a.b/c", "a-b-c")]
    [InlineData("ÉTÉ", "ete")]
    [InlineData("E\u0301te\u0301", "ete")]
    [InlineData("Straße Łódź", "strasse-lodz")]
    [InlineData("Œuvre Čapek ĳ", "oeuvre-capek-ij")]
    [InlineData("_private", "_private")]
    [InlineData("base", "env-base")]
    [InlineData("Root", "env-root")]
    public void Any_text_suggests_a_name(string text, string expected) => Assert.Equal(expected, EnvironmentName.Suggest(text).ToString());

    [Theory]
    [InlineData("---")]
    [InlineData("")]
    [InlineData("项目")]
    [InlineData("___")]
    public void What_leaves_nothing_is_named_by_its_digest(string text) =>
        Assert.Equal($"env-{Sha256Digest.Of(text).Hex[..8]}", EnvironmentName.Suggest(text).ToString());

    [Fact]
    public void Every_suggestion_is_a_valid_name_and_stays_as_it_is() => Property.Check(3000, gen =>
    {
        var text = string.Concat(gen.List(g => g.Pick(["a", "Z", "7", "-", "_", " ", ".", "é", "中", "\0", "base", new string('x', 200), "\u0301", "/"]), 0, 6));
        var name = EnvironmentName.Suggest(text);
        Assert.True(EnvironmentName.Parse(name.ToString(), "--env").TryGet(out var parsed, out var failure), $"{text}: {failure}");
        Assert.Equal((name, name), (parsed, EnvironmentName.Suggest(name.ToString())));
    });

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("-x", "does not begin with a letter or '_'")]
    [InlineData("1a", "does not begin with a letter or '_'")]
    [InlineData("a b", "holds a character other than letters, digits, '-' and '_'")]
    [InlineData("a/../b", "holds a character other than letters, digits, '-' and '_'")]
    [InlineData("é", "does not begin with a letter or '_'")]
    [InlineData("Base", "is reserved")]
    [InlineData("micromamba", "is reserved")]
    public void Wrong_name_is_refused_with_one_that_works(string text, string why)
    {
        Assert.False(EnvironmentName.Parse(text, "--env").TryGet(out _, out var failure));
        Assert.Equal((ProjectFailures.NameRefused, ExitCode.Usage), (failure.Code, failure.Code.Exit));
        Assert.EndsWith($"{why}.", failure.Message, StringComparison.Ordinal);
        Assert.Contains(EnvironmentName.Suggest(text).ToString(), failure.Hint!, StringComparison.Ordinal);
    }

    [Fact]
    public void Name_fits_into_the_name_of_a_lock()
    {
        Assert.True(EnvironmentName.Parse(new string('a', EnvironmentName.MaxLength), "--env").IsOk);
        Assert.False(EnvironmentName.Parse(new string('a', EnvironmentName.MaxLength + 1), "--env").IsOk);
        Assert.True($"pylock.{EnvironmentName.Suggest(new string('a', 500))}.toml".Length <= 255);
    }

    [Theory]
    [InlineData("({backend}:{env_name})", "(pip:dev) ")]
    [InlineData("[{backend}]", "[pip] ")]
    [InlineData("", "")]
    public void Prompt_names_the_environment(string format, string expected)
    {
        Assert.True(PromptFormat.Check(format, "prompt").IsOk);
        Assert.Equal(expected, PromptFormat.Render(format, "pip", EnvironmentName.Suggest("dev")));
    }

    [Theory]
    [InlineData("{user}")]
    [InlineData("$(rm -rf x)")]
    [InlineData("a`b`")]
    [InlineData("a\"b")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    public void Prompt_holds_nothing_that_a_shell_acts_on(string format) =>
        Assert.Equal(ProjectFailures.PromptRefused, PromptFormat.Check(format, "prompt").Failure.Code);
}
