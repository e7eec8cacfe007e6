using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Training.Data;

namespace Slipway.Training.Adapters.Tinker;

/// <summary>A session with the service: what it offers, and the numbers that models and samplers get. It is kept alive until it is disposed.</summary>
internal sealed class TinkerService : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task _heartbeat;
    private int _models = -1;
    private int _samplers = -1;

    private TinkerService(TinkerHttp http, TinkerOptions options, ImmutableSortedDictionary<string, int?> offered, TinkerFlags flags, string session)
    {
        (Http, Options, Offered, Flags, Session) = (http, options, offered, flags, session);
        Samples = new SampleDispatcher(http, options);
        _heartbeat = HeartbeatAsync();
    }

    public TinkerHttp Http { get; }

    public TinkerOptions Options { get; }

    public ITinkerEncoder Encoder { get; } = new JsonTinkerEncoder();

    /// <summary>The models by their names, with the most positions that each takes when it is told.</summary>
    public ImmutableSortedDictionary<string, int?> Offered { get; }

    public TinkerFlags Flags { get; }

    public string Session { get; }

    public SampleDispatcher Samples { get; }

    public static async Task<Result<TinkerService>> OpenAsync(TinkerHttp http, TinkerOptions options, CancellationToken cancellationToken)
    {
        var health = await http.SendAsync(new TinkerCall("healthz", null) { WantsJson = false }, cancellationToken).ConfigureAwait(false);
        if (!health.IsGood)
        {
            return health.ToFailure("healthz");
        }

        if (!(await http.AskAsync(new TinkerCall("get_server_capabilities", null), ReadOffered, cancellationToken).ConfigureAwait(false)).TryGet(out var offered, out var failure)
            || !(await FlagsAsync(http, options, cancellationToken).ConfigureAwait(false)).TryGet(out var flags, out failure)
            || !(await SessionAsync(http, options, cancellationToken).ConfigureAwait(false)).TryGet(out var session, out failure))
        {
            return failure;
        }

        return new TinkerService(http, options, offered, flags, session);
    }

    public int NextModel() => Interlocked.Increment(ref _models);

    public int NextSampler() => Interlocked.Increment(ref _samplers);

    /// <summary>A failure when the service does not offer a model. One that lists none is believed to offer what is asked for.</summary>
    public Failure? Refuses(string model) => Offered.IsEmpty || Offered.ContainsKey(model)
        ? null
        : new Failure(TinkerFailures.UnknownModel, $"{Shown.Quote(model)} is not offered; there are {string.Join(", ", Offered.Keys.Take(30))}{(Offered.Count > 30 ? $" and {Offered.Count - 30} more" : string.Empty)}.");

    /// <summary>Opens a sampling session.</summary>
    /// <param name="weights"><c>base_model</c> or <c>model_path</c>.</param>
    /// <param name="value">Which.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<Result<string>> OpenSamplingAsync(string weights, string value, CancellationToken cancellationToken) => Http.AskAsync(
        new TinkerCall("create_sampling_session", JsonBody.Of(json =>
        {
            json.WriteString("session_id", Session);
            json.WriteNumber("sampling_session_seq_id", NextSampler());
            json.WriteString(weights, value);
            json.WriteString("type", "create_sampling_session");
        })),
        static root => JsonRead.Text(root, "sampling_session_id"),
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _heartbeat.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Samples.Dispose();
        _end.Dispose();
    }

    private static ImmutableSortedDictionary<string, int?> ReadOffered(JsonElement root) => root.GetProperty("supported_models").EnumerateArray().ToImmutableSortedDictionary(
        static model => JsonRead.Text(model, "model_name"), static model => (int?)JsonRead.OptionalNumber(model, "max_context_length"), StringComparer.Ordinal);

    private static async Task<Result<TinkerFlags>> FlagsAsync(TinkerHttp http, TinkerOptions options, CancellationToken cancellationToken)
    {
        var answer = await http.SendAsync(new TinkerCall("client/config", JsonBody.Of(json => json.WriteString("sdk_version", options.Version))), cancellationToken).ConfigureAwait(false);
        var usual = new TinkerFlags(false, options.Limits.Examples, options.Limits.ExampleBytes);
        return answer.Status == 404 ? usual : !answer.IsGood ? answer.ToFailure("client/config") : JsonRead.From(answer.Body, "client/config", root => new TinkerFlags(
            JsonRead.Field(root, "parallel_fwdbwd_chunks") is { ValueKind: JsonValueKind.True },
            JsonRead.OptionalNumber(root, "fwdbwd_max_chunk_len") is > 0 and { } length ? (int)Math.Min(length, usual.Examples) : usual.Examples,
            JsonRead.OptionalNumber(root, "fwdbwd_max_chunk_bytes_count") is > 0 and { } bytes ? Math.Min(bytes, usual.Bytes) : usual.Bytes));
    }

    private static async Task<Result<string>> SessionAsync(TinkerHttp http, TinkerOptions options, CancellationToken cancellationToken)
    {
        var body = JsonBody.Of(json =>
        {
            json.WriteStartArray("tags");
            foreach (var tag in options.Tags)
            {
                json.WriteStringValue(tag);
            }

            json.WriteEndArray();
            json.WriteStartObject("user_metadata");
            foreach (var (name, value) in options.Metadata)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            json.WriteString("sdk_version", options.Version);
            json.WriteString("type", "create_session");
        });
        var opened = await http.AskAsync(
            new TinkerCall("create_session", body),
            static root => (Id: JsonRead.OptionalText(root, "session_id"), Error: JsonRead.OptionalText(root, "error_message"), Says: JsonRead.OptionalText(root, "warning_message") ?? JsonRead.OptionalText(root, "info_message")),
            cancellationToken).ConfigureAwait(false);
        return opened.Then<string>(told =>
        {
            if (told.Error is not null || string.IsNullOrEmpty(told.Id))
            {
                return new Failure(TinkerFailures.Rejected, "The service opens no session.") { Detail = told.Error is null ? null : Shown.Line(options.Key.Mask(told.Error)) };
            }

            if (told.Says is not null)
            {
                options.Notice($"Tinker says: {Shown.Line(options.Key.Mask(told.Says))}");
            }

            return told.Id;
        });
    }

    private async Task HeartbeatAsync()
    {
        var (heard, warned) = (Options.Time.GetTimestamp(), false);
        while (true)
        {
            await Http.DelayAsync(Options.Limits.Heartbeat, _end.Token).ConfigureAwait(false);
            var call = new TinkerCall("session_heartbeat", JsonBody.Of("session_heartbeat", "session_id", Session)) { WantsJson = false, Timeout = Options.Limits.Poll };
            if ((await Http.TryAsync(call, _end.Token).ConfigureAwait(false)).IsGood)
            {
                (heard, warned) = (Options.Time.GetTimestamp(), false);
            }
            else if (!warned && Options.Time.GetElapsedTime(heard) >= Options.Limits.HeartbeatWarning)
            {
                warned = true;
                Options.Notice($"Tinker has not heard of this session for {Options.Time.GetElapsedTime(heard).TotalSeconds:0} s, and may end it; look at the network.");
            }
        }
    }
}

/// <summary>How the service wants large batches.</summary>
/// <param name="LastFirst">Whether the first part is sent after all others.</param>
/// <param name="Examples">The most examples of a part.</param>
/// <param name="Bytes">The most bytes of a part.</param>
internal sealed record TinkerFlags(bool LastFirst, int Examples, long Bytes)
{
    /// <summary>Where examples of these sizes are parted: the length of each part.</summary>
    public ImmutableArray<Range> Split(ImmutableArray<byte[]> examples)
    {
        var parts = ImmutableArray.CreateBuilder<Range>();
        var (start, bytes) = (0, 0L);
        for (var i = 0; i < examples.Length; i++)
        {
            if (i > start && (i - start == Examples || bytes + examples[i].Length > Bytes))
            {
                parts.Add(start..i);
                (start, bytes) = (i, 0);
            }

            bytes += examples[i].Length;
        }

        parts.Add(start..examples.Length);
        return parts.ToImmutable();
    }
}
