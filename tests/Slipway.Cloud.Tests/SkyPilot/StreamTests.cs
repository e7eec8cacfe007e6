using System.Text;
using Slipway.Cloud.SkyPilot;
using Slipway.TestKit;

namespace Slipway.Cloud.Tests.SkyPilot;

public sealed class StreamTests
{
    private const string Stream =
        "<sky-payload>\"<rich_init>[bold cyan]Launching[/] – größer</rich_init>\"</sky-payload>\nTable  \r\nBär \u001b[33mgelb\u001b[0m 🚀\n"
        + "10%\r55%\r100%\r\n\n<sky-payload-v1>\"<heartbeat></heartbeat>\"</sky-payload>\nhalf<sky-payload>\"<rich_update>x</rich_update>\"</sky-payload>done\nbar\r\u001b[K\nlast";

    private static readonly string Expected = string.Join('\n',
    [
        "~ Launching – größer", "> Table", "> Bär gelb 🚀", "~ 10%", "~ 55%", "> 100%", "> ", "~ x", "> halfdone", "~ bar", "> bar", "> last",
    ]);

    [Fact]
    public void A_stream_cut_at_any_byte_gives_the_same()
    {
        var bytes = Encoding.UTF8.GetBytes(Stream);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(Expected, string.Join('\n', Read(bytes[..cut], bytes[cut..])));
        }

        Assert.Equal(Expected, string.Join('\n', Read([.. bytes.Select(one => new[] { one })])));
    }

    [Fact]
    public void A_line_without_an_end_comes_in_pieces()
    {
        var events = Read(Encoding.UTF8.GetBytes(new string('x', SkyStreamParser.MostLine * 2 + 5)));
        Assert.Equal([SkyStreamParser.MostLine + 2, SkyStreamParser.MostLine + 2, 7], events.Select(line => line.Length));
    }

    [Fact]
    public async Task A_retry_reads_again_and_skips_what_was_seen()
    {
        using var folder = new TempFolder();
        var times = 0;
        using var server = new ScriptedServer().Value("/logs", "0");
        using var client = await ScriptedServer.ConnectAsync(server, folder);
        server.On("/logs", _ => ScriptedServer.Text(200, ++times == 1 ? "one\ntwo\n<sky-payload>\"<retry></retry>\"</sky-payload>\n" : "one\ntwo\nthree\n", "text/plain", "id-1"));
        var sink = new Kept();
        var end = (await client.LogsAsync("c", 1, follow: true, tail: 0, sink, CancellationToken.None)).Value;
        Assert.Equal("> one > two > three", string.Join(' ', sink.Events));
        Assert.Equal(0, end.ExitCode);

        times = 0;
        Assert.True((await client.LogsAsync("c", 1, follow: true, tail: 5, new Kept(), CancellationToken.None)).Value.IsInterrupted);
    }

    [Fact]
    public async Task A_log_of_a_cluster_that_is_not_there_is_a_failure_though_the_answer_is_empty()
    {
        using var folder = new TempFolder();
        using var server = new ScriptedServer().Fails("/logs", "ClusterDoesNotExist", "Cluster 'nope' does not exist.");
        server.On("/logs", _ => ScriptedServer.Text(200, string.Empty, "text/plain", "id-1"));
        using var client = await ScriptedServer.ConnectAsync(server, folder);
        Assert.Equal("CLD0112", (await client.LogsAsync("nope", null, follow: false, tail: 0, new Kept(), CancellationToken.None)).Failure.Code.Id);
    }

    private static List<string> Read(params byte[][] pieces)
    {
        var sink = new Kept();
        var parser = new SkyStreamParser(sink);
        foreach (var piece in pieces)
        {
            parser.Add(piece);
        }

        parser.End();
        return sink.Events;
    }
}
