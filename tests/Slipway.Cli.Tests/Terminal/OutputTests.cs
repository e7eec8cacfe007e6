using System.Text.Json;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;

namespace Slipway.Cli.Tests.Terminal;

public sealed class OutputTests : IDisposable
{
    private static readonly FailureCode Code = new("TST0101", ExitCode.Busy, "Something is wrong.", "Do something.");
    private readonly StringWriter _data = new();
    private readonly StringWriter _people = new();

    public void Dispose()
    {
        _data.Dispose();
        _people.Dispose();
    }

    [Fact]
    public void Failure_for_people_leaves_the_data_alone()
    {
        Assert.Equal(75, New(json: false).Fail(new Failure(Code, "Wrong.")));
        Assert.Equal(string.Empty, _data.ToString());
        Assert.Equal("slipway: error TST0101: Wrong.\n  hint: Do something.\n", _people.ToString());
    }

    [Fact]
    public void Failure_for_programs_is_one_document()
    {
        Assert.Equal(75, New(json: true).Fail(new Failure(Code, "It's \"<wrong>\" \u001b[2J.") { Location = new FailureLocation("f", 2, 3, "x"), Detail = "d" }));
        using var document = JsonDocument.Parse(_data.ToString());
        var root = document.RootElement;
        Assert.Equal("slipway.error/1", root.GetProperty("schema").GetString());
        Assert.Equal("It's \"<wrong>\" \u001b[2J.", root.GetProperty("message").GetString());
        Assert.Equal(75, root.GetProperty("exit_code").GetInt32());
        Assert.Equal(2, root.GetProperty("location").GetProperty("line").GetInt32());
        Assert.DoesNotContain("\\u003C", _data.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', _data.ToString());
        Assert.Equal(string.Empty, _people.ToString());
    }

    [Fact]
    public void Text_that_is_not_unicode_is_still_json()
    {
        New(json: true).Fail(new Failure(Code, "s\uDCFF.py"));
        using var document = JsonDocument.Parse(_data.ToString());
        Assert.Equal("s\uFFFD.py", document.RootElement.GetProperty("message").GetString());
    }

    [Fact]
    public void Quiet_says_nothing_but_errors()
    {
        var output = New(json: false) with { IsQuiet = true };
        output.Say("words");
        Assert.Equal(string.Empty, _people.ToString());
        output.Fail(new Failure(Code, "Wrong."));
        Assert.Contains("Wrong.", _people.ToString(), StringComparison.Ordinal);
    }

    private Output New(bool json) => new(json, IsQuiet: false, IsVerbose: false, UsesColor: false) { Data = _data, People = _people };
}
