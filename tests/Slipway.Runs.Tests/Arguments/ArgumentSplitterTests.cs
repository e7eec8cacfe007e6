using Slipway.Core.Failures;
using Slipway.Runs.Arguments;
using Slipway.Runs.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Arguments;

public sealed class ArgumentSplitterTests
{
    private static readonly string[] Awkward =
        ["@file", "-h", "--help", "--json", "--", "", " ", "-m", "-", "--with", "--with=x", "a b", "'\"", "ü\uDCFF", "\n", "-1"];

    [Fact]
    public void Tail_is_the_workloads_byte_for_byte() => Property.Check(400, gen =>
    {
        IReadOnlyList<string> head = gen.Pick<IReadOnlyList<string>>([], ["--with", "a"], ["--quiet", "--with=b"], ["--env-var", "-x=--json"]);
        IReadOnlyList<string> target = gen.Pick<IReadOnlyList<string>>(["x.py"], ["-m", "mod"], ["-"], ["--", "x.py"], ["--", "--json"], ["--", "-m"]);
        var tail = gen.List(g => g.OneIn(3) ? g.Text(0, 12) : g.Pick(Awkward), 0, 8);
        var split = Split([.. head, .. target, .. tail]);
        Same.Items(tail, split.Tail);
        Assert.Equal(target[^1], split.Target!.Text);
        Assert.False(split.HelpAsked);
        Assert.False(split.Has(RunOptions.Json));
    });

    [Theory]
    [InlineData("--env")]
    [InlineData("--channel")]
    [InlineData("--with")]
    [InlineData("--requirements")]
    [InlineData("--extra")]
    [InlineData("--group")]
    [InlineData("--exclude-newer")]
    [InlineData("--python")]
    [InlineData("--backend")]
    [InlineData("--index-url")]
    [InlineData("--find-links")]
    [InlineData("--env-var")]
    [InlineData("--secret")]
    [InlineData("--on")]
    [InlineData("--gpus")]
    [InlineData("--gpu-wait")]
    [InlineData("--name")]
    [InlineData("--max-duration")]
    [InlineData("--max-log")]
    [InlineData("--report")]
    public void Option_with_a_value_has_two_forms(string name)
    {
        var apart = Split(name, "v=--w", "x.py", name, "tail");
        var joined = Split($"{name}=v=--w", "x.py");
        Assert.Equal("v=--w", Assert.Single(apart.Options).Value);
        Same.Items(apart.Options, joined.Options);
        Same.Items([name, "tail"], apart.Tail);
        Assert.Equal(string.Empty, Assert.Single(Split($"{name}=", "x.py").Options).Value);
    }

    [Theory]
    [InlineData("--locked")]
    [InlineData("--no-lock")]
    [InlineData("--bootstrap")]
    [InlineData("--system-site-packages")]
    [InlineData("--refresh")]
    [InlineData("--offline")]
    [InlineData("--detach")]
    [InlineData("--stdin")]
    [InlineData("--explain")]
    [InlineData("--quiet")]
    [InlineData("--tty")]
    [InlineData("--verbose")]
    [InlineData("--json")]
    [InlineData("--no-color")]
    [InlineData("--yes")]
    public void Switch_takes_no_value(string name)
    {
        Assert.Equal(name, Assert.Single(Split(name, "x.py").Options).Option.Name);
        Assert.Equal($"{name} takes no value.", Wrong($"{name}=1", "x.py").Message);
    }

    [Fact]
    public void Every_option_of_run_is_covered_above() => Assert.Equal(35, RunOptions.ForRun.Length);

    [Fact]
    public void Repeatable_option_keeps_the_order()
    {
        var split = Split("--with", "a", "--offline", "--with=b", "x.py");
        Same.Items(["a", "b"], split.Values(RunOptions.With));
        Assert.Equal("b", split.Value(RunOptions.With));
    }

    [Theory]
    [InlineData("--python", "3.12")]
    [InlineData("--offline", null)]
    public void Option_given_twice_is_refused(string name, string? value)
    {
        string[] once = value is null ? [name] : [name, value];
        Assert.Equal($"{name} is given twice.", Wrong([.. once, .. once, "x.py"]).Message);
    }

