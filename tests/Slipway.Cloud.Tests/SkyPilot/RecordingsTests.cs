using System.Text;
using System.Text.Json;
using Slipway.Cloud.SkyPilot;
using Slipway.TestKit;

namespace Slipway.Cloud.Tests.SkyPilot;

public sealed class RecordingsTests
{
    // What each recorded answer that is not a success means to us.
    private static readonly Dictionary<string, string> Failures = new(StringComparer.Ordinal)
    {
        ["health.old"] = "CLD0105",
        ["list_accelerators.badcloud.get"] = "CLD0119",
        ["validate.badfield"] = "CLD0119",
        ["validate.missing_request_options"] = "CLD0119",
        ["optimize.spot_h100_cap_1.get"] = "CLD0108",
        ["optimize.spot_l40s.get"] = "CLD0108",
        ["optimize.a100.get"] = "CLD0108",
        ["optimize.h100x2.get"] = "CLD0108",
        ["down.unknown.get"] = "CLD0112",
        ["queue.unknown.get"] = "CLD0112",
        ["autostop.unknown.get"] = "CLD0112",
        ["cancel.unknown.get"] = "CLD0112",
        ["exec.unknown.get"] = "CLD0112",
        ["cancel.missing_job_ids"] = "CLD0119",
        ["status.bad_enum"] = "CLD0119",
        ["env.no_user_id"] = "CLD0121",
        ["bearer.disabled"] = "CLD0104",
        ["logs.unknown.get"] = "CLD0112",
        ["jobs.queue_v2.none.get"] = "CLD0113",
        ["jobs.cancel.none.get"] = "CLD0113",
        ["launch.bad_cluster_name.get"] = "CLD0119",
        ["launch.bad_yaml.get"] = "CLD0119",
        ["launch.dryrun.no_sdk.get"] = "CLD0110",
        ["get.unknown"] = "CLD0106",
        ["stream.unknown"] = "CLD0106",
    };

    [RecordingsFact]
    public async Task Every_recorded_answer_is_read_and_every_failure_has_its_code()
    {
        using var folder = new TempFolder();
        var wrong = new List<string>();
        var count = 0;
        foreach (var line in File.ReadLines(Recordings.Exchanges))
        {
            count++;
            var exchange = JsonDocument.Parse(line).RootElement;
            var name = exchange.GetProperty("name").GetString()!;
            var failure = await ReplayAsync(exchange, folder);
            if (failure?.Code.Id != Failures.GetValueOrDefault(name) || $"{failure} {failure?.Detail}" is var words && (words.Contains("pickle", StringComparison.Ordinal) || words.Contains('\u001b', StringComparison.Ordinal) || words.Contains("echo hi", StringComparison.Ordinal)))
            {
                wrong.Add($"{name}: {failure}");
            }
        }

        Assert.Equal(70, count);
        Assert.Equal(string.Empty, string.Join('\n', wrong));
    }

    [RecordingsFact]
    public async Task Recorded_prices_are_rows()
    {
        using var folder = new TempFolder();
        using var server = new ScriptedServer().Value("/list_accelerators", Recorded("list_accelerators.nebius.get").GetProperty("return_value").GetString()!);
        using var client = await ScriptedServer.ConnectAsync(server, folder);
        var rows = (await client.ListAcceleratorsAsync(new SkyAcceleratorQuery { Clouds = ["nebius"] }, CancellationToken.None)).Value;
        Assert.Contains(new SkyAccelerator("nebius", "gpu-h100-sxm_8gpu-128vcpu-1600gb", "H100", 8, 128, 80, 1600, 23.6m, 10.0m, "eu-north1"), rows);
        Assert.Contains(rows, row => row is { Accelerator: "L40S", OnDemandUsdPerHour: 1.5484m, SpotUsdPerHour: null });
    }

    [RecordingsFact]
    public void The_recorded_console_stream_gives_the_table_and_the_spinner()
    {
        var sink = new Kept();
        var parser = new SkyStreamParser(sink);
        parser.Add(Encoding.UTF8.GetBytes(RecordedText("optimize.stream.console")));
        parser.End();
        Assert.Contains(sink.Events, line => line == "~ Optimizing");
        Assert.Contains(sink.Events, line => line.StartsWith("> Considered resources (2 nodes):", StringComparison.Ordinal));
        Assert.DoesNotContain(sink.Events, line => line.Contains("sky-payload", StringComparison.Ordinal) || line.Contains('\u001b', StringComparison.Ordinal) || line.Contains('\r', StringComparison.Ordinal));
    }

    internal static JsonElement Recorded(string name) => Exchange(name).GetProperty("response").GetProperty("body");

    internal static string RecordedText(string name) => Recorded(name).GetString()!;

    private static JsonElement Exchange(string name) => File.ReadLines(Recordings.Exchanges).Select(line => JsonDocument.Parse(line).RootElement).Single(one => one.GetProperty("name").GetString() == name);

    private static async Task<Core.Failures.Failure?> ReplayAsync(JsonElement exchange, TempFolder folder)
    {
        var path = exchange.GetProperty("request").GetProperty("path").GetString()!;
        var route = path.Split('?')[0];
        using var server = new ScriptedServer();
        using var client = await ScriptedServer.ConnectAsync(server, folder);
        server.On(route, _ => Response(exchange.GetProperty("response")));
        var options = new SkyOptions { Handler = server, FirstWait = TimeSpan.FromMilliseconds(1) };
        using var http = new SkyHttp(client.Endpoint, options);
        var requests = new SkyRequests(http, options, "1a2b3c4d");
        var none = CancellationToken.None;
        return route switch
        {
            "/api/health" => Of(await SkyPilotClient.ConnectAsync(client.Endpoint, folder.Combine("state", "user"), options, none)),
            "/api/get" => Of(await requests.GetAsync(path.Split('=')[1], route, none)),
            "/api/status" => Of(await requests.StatusAsync(path.Split('?')[1], none)),
            "/api/stream" => Of(await client.RequestLogAsync("x", follow: false, new Kept(), none)),
            "/validate" => Of(await client.ValidateAsync("x", none)),
            "/upload_v2/blob" => Of(await requests.RepeatAsync(route, () => new HttpRequestMessage(HttpMethod.Get, http.At(path)), null, none)),
            _ => Of(await requests.SubmitAsync(route, () => requests.Post(route, []), none)),
        };
    }

    private static Core.Failures.Failure? Of<T>(Core.Failures.Result<T> result)
        where T : notnull => result.IsOk ? null : result.Failure;

    private static HttpResponseMessage Response(JsonElement recorded)
    {
        var body = recorded.GetProperty("body");
        var headers = recorded.GetProperty("headers");
        var text = body.ValueKind == JsonValueKind.String ? body.GetString()! : body.GetRawText();
        return ScriptedServer.Text(recorded.GetProperty("status").GetInt32(), text, Header("content-type")?.Split(';')[0] ?? "text/plain", Header("x-skypilot-request-id"));

        string? Header(string name) => headers.TryGetProperty(name, out var value) ? value.GetString() : null;
    }
}

internal sealed class Kept : ISkyLogSink
{
    public List<string> Events { get; } = [];

    public void Line(string text) => Events.Add("> " + text);

    public void Progress(string text) => Events.Add("~ " + text);
}
