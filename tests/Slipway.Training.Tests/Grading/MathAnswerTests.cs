using Slipway.TestKit;
using Slipway.Training.Grading;
using Slipway.Training.Renderers;
using Slipway.Training.Tests.Support;

namespace Slipway.Training.Tests.Grading;

public sealed class MathAnswerTests
{
    [Theory]
    [InlineData(@"So \boxed{42}.", "42")]
    [InlineData(@"\boxed{1} and then \boxed{\frac{1}{2}}", @"\frac{1}{2}")]
    [InlineData(@"\boxed 7", "7")]
    [InlineData(@"$\boxed 7$ it is", "7")]
    [InlineData(@"\boxed {7}", "7")]
    [InlineData(@"\boxed{}", "")]
    [InlineData(@"{ \boxed{3}", "3")]
    [InlineData(@"\boxed{3} or \boxed{4", "3")]
    public void Box_is_found(string text, string answer) => Assert.Equal(answer, MathAnswers.ExtractBoxed(text).Ok());

    [Theory]
    [InlineData("")]
    [InlineData("42")]
    [InlineData(@"\boxed{42")]
    [InlineData(@"\boxed")]
    [InlineData(@"\boxed ")]
    [InlineData(@"\boxedfour")]
    public void No_box_is_a_failure(string text) => MathAnswers.ExtractBoxed(text).Fails(TrainingFailures.NoAnswer, "boxed");

    [Theory]
    [InlineData("#### 1,234", "1234")]
    [InlineData("####: 55", "55")]
    [InlineData("3 + 4 = 7\n#### 7\n", "7")]
    [InlineData("#### 7\n#### 8", "8")]
    [InlineData("#### 7\nor #### 8", "7")]
    [InlineData("The total is #### 99 dollars.", "99 dollars.")]
    public void Answer_of_a_solution_is_found(string text, string answer) => Assert.Equal(answer, MathAnswers.ExtractGsm8k(text).Ok());

    [Fact]
    public void Solution_without_an_answer_is_a_failure() => MathAnswers.ExtractGsm8k("Seven.").Fails(TrainingFailures.NoAnswer, "####");

    [Fact]
    public void Any_box_is_read_back() => Property.Check(300, static gen =>
    {
        var content = gen.Text(0, 20).Replace("{", string.Empty, StringComparison.Ordinal).Replace("}", string.Empty, StringComparison.Ordinal);
        Assert.Equal($"{{{content}}}", MathAnswers.ExtractBoxed($@"{gen.Text(0, 10)}\boxed{{{{{content}}}}}").Ok());
        _ = MathAnswers.ExtractBoxed(gen.Mutate(gen.Mutate(@"\boxed{\boxed{1}} \boxed 7")));
    });

    [Theory]
    [InlineData(@"\boxed{")]
    [InlineData(@"\boxed")]
    public void Boxes_without_end_take_no_time(string box)
    {
        var started = System.Diagnostics.Stopwatch.StartNew();
        Assert.False(MathAnswers.ExtractBoxed(string.Concat(Enumerable.Repeat(box, 100_000))).IsOk);
        Assert.True(started.Elapsed < TimeSpan.FromSeconds(5), $"It took {started.Elapsed}.");
    }

    [Fact]
    public void Question_follows_its_example()
    {
        var asked = MathPrompts.Ask("What is 2 + 2?", MathPrompts.FewShot);
        Assert.Equal((3, Role.User, @"What is 2 + 2? Write your answer in \boxed{} format."), (asked.Length, asked[2].Role, asked[2].Text));
        Assert.Equal("3", MathAnswers.ExtractBoxed(asked[1].Text).Ok());
    }
}
