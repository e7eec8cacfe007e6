using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Mcp.Tools;

namespace Slipway.Mcp.Calls;

/// <summary>Answers about runs: a job is asked by the verbs of jobs, a rented run by those of the cloud. What a run is, its record says; a run that is no job here may still be a rented one.</summary>
/// <param name="verbs">The verbs.</param>
internal sealed class RunRouter(Verbs verbs)
{
    private const string CloudKind = "cloud";
    private const long DefaultBytes = 32_768;

    /// <summary>The state of a run.</summary>
    public Task<ToolAnswer> StatusAsync(ToolArguments arguments, Action<string>? progress, CancellationToken cancellationToken) => RouteAsync(
        arguments,
        job => Task.FromResult(job),
        () => new VerbWords(arguments, "cloud", "status", "--json").Add(arguments.Text("run_id")!).Option("--wait", "wait").Done(),
        progress,
        cancellationToken);

    /// <summary>Lines of a log.</summary>
    public Task<ToolAnswer> LogsAsync(ToolArguments arguments, Action<string>? progress, CancellationToken cancellationToken) => RouteAsync(
        arguments,
        _ => JobLogAsync(arguments, cancellationToken),
        () => CloudLog(arguments),
        progress,
        cancellationToken);

    /// <summary>Ends a run.</summary>
    public Task<ToolAnswer> StopAsync(ToolArguments arguments, Action<string>? progress, CancellationToken cancellationToken) => RouteAsync(
        arguments,
        _ => verbs.RunAsync(new VerbWords(arguments, "job", "cancel", "--json").Option("--on", "on").Add("--", arguments.Text("run_id")!).Done(), null, progress, cancellationToken),
        () => ["cloud", "stop", "--json", arguments.Text("run_id")!, "--mode", arguments.Text("mode") ?? "cancel", "--fetch", arguments.Text("fetch") ?? "results"],
        progress,
        cancellationToken);

    /// <summary>All that runs. A part that cannot be told is named, and the others are told.</summary>
    public async Task<ToolAnswer> ListAsync(bool all, string? on, CancellationToken cancellationToken)
    {
        ImmutableArray<string> where = on is null ? [] : ["--on", on];
        var jobs = await verbs.RunAsync(["job", "list", "--json", .. where], null, null, cancellationToken).ConfigureAwait(false);
        var recipes = await verbs.RunAsync(["recipe", "runs", "--json"], null, null, cancellationToken).ConfigureAwait(false);
        var cloud = await verbs.RunAsync(["cloud", "list", "--json"], null, null, cancellationToken).ConfigureAwait(false);
        return ToolAnswer.Of(ToolSchema.Write(writer =>
        {
            writer.WriteString("schema", RunTools.ActiveSchema);
            Entries(writer, "jobs", jobs, "jobs", all);
            Entries(writer, "recipes", recipes, "runs", all);
            writer.WritePropertyName("cloud");
            if (cloud.Error is null)
            {
                cloud.Document.WriteTo(writer);
            }
            else
            {
                writer.WriteNullValue();
            }

            Problems(writer, ("jobs", jobs), ("recipes", recipes), ("cloud", cloud));
        }));
    }

    private async Task<ToolAnswer> RouteAsync(
        ToolArguments arguments, Func<ToolAnswer, Task<ToolAnswer>> ofJob, Func<ImmutableArray<string>> ofCloud, Action<string>? progress, CancellationToken cancellationToken)
    {
        var show = new VerbWords(arguments, "job", "show", "--json").Option("--on", "on").Add("--", arguments.Text("run_id")!).Done();
        var job = await verbs.RunAsync(show, null, null, cancellationToken).ConfigureAwait(false);
        if (job.Error is null && !IsCloud(job.Document))
        {
            return await ofJob(job).ConfigureAwait(false);
        }

        if (arguments.Has("on") && job.Error is not null)
        {
            return job.Error.Code is "INVALID_ARGUMENT" ? NotFound(arguments, job.Error) : job;
        }

        var cloud = await verbs.RunAsync(ofCloud(), null, progress, cancellationToken).ConfigureAwait(false);
        return cloud.Error is { Code: ErrorNames.RunNotFound or "INVALID_ARGUMENT" } && job.Error is { Code: "INVALID_ARGUMENT" } missing ? NotFound(arguments, missing) : cloud;
    }

