using System.Text;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Core.Requirements;
using Slipway.Core.Scripts;
using Slipway.TestKit;

namespace Slipway.Cli.Tests.Terminal;

public sealed class FailureTextTests
{
    private static readonly FailureCode Code = new("TST0101", ExitCode.BadData, "Something is wrong.", "Do something.");

    [Fact]
    public void Failures_look_as_they_were_read()
    {
        var text = new StringBuilder();
        Add(text, new Failure(Code, "Only a sentence."));
        Add(text, new Failure(Code, "With a hint.") { Hint = "Do exactly this." });
        Add(text, new Failure(Code, "With a tool's words.") { Detail = "one\n\ntwo\r\n" });
        Add(text, new Failure(Code, "At a file.") { Location = new FailureLocation("/w/x.py") });
        Add(text, new Failure(Code, "At a line.") { Location = new FailureLocation("/w/x.py", 3, 0, "# dependencies = 3") });
        Add(text, new Failure(Code, "At a column.") { Location = new FailureLocation("/w/x.py", 3, 18, "# dependencies = 3") });
        Add(text, new Failure(Code, "After the end.") { Location = new FailureLocation("/w/x.py", 3, 4, "abc") });
        Add(text, new Failure(Code, "Far after the end.") { Location = new FailureLocation("/w/x.py", 3, 40, "abc") });
        Add(text, new Failure(Code, "Behind a tab.") { Location = new FailureLocation("/w/x.py", 1, 4, "\ta\tb") });
        Add(text, ScriptMetadata.Parse("# /// script\n# dependencies = [\n#   \"rich>>2\",\n# ]\n# ///\n", "x.py").Failure);
        Add(text, RequirementsFile.Parse("good==1\nbad ==\n", "requirements.txt").Failure);
        Add(text, Requirement.Parse("numpy @ gopher://x", new FailureLocation("--with")).Failure);
        Snapshot.Match(text.ToString());
    }

    [Fact]
    public void Nothing_in_a_failure_steers_the_terminal() => Property.Check(200, gen =>
    {
        var failure = new Failure(Code, gen.Text(1, 40) + gen.ControlCharacters(1, 3))
        {
            Detail = gen.Text(0, 40),
            Hint = gen.ControlCharacters(1, 2),
            Location = new FailureLocation(gen.Text(1, 20), 1, gen.Int(0, 20), gen.Text(0, 20)),
        };
        var lines = FailureText.Render(failure).Split('\n');
        Assert.All(lines, line => Assert.DoesNotContain(line, c => c is not '\t' && (char.IsControl(c) || c is '\u202e' or '\u2066' or '\u2028' or '\u200b')));
        Assert.StartsWith("slipway: error TST0101: ", lines[0], StringComparison.Ordinal);
    });

    [Fact]
    public void Caret_stands_under_its_column() => Property.Check(100, gen =>
    {
        var line = gen.String("ab \tc", 1, 30);
        var column = gen.Int(1, line.Length);
        var rendered = FailureText.Render(new Failure(Code, "M.") { Location = new FailureLocation("f", 1, column, line) }).Split('\n');
        var caret = rendered[3];
        Assert.Equal('^', caret[^1]);
        Assert.Equal(column - 1, caret.Length - "  | ".Length - 1);
        Assert.Equal(line[..(column - 1)].Select(c => c == '\t'), caret["  | ".Length..^1].Select(c => c == '\t'));
    });

    private static void Add(StringBuilder text, Failure failure) => text.Append(FailureText.Render(failure)).Append('\n');
}
