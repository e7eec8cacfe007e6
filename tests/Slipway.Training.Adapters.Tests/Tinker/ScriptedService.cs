using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Slipway.Training.Adapters.Tests.Tinker;

/// <summary>What was sent.</summary>
internal sealed record Heard(string Path, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode Body => JsonNode.Parse(Text)!;
}

/// <summary>What goes wrong with one request. Applied: whether the service does what was asked nevertheless.</summary>
internal sealed record Fault(int Status = 0, string Body = "", string Headers = "", int Cut = -1, bool IsApplied = false)
{
    public static Fault None { get; } = new(IsApplied: true);

    public static Fault DropBefore { get; } = new(Cut: 0);

    public static Fault DropAfter { get; } = new(Cut: 0, IsApplied: true);
}

/// <summary>A service on loopback that does as little as it can, counts what it does, and misbehaves by a script.</summary>
internal sealed class ScriptedService : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Fault>> _faults = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Id, string Text)> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _results = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly Task _accepting;

    public ScriptedService()
    {
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/services/test");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    public string Config { get; set; } = "{}";

    public ConcurrentQueue<Heard> Requests { get; } = new();

    /// <summary>What was done, <c>path#number</c>, in its order.</summary>
    public ConcurrentQueue<string> Applied { get; } = new();

    public IEnumerable<Heard> Of(string path) => Requests.Where(heard => heard.Path == path);

    public ScriptedService Then(string path, params Fault[] faults)
    {
        foreach (var fault in faults)
        {
            _faults.GetOrAdd(path, static _ => new()).Enqueue(fault);
        }

        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(_end.Token);
            _ = ServeAsync(client);
        }
    }

    // One request a connection: a cut one must not disturb another.
    private async Task ServeAsync(TcpClient client)
    {
        using var closing = client;
        var stream = client.GetStream();
        if (await ReadAsync(stream) is not { } heard)
        {
            return;
        }

        Requests.Enqueue(heard);
        var fault = _faults.TryGetValue(heard.Path, out var faults) && faults.TryDequeue(out var next) ? next : null;
        var body = fault is null || fault.IsApplied ? Do(heard) : fault.Body;
        var status = fault is { Status: > 0 } ? fault.Status : 200;
        var bytes = Encoding.UTF8.GetBytes(body);
        var cut = fault is { Cut: >= 0 } ? Math.Min(fault.Cut, bytes.Length) : bytes.Length;
        if (fault is { Cut: 0 })
        {
            client.Client.LingerState = new LingerOption(true, 0);
            return;
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {bytes.Length}\r\nConnection: close\r\n{fault?.Headers}\r\n"));
        await stream.WriteAsync(bytes.AsMemory(0, cut));
    }

    private static async Task<Heard?> ReadAsync(NetworkStream stream)
    {
        var (all, buffer) = (new MemoryStream(), new byte[65536]);
        while (true)
        {
            var read = await stream.ReadAsync(buffer);
            if (read == 0)
            {
                return null;
            }

            all.Write(buffer, 0, read);
            var text = Encoding.UTF8.GetString(all.ToArray());
            var head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (head < 0)
            {
                continue;
            }

            var lines = text[..head].Split("\r\n");
            var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
            var length = headers.TryGetValue("Content-Length", out var told) ? int.Parse(told, CultureInfo.InvariantCulture) : 0;
            if (Encoding.UTF8.GetByteCount(text[(head + 4)..]) >= length)
            {
                return new Heard(lines[0].Split(' ')[1].Replace("/services/test/api/v1/", string.Empty, StringComparison.Ordinal), text[(head + 4)..], headers);
            }
        }
    }

    private string Do(Heard heard)
    {
        switch (heard.Path)
        {
            case "get_server_capabilities":
                return """{"supported_models":[{"model_name":"tiny","max_context_length":128}]}""";
            case "client/config":
                return Config;
            case "create_session":
                return """{"session_id":"s-1","info_message":null,"warning_message":null,"error_message":null,"type":"create_session"}""";
            case "get_info":
                return """{"model_data":{"arch":"a","model_name":"tiny","tokenizer_id":"tiny-tokenizer"},"model_id":"m-1","is_lora":true,"lora_rank":8}""";
            case "create_sampling_session":
                return """{"sampling_session_id":"ss-1"}""";
            case "retrieve_future":
                lock (_gate)
                {
                    return _results[heard.Body["request_id"]!.GetValue<string>()];
                }

            case "healthz" or "session_heartbeat" or "unload_model":
                return "{}";
            default:
                return Take(heard);
        }
    }

    private string Take(Heard heard)
    {
        lock (_gate)
        {
            var number = (heard.Body["seq_id"] ?? heard.Body["model_seq_id"])!.ToJsonString();
            var key = heard.Path is "asample" ? $"asample {number}" : heard.Path is "create_model" ? "model" : number;
            if (!_taken.TryGetValue(key, out var taken))
            {
                taken = ($"r-{_taken.Count}", heard.Text);
                _taken.Add(key, taken);
                _results.Add(taken.Id, ResultOf(heard));
                Applied.Enqueue($"{heard.Path}#{number}");
            }
            else if (taken.Text != heard.Text)
            {
                Applied.Enqueue($"another {heard.Path}#{number}");
            }

            return $$"""{"request_id":"{{taken.Id}}","model_id":"m-1"}""";
        }
    }

    private static string ResultOf(Heard heard) => heard.Path switch
    {
        "create_model" => """{"model_id":"m-1","type":"create_model"}""",
        "forward" or "forward_backward" => Pass(heard.Body[heard.Path + "_input"]!["data"]!.AsArray()),
        "optim_step" => """{"metrics":{"grad_norm":1.5}}""",
        "save_weights" => $$"""{"path":"tinker://m-1/weights/{{heard.Body["path"]}}"}""",
        "save_weights_for_sampler" when heard.Body["path"] is null => """{"sampling_session_id":"ss-7"}""",
        "save_weights_for_sampler" => $$"""{"path":"tinker://m-1/sampler_weights/{{heard.Body["path"]}}"}""",
        "load_weights" => """{"type":"load_weights"}""",
        _ => """{"sequences":[{"stop_reason":"stop","tokens":[5,6],"logprobs":[-0.1,-0.2]},{"stop_reason":"length","tokens":[7],"logprobs":[null]}],"prompt_logprobs":[null,-1.5],"type":"sample"}""",
    };

    // The log-probability of a target is minus a hundredth of it, so that it is seen whose answer is whose.
    private static string Pass(JsonArray data)
    {
        var outputs = data.Select(datum => datum!["loss_fn_inputs"]!["target_tokens"]!["data"]!.AsArray().Select(target => -target!.GetValue<long>() / 100.0).ToList()).ToList();
        var texts = outputs.Select(values => $$$"""{"logprobs":{"data":[{{{string.Join(",", values.Select(value => value.ToString(CultureInfo.InvariantCulture)))}}}],"dtype":"float32","shape":[{{{values.Count}}}]}}""");
        var sum = -outputs.Sum(values => values.Sum());
        return $$$"""{"loss_fn_output_type":"ArrayRecord","loss_fn_outputs":[{{{string.Join(",", texts)}}}],"metrics":{"loss:sum":{{{sum.ToString(CultureInfo.InvariantCulture)}}}}}""";
    }
}
