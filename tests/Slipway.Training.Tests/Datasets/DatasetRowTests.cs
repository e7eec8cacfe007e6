using Slipway.Core.Failures;
using Slipway.TestKit;
using Slipway.Training.Datasets;
using Slipway.Training.Grading;
using Slipway.Training.Renderers;
using Slipway.Training.Tests.Support;

namespace Slipway.Training.Tests.Datasets;

public sealed class DatasetRowTests
{
    [Theory]
    [InlineData("{\"a\":1}\n{\"a\":}\n", "x.jsonl:2:6", "no JSON")]
    [InlineData("{\"é\":1,}", "x.jsonl:1:8", "no JSON")]
    [InlineData("[1]", "x.jsonl:1", "object")]
    [InlineData("{}\n\n{}", "x.jsonl:2", "empty")]
    public async Task Bad_line_is_named(string text, string at, string word)
    {
        JsonLines.Parse(text, "x.jsonl").Fails(TrainingFailures.BadRow, at, word);
        using var reader = new StringReader(text);
        (await JsonLines.ReadAsync(reader, "x.jsonl", CancellationToken.None)).Fails(TrainingFailures.BadRow, at, word);
    }

    [Fact]
    public async Task Lines_are_read_with_any_end()
    {
        const string Text = "\uFEFF{\"a\":1}\r\n{\"a\":2}\n\n";
        Assert.Equal(2, JsonLines.Parse(Text, "x").Ok().Count);
        using var reader = new StringReader(Text[1..]);
        Assert.Equal(2, (await JsonLines.ReadAsync(reader, "x", CancellationToken.None)).Ok().Count);
        Assert.Equal(0, JsonLines.Parse("\n", "x").Ok().Count);
    }

    [Fact]
    public void Any_text_is_read_or_refused() => Property.Check(300, static gen =>
        _ = JsonLines.Parse(gen.Mutate("{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}\n{}") + gen.Pick(string.Empty, "\ud800"), "x").Then(DatasetRows.Conversations).IsOk);

    [Fact]
    public void Conversations_name_line_and_field()
    {
        const string Good = """{"prompt":"x","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}""";
        Assert.Equal("b", Rows(Good).Then(DatasetRows.Conversations).Ok()[0][1].Text);
        Rows(Good, """{"messages":[{"role":"user"}]}""").Then(DatasetRows.Conversations).Fails(TrainingFailures.BadRow, "rows:2", "messages[0].content");
    }

    [Fact]
    public void Comparisons_are_read()
    {
        const string Row = """{"comparison":{"prompt_conversation":[{"role":"user","content":"q"}],"completion_A":[{"role":"assistant","content":"a"}],"completion_B":[{"role":"assistant","content":"b"}]},"label":"B"}""";
        var comparisons = Rows(Row, Row.Replace("\"B\"", "\"Tie\"", StringComparison.Ordinal)).Then(DatasetRows.Comparisons).Ok();
        Assert.Equal(("q", "b", "a"), (comparisons[0].Pair!.Value.Chosen[0].Text, comparisons[0].Pair!.Value.Chosen[1].Text, comparisons[0].Pair!.Value.Rejected[1].Text));
        Assert.Null(comparisons[1].Pair);
        Rows(Row.Replace("\"B\"", "\"C\"", StringComparison.Ordinal)).Then(DatasetRows.Comparisons).Fails(TrainingFailures.BadRow, "rows:1", "label");
        Rows(Row.Replace("completion_A", "A", StringComparison.Ordinal)).Then(DatasetRows.Comparisons).Fails(TrainingFailures.BadRow, "comparison.completion_A is missing");
        Rows("{}").Then(DatasetRows.Comparisons).Fails(TrainingFailures.BadRow, "comparison must be an object");
    }

    [Fact]
    public void Problems_and_prompts_are_read()
    {
        Assert.Equal(new MathProblem("q", "72"), Rows("""{"question":"q","answer":"So 72.\n#### 72"}""").Then(DatasetRows.Gsm8k).Ok()[0]);
        Rows("""{"question":"q","answer":"72"}""").Then(DatasetRows.Gsm8k).Fails(TrainingFailures.NoAnswer, "rows:1");
        Assert.Equal("q", Rows("""{"question":"q","final_answer":"1"}""").Then(DatasetRows.DeepMathPrompts).Ok()[0][0].Text);
        Rows("""{"question":1}""").Then(DatasetRows.DeepMathPrompts).Fails(TrainingFailures.BadRow, "question");
        Assert.Equal("u", Rows("""{"messages":[{"role":"system","content":"s"},{"role":"user","content":"u"},{"role":"user","content":"v"}]}""").Then(DatasetRows.TuluPrompts).Ok()[0][0].Text);
        Rows("""{"messages":[{"role":"system","content":"s"}]}""").Then(DatasetRows.TuluPrompts).Fails(TrainingFailures.BadRow, "rows:1", "user");
    }

