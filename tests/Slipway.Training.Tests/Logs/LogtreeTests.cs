using System.Text.Json;
using System.Xml.Linq;
using Slipway.TestKit;
using Slipway.Training.Logs;

namespace Slipway.Training.Tests.Logs;

public sealed class LogtreeTests
{
    [Fact]
    public void Tree_as_json_and_as_page()
    {
        var log = Example();
        Snapshot.Match($"{log.ToJson()}\n\n{log.ToHtml()}");
    }

    [Fact]
    public async Task Scopes_nest_by_task()
    {
        var log = new Logtree("t", new ManualTimeProvider());
        using (log.Section("batch"))
        {
            var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var tasks = Enumerable.Range(0, 8).Select(i => Work(log, i, gate.Task)).ToList();
            gate.SetResult();
            await Task.WhenAll(tasks);
            log.Text("end");
        }

        log.Text("after");
        using var document = JsonDocument.Parse(log.ToJson());
        var root = document.RootElement.GetProperty("root").GetProperty("children");
        Assert.Equal("section p", string.Join(' ', root.EnumerateArray().Select(static child => child.GetProperty("tag").GetString())));
        var batch = root[0].GetProperty("children");
        Assert.Equal(8 + 2, batch.GetArrayLength());
        for (var i = 0; i < 8; i++)
        {
            Assert.Equal($"{i} before,{i} after", string.Join(',', batch[i + 1].GetProperty("children").EnumerateArray().Skip(1).Select(static child => child.GetProperty("children")[0].GetString())));
        }

        static async Task Work(Logtree log, int i, Task gate)
        {
            using (log.Details($"task {i}"))
            {
                log.Text($"{i} before");
                await gate;
                await Task.Yield();
                log.Text($"{i} after");
            }
        }
    }

    [Fact]
    public void Nothing_that_is_logged_becomes_markup() => Property.Check(200, static gen =>
    {
        var hostile = gen.Pick("</pre><script>alert(1)</script>", "\" onmouseover=\"x", "<!--", "&lt;", "]]>", "\0\u202e\ud800") + gen.Text(0, 10);
        var log = new Logtree(hostile, new ManualTimeProvider());
        using (log.Section(hostile))
        {
            log.Verbatim(hostile, hostile);
            log.Table([hostile], [[hostile]]);
        }

        var page = log.ToHtml();
        var body = XElement.Parse(page[page.IndexOf("<body>", StringComparison.Ordinal)..page.LastIndexOf("</html>", StringComparison.Ordinal)]);
        Assert.Equal("body h1 p section h2 pre table tr th tr td", string.Join(' ', body.DescendantsAndSelf().Select(static element => element.Name)));
        Assert.Equal("title", string.Join(' ', body.DescendantsAndSelf().SelectMany(static element => element.Attributes()).Select(static attribute => attribute.Name)));
        Assert.DoesNotContain('\u202e', page);
        using var document = JsonDocument.Parse(log.ToJson());
        Assert.Equal("section", document.RootElement.GetProperty("root").GetProperty("children")[0].GetProperty("tag").GetString());
    });

    private static Logtree Example()
    {
        var log = new Logtree("Iteration 3", new ManualTimeProvider(), "iteration_000003/train.html");
        using (log.Section("Group 0: 2+2?"))
        {
            using var data = JsonDocument.Parse("""{"reward":[1,0]}""");
            log.Data(data.RootElement);
            log.Verbatim("2+2?\n<think>", "prompt");
            using (log.Details("answer 0"))
            {
                log.Verbatim("4 & \"done\"");
            }

            log.Table(["answer", "reward"], [["0", "1"], ["1", "0"]]);
        }

        log.Text("2 answers");
        return log;
    }
}