    [Theory]
    [InlineData("--wiht", "--with")]
    [InlineData("--requirement", "--requirements")]
    [InlineData("--pyhton=3.12", "--python")]
    [InlineData("--index", "--index-url")]
    [InlineData("--env-vra", "--env-var")]
    [InlineData("--no-colour", "--no-color")]
    [InlineData("-offline", "--offline")]
    public void Mistyped_option_is_answered_with_the_nearest(string typed, string meant) =>
        Assert.EndsWith($"is not an option of this command; did you mean {meant}?", Wrong(typed, "x.py").Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("--zzzzzz")]
    [InlineData("-x")]
    [InlineData("--=v")]
    public void Unknown_option_without_a_near_one_is_only_refused(string typed) =>
        Assert.EndsWith("is not an option of this command.", Wrong(typed, "x.py").Message, StringComparison.Ordinal);

    [Fact]
    public void Value_of_an_unknown_option_is_not_repeated() => Assert.DoesNotContain("hunter2", Wrong("--token=hunter2", "x.py").Message, StringComparison.Ordinal);

    [Fact]
    public void Missing_value_names_what_is_missing() => Assert.Equal("--with needs REQUIREMENT.", Wrong("--with").Message);

    [Fact]
    public void Module_without_a_name_is_refused()
    {
        Assert.Equal("-m needs the name of a module.", Wrong("-m").Message);
        Assert.Equal("-m needs the name of a module.", Wrong("-m", "").Message);
    }

    [Fact]
    public void Module_takes_the_next_word_whatever_it_is()
    {
        var split = Split("--offline", "-m", "--json", "-h");
        Assert.Equal(new RunTarget(TargetForm.Module, "--json"), split.Target);
        Same.Items(["-h"], split.Tail);
    }

    [Fact]
    public void Dash_is_standard_input_also_after_two_dashes()
    {
        Assert.Equal(TargetForm.StandardInput, Split("-", "a").Target!.Form);
        Assert.Equal(TargetForm.StandardInput, Split("--", "-", "a").Target!.Form);
    }

    [Fact]
    public void Two_dashes_make_the_next_word_the_target()
    {
        var split = Split("--with", "a", "--", "-x.py", "--", "b");
        Assert.Equal(new RunTarget(TargetForm.Word, "-x.py"), split.Target);
        Same.Items(["--", "b"], split.Tail);
    }

    [Fact]
    public void Empty_target_is_refused() => Assert.Equal("The target is an empty word.", Wrong("", "a").Message);

    [Theory]
    [InlineData]
    [InlineData("--")]
    [InlineData("--offline")]
    public void No_target_is_no_error_of_the_splitter(params string[] words) => Assert.Null(Split(words).Target);

    [Fact]
    public void Help_counts_only_before_the_target()
    {
        Assert.True(Split("-h").HelpAsked);
        Assert.True(Split("--with", "a", "--help", "x.py").HelpAsked);
        Assert.False(Split("x.py", "--help").HelpAsked);
    }

    [Fact]
    public void Any_words_are_split_or_refused_with_a_coded_failure() => Property.Check(500, gen =>
    {
        var words = gen.List(g => g.OneIn(2) ? g.Pick(Awkward) : g.Pick(RunOptions.ForRun.Select(option => option.Name).ToArray()), 0, 6).ToArray();
        var result = ArgumentSplitter.Split(words, RunOptions.ForRun);
        Assert.True(result.IsOk || result.Failure.Code.Exit is ExitCode.Usage);
    });

    [Theory]
    [InlineData(true, "--bogus", "--json", "x.py")]
    [InlineData(true, "--with", "a", "--json")]
    [InlineData(false, "--with", "--json", "--bogus")]
    [InlineData(false, "--bogus", "x.py", "--json")]
    [InlineData(false, "-m", "--json")]
    [InlineData(false, "--", "--json")]
    public void Switch_is_found_in_a_wrong_head(bool expected, params string[] words) =>
        Assert.Equal(expected, ArgumentSplitter.HasInHead(words, RunOptions.ForRun, RunOptions.Json));

    private static RunArguments Split(params string[] words) => ArgumentSplitter.Split(words, RunOptions.ForRun).Value;

    private static Failure Wrong(params string[] words)
    {
        var failure = ArgumentSplitter.Split(words, RunOptions.ForRun).Failure;
        Assert.Same(RunFailures.Usage, failure.Code);
        return failure;
    }
}