    private static ToolAnswer NotFound(ToolArguments arguments, ToolError error) => ToolAnswer.Fail(error with
    {
        Code = ErrorNames.RunNotFound,
        Message = $"There is no run and no job {Shown.Quote(arguments.Text("run_id")!)}.",
        Fix = "list_active_training_jobs with all names them.",
        IsRetryable = false,
    });

    private async Task<ToolAnswer> JobLogAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var words = new VerbWords(arguments, "job", "logs", "--json").Add("--tail", arguments.Number("tail") ?? "200").Flag("--err", "errors").Option("--on", "on").Add("--", arguments.Text("run_id")!).Done();
        var log = await verbs.RunAsync(words, null, null, cancellationToken).ConfigureAwait(false);
        return log.Error is not null ? log : ToolAnswer.Of(Shorten(log.Document, arguments.Whole("max_bytes") ?? DefaultBytes));
    }

    // The end of a log says how it went, so the beginning is what goes.
    private static JsonElement Shorten(JsonElement document, long most) => ToolSchema.Write(writer =>
    {
        var isCut = false;
        foreach (var member in document.EnumerateObject())
        {
            if (!member.NameEquals("text"))
            {
                member.WriteTo(writer);
                continue;
            }

            var bytes = Encoding.UTF8.GetBytes(member.Value.GetString() ?? string.Empty);
            isCut = bytes.Length > most;
            var from = isCut ? bytes.Length - (int)most : 0;
            while (from < bytes.Length && (bytes[from] & 0xC0) == 0x80)
            {
                from++;
            }

            writer.WriteString("text", bytes.AsSpan(from));
        }

        writer.WriteBoolean("truncated", isCut);
    });

    private static ImmutableArray<string> CloudLog(ToolArguments arguments)
    {
        var words = new VerbWords(arguments, "cloud", "logs", "--json").Add(arguments.Text("run_id")!);
        words = arguments.Has("cursor") ? words.Option("--cursor", "cursor") : words.Add("--tail", arguments.Number("tail") ?? "200");
        return words.Add("--max-bytes", arguments.Number("max_bytes") ?? "32768").Done();
    }

    private static bool IsCloud(JsonElement document) => document.TryGetProperty("job", out var job) && job.ValueKind is JsonValueKind.Object && job.TryGetProperty("kind", out var kind)
        && kind.ValueKind is JsonValueKind.String && kind.ValueEquals(CloudKind);

    private static void Entries(Utf8JsonWriter writer, string name, ToolAnswer answer, string member, bool all)
    {
        writer.WriteStartArray(name);
        if (answer.Error is null && answer.Document.TryGetProperty(member, out var entries) && entries.ValueKind is JsonValueKind.Array)
        {
            foreach (var entry in entries.EnumerateArray().Where(entry => all || IsActive(entry)))
            {
                entry.WriteTo(writer);
            }
        }

        writer.WriteEndArray();
    }

    private static bool IsActive(JsonElement entry) => entry.ValueKind is JsonValueKind.Object && entry.TryGetProperty("state", out var state) && state.ValueKind is JsonValueKind.String
        && (state.ValueEquals("running") || state.ValueEquals("waiting"));

    private static void Problems(Utf8JsonWriter writer, params ReadOnlySpan<(string Part, ToolAnswer Answer)> parts)
    {
        writer.WriteStartArray("problems");
        foreach (var (part, answer) in parts)
        {
            if (answer.Error is { } error)
            {
                writer.WriteStartObject();
                writer.WriteString("part", part);
                writer.WriteString("code", error.Code);
                writer.WriteString("message", error.Message);
                writer.WriteEndObject();
            }
        }

        writer.WriteEndArray();
    }
}
