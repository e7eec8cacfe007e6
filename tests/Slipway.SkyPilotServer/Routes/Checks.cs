using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Slipway.SkyPilotApi.Http;
using Slipway.SkyPilotApi.Tasks;

namespace Slipway.SkyPilotApi.Routes;

/// <summary>Holds requests against the API and our own rules. What is wrong is a violation; what the real server refuses is refused.</summary>
internal sealed partial class Checks(ServerState state)
{
    private readonly SkyPilotServerOptions _options = state.Options;

    internal void Violated(Incoming request, string problem) => state.Violations.Add(new Violation(request.Path, problem));

    /// <summary>Gives the answer for a request that the API does not know; null for others.</summary>
    internal Reply? Refuse(Incoming request, Route route)
    {
        if (CheckQuery(request, route) is { } reply)
        {
            return reply;
        }

        if (route.IsRaw || request.Method is "GET")
        {
            return null;
        }

        if (request.IsBadJson || request.Json is null)
        {
            Violated(request, "the body is no JSON object of the content type application/json");
            return Invalid([new JsonObject { ["type"] = request.IsBadJson ? "json_invalid" : "missing", ["loc"] = new JsonArray("body"), ["msg"] = "Field required", ["input"] = null }]);
        }

        var check = state.Contract.Check(route.Path, request.Json);
        foreach (var field in check.Unknown.Concat(TooNew(request)))
        {
            Violated(request, $"the server drops the field {field}");
        }

        foreach (var error in check.Errors)
        {
            Violated(request, $"{string.Join('.', error.Place)}: {error.Message}");
        }

        return check.Errors.Count > 0 ? Invalid(check.Errors.Select(static error => error.ToJson("body"))) : CheckUser(request) ?? CheckRules(request);
    }

    private Reply? CheckQuery(Incoming request, Route route)
    {
        var known = route.Query.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static name => name.TrimEnd('!').Split('@')).ToList();
        foreach (var name in request.Query.Keys)
        {
            var field = known.Find(one => string.Equals(one[0], name, StringComparison.Ordinal));
            if (field is null || (field.Length > 1 && int.Parse(field[1], CultureInfo.InvariantCulture) > _options.ApiVersion))
            {
                Violated(request, $"the server drops {name} of the query at API {_options.ApiVersion}");
            }
        }

        var missing = route.Query.Split(' ').Where(name => name.EndsWith('!') && !request.Query.ContainsKey(name[..^1])).Select(static name => name[..^1]).ToList();
        foreach (var name in missing)
        {
            Violated(request, $"{name} is missing in the query");
        }

        return missing.Count == 0 ? null : Invalid(missing.Select(static name => new JsonObject { ["type"] = "missing", ["loc"] = new JsonArray("query", name), ["msg"] = "Field required", ["input"] = null }));
    }

    /// <summary>Fields that came after the version that is spoken: they are not there yet.</summary>
    private IEnumerable<string> TooNew(Incoming request) => new (string Field, int Since)[] { ("submitted_after", 54), ("submitted_before", 54), ("file_mounts_blob_id", 41) }
        .Where(one => one.Since > _options.ApiVersion && request.Body[one.Field] is not null)
        .Select(static one => one.Field);

    private Reply? CheckUser(Incoming request)
    {
        if (request.Body["env_vars"] is JsonObject given && !given.ContainsKey("SKYPILOT_USER_ID"))
        {
            Violated(request, "env_vars has no SKYPILOT_USER_ID");
            return Reply.Bare(500, "  | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)\nKeyError: 'SKYPILOT_USER_ID'\n");
        }

        var isNamed = request.Body["env_vars"]?["SKYPILOT_USER_ID"]?.GetValue<string>() is { } id && UserHash().IsMatch(id) && request.Body["env_vars"]!["SKYPILOT_USER"] is not null;
        Require(request, OwnRules.NamesUser, isNamed, "env_vars must have SKYPILOT_USER_ID (8 hexadecimal digits) and SKYPILOT_USER");
        return null;
    }

    private Reply? CheckRules(Incoming request)
    {
        var body = request.Body;
        switch (request.Path)
        {
            case "/api/cancel":
                Require(request, OwnRules.CancelNamesRequests, body["request_ids"] is JsonArray, "request_ids is null: that cancels everything of the user");
                break;
            case "/status":
                Require(request, OwnRules.NoCredentials, IsFalse(body["include_credentials"]) && IsFalse(body["include_handle"]), "include_credentials and include_handle must be false: the default sends private keys");
                break;
            case "/down" or "/stop":
                Require(request, OwnRules.NoPurge, body["purge"]?.GetValueKind() is not JsonValueKind.True, "purge is true: it forgets machines that still bill");
                break;
            case "/validate" or "/optimize":
                CheckTask(request, body["dag"]!.GetValue<string>(), OwnRules.NoSetup);
                break;
            case "/launch":
                CheckTask(request, body["task"]!.GetValue<string>(), OwnRules.NoSetup | OwnRules.AutostopDown | OwnRules.Timeout);
                break;
            case "/exec" or "/jobs/launch":
                CheckTask(request, body["task"]!.GetValue<string>(), OwnRules.NoSetup | OwnRules.Timeout);
                break;
        }

        return null;
    }

    private void CheckTask(Incoming request, string yaml, OwnRules rules)
    {
        SkyTask task;
        try
        {
            task = SkyTask.Read(yaml, _options.ApiVersion);
        }
        catch (SkyError error)
        {
            // Validation is there to be asked; a launch of what is no task is a mistake.
            if (request.Path is not "/validate")
            {
                Require(request, OwnRules.NoSetup, holds: false, error.Message);
            }

            return;
        }

        Require(request, OwnRules.NoSetup & rules, task.Setup is null, "the task has a setup, for which no timeout holds");
        Require(request, OwnRules.AutostopDown & rules, task.Autostop is { IdleMinutes: > 0, Down: true }, "the task has no autostop that ends the machine");
        Require(request, OwnRules.Timeout & rules, task.Run.Length == 0 || Timeout().IsMatch(task.Run), "the task's run does not go through timeout");
    }

    private void Require(Incoming request, OwnRules rule, bool holds, string problem)
    {
        if (!holds && rule != OwnRules.None && _options.Rules.HasFlag(rule))
        {
            Violated(request, problem);
        }
    }

    internal void RequireFormat(Incoming request) => Require(request, OwnRules.StreamFormat, request["format"] is "plain" or "console", "format must be plain or console: the default answers browsers with a page");

    private static bool IsFalse(JsonNode? value) => value?.GetValueKind() is JsonValueKind.False;

    private static Reply Invalid(IEnumerable<JsonObject> errors) => Reply.Detail(422, new JsonArray([.. errors]));

    [GeneratedRegex("^[0-9a-f]{8}$", RegexOptions.CultureInvariant)]
    private static partial Regex UserHash();

    [GeneratedRegex(@"(^|[\s;&|(/])timeout\s", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Timeout();
}