    [Fact]
    public void Helpful_and_harmless_rows_are_kept_when_only_the_last_answer_differs()
    {
        var comparisons = Rows(
            """{"chosen":"\n\nHuman: Hi \n\nAssistant: Hello","rejected":"\n\nHuman: Hi\n\nAssistant: Go away"}""",
            """{"chosen":"\n\nHuman: Hi\n\nAssistant: Hello","rejected":"\n\nHuman: Ho\n\nAssistant: Go away"}""",
            """{"chosen":"\n\nHuman: Hi\n\nAssistant: Hello","rejected":"\n\nHuman: Hi\n\nAssistant: Hello"}""",
            """{"chosen":"\n\nHuman: Hi\n\nAssistant: Hello","rejected":"\n\nHuman: Hi"}""",
            """{"chosen":"","rejected":""}""").Then(DatasetRows.HelpfulHarmless).Ok();
        var (chosen, rejected) = Assert.Single(comparisons).Pair!.Value;
        Assert.Equal(("Hi", "Hello", "Go away"), (chosen[0].Text, chosen[1].Text, rejected[1].Text));
        Assert.Equal((Role.User, Role.Assistant), (chosen[0].Role, chosen[1].Role));
        Rows("""{"chosen":"x"}""").Then(DatasetRows.HelpfulHarmless).Fails(TrainingFailures.BadRow, "rejected");
    }

    [Theory]
    [InlineData("builtin:successor", "train", 9, "What comes after 4?", "5", @"\boxed{5}")]
    [InlineData("builtin:successor-plain", "test", 9, "What comes after 4?", "5", "The next number is 5.")]
    public void Successors_are_questions_with_answers(string name, string split, int count, string question, string answer, string reply)
    {
        var dataset = BuiltinDatasets.Load(name, split).Ok();
        var talk = DatasetRows.Conversations(dataset).Ok()[4];
        Assert.Equal((count, new MathProblem(question, answer)), (dataset.Count, DatasetRows.Problems(dataset).Ok()[4]));
        Assert.Equal((question, reply), (talk[0].Text, talk[1].Text));
    }

    [Fact]
    public void Sums_are_those_of_their_batches()
    {
        var (train, test) = (BuiltinDatasets.Load("builtin:arithmetic").Ok(), BuiltinDatasets.Load("builtin:arithmetic", "test").Ok());
        var problems = DatasetRows.Problems(train).Ok();
        Assert.Equal((3200, 128), (problems.Length, test.Count));
        Assert.Equal((new MathProblem("What is 44 + 47?", "91"), new MathProblem("What is 37 + 12?", "49")), (problems[0], problems[32]));
        Assert.Equal("91", MathAnswers.ExtractBoxed(DatasetRows.Conversations(train).Ok()[0][1].Text).Ok());
    }

    [Fact]
    public void Preferences_prefer_the_right_digit_and_are_drawn_by_seed()
    {
        var comparisons = BuiltinDatasets.Load("builtin:successor-preferences").Then(DatasetRows.Comparisons).Ok();
        Assert.Equal(36, comparisons.Length);
        Assert.All(comparisons, static comparison =>
        {
            var (chosen, rejected) = comparison.Pair!.Value;
            var right = int.Parse(chosen[0].Text["What comes after ".Length..^1], System.Globalization.CultureInfo.InvariantCulture) + 1;
            Assert.Equal($@"\boxed{{{right}}}", chosen[1].Text);
            Assert.Matches(@"^\\boxed\{[0-9]\}$", rejected[1].Text);
            Assert.False(chosen[1] == rejected[1]);
        });
        Assert.Equal(2, comparisons.Select(static comparison => comparison.Label).Distinct().Count());
        Assert.Equal(Texts(0), Texts(0));
        Assert.False(Texts(0) == Texts(7));

        static string Texts(ulong seed) => string.Join('\n', BuiltinDatasets.Load("builtin:successor-preferences", "train", seed).Ok().Rows);
    }

    [Fact]
    public void Unknown_builtins_are_refused_with_what_there_is()
    {
        BuiltinDatasets.Load("builtin:succesor").Fails(TrainingFailures.UnknownBuiltin, "builtin:arithmetic");
        BuiltinDatasets.Load("builtin:successor", "dev").Fails(TrainingFailures.UnknownBuiltin, "train and test");
    }

    private static Result<Dataset> Rows(params string[] rows) => JsonLines.Parse(string.Join('\n', rows), "rows");
}
