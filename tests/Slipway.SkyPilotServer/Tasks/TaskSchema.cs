using System.Text.Json;
using System.Text.Json.Nodes;

namespace Slipway.SkyPilotApi.Tasks;

/// <summary>The keys of a task and their types, by API version: a task with any other key is refused.</summary>
internal static class TaskSchema
{
    private static readonly Dictionary<string, (string Types, int Since)> Task = new(StringComparer.Ordinal)
    {
        ["name"] = ("string", 0), ["workdir"] = ("string object", 0), ["num_nodes"] = ("integer", 0), ["resources"] = ("object", 0), ["file_mounts"] = ("object", 0),
        ["setup"] = ("string", 0), ["run"] = ("string", 0), ["envs"] = ("object", 0), ["secrets"] = ("object", 0), ["volumes"] = ("object array", 0), ["config"] = ("object", 0),
        ["api_server_access"] = ("boolean", 42), ["service"] = ("object", 0), ["pool"] = ("object", 0), ["file_mounts_mapping"] = ("object", 0),
    };

    private static readonly Dictionary<string, (string Types, int Since)> Resources = new(StringComparer.Ordinal)
    {
        ["infra"] = ("string", 0), ["cloud"] = ("string", 0), ["region"] = ("string", 0), ["zone"] = ("string", 0), ["accelerators"] = ("string object array", 0),
        ["instance_type"] = ("string", 0), ["cpus"] = ("string number", 0), ["memory"] = ("string number", 0), ["use_spot"] = ("boolean", 0), ["disk_size"] = ("integer string", 0),
        ["disk_tier"] = ("string", 0), ["image_id"] = ("string object", 0), ["ports"] = ("string integer array", 0), ["labels"] = ("object", 0),
        ["autostop"] = ("boolean integer string object", 0), ["job_recovery"] = ("string object", 0), ["max_hourly_cost"] = ("number", 44), ["priority_class"] = ("string", 43),
        ["any_of"] = ("array", 0), ["ordered"] = ("array", 0), ["priority"] = ("integer", 0), ["network_tier"] = ("string", 0), ["local_disk"] = ("string", 0),
    };

    private static readonly Dictionary<string, (string Types, int Since)> Autostop = new(StringComparer.Ordinal)
    {
        ["idle_minutes"] = ("integer", 0), ["down"] = ("boolean", 0), ["wait_for"] = ("string", 13), ["hook"] = ("string", 0), ["hook_timeout"] = ("integer", 0),
    };

    /// <summary>Checks a task document.</summary>
    /// <exception cref="SkyError">It is none.</exception>
    internal static void Check(JsonObject task, int apiVersion)
    {
        CheckKeys(task, Task, string.Empty, apiVersion);
        CheckScalars(task, "envs", "string number null");
        CheckScalars(task, "secrets", "string number null");
        if (task["num_nodes"] is { } nodes && nodes.GetValue<long>() < 1)
        {
            throw SkyError.BadTask($"num_nodes: {nodes} is less than the minimum of 1");
        }

        if (task["resources"] is not JsonObject resources)
        {
            return;
        }

        CheckResources(resources, apiVersion);
        foreach (var alternative in new[] { "any_of", "ordered" }.SelectMany(key => (resources[key] as JsonArray ?? []).OfType<JsonObject>()))
        {
            CheckResources(alternative, apiVersion);
        }
    }

    private static void CheckResources(JsonObject resources, int apiVersion)
    {
        CheckKeys(resources, Resources, "resources.", apiVersion);
        CheckScalars(resources, "labels", "string");
        if (resources["max_hourly_cost"] is { } cost && cost.GetValueKind() is JsonValueKind.Number && double.Parse(cost.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture) <= 0)
        {
            throw SkyError.BadTask($"resources.max_hourly_cost: {cost} is less than or equal to the minimum of 0");
        }

        if (resources["autostop"] is JsonObject autostop)
        {
            CheckKeys(autostop, Autostop, "resources.autostop.", apiVersion);
            if (autostop["wait_for"] is { } wait && wait.GetValue<string>() is not ("jobs_and_ssh" or "jobs" or "none"))
            {
                throw SkyError.BadTask($"resources.autostop.wait_for: '{wait}' is not one of ['jobs_and_ssh', 'jobs', 'none']");
            }
        }
    }

    private static void CheckKeys(JsonObject map, Dictionary<string, (string Types, int Since)> known, string place, int apiVersion)
    {
        foreach (var (key, value) in map)
        {
            if (!known.TryGetValue(key, out var field) || field.Since > apiVersion)
            {
                var near = known.Keys.FirstOrDefault(name => IsNear(name, key));
                throw SkyError.BadTask(near is null ? $"Found unsupported field '{place}{key}'." : $"Instead of '{key}', did you mean '{near}'?");
            }

            if (value is not null && !IsOf(value, field.Types))
            {
                throw SkyError.BadTask($"{place}{key}: {value.ToJsonString()} is not of type {string.Join(", ", field.Types.Split(' ').Select(static type => $"'{type}'"))}");
            }
        }
    }

    private static void CheckScalars(JsonObject map, string key, string types)
    {
        foreach (var (name, value) in map[key] as JsonObject ?? [])
        {
            if (value is null ? !types.Contains("null", StringComparison.Ordinal) : !IsOf(value, types))
            {
                throw SkyError.BadTask($"{key}.{name}: {value?.ToJsonString() ?? "None"} is not of type 'string'");
            }
        }
    }

    private static bool IsOf(JsonNode value, string types)
    {
        var allowed = types.Split(' ');
        return value.GetValueKind() switch
        {
            JsonValueKind.String => allowed.Contains("string", StringComparer.Ordinal),
            JsonValueKind.True or JsonValueKind.False => allowed.Contains("boolean", StringComparer.Ordinal),
            JsonValueKind.Number => allowed.Contains("number", StringComparer.Ordinal)
                || (allowed.Contains("integer", StringComparer.Ordinal) && !value.ToJsonString().Contains('.', StringComparison.Ordinal)),
            JsonValueKind.Array => allowed.Contains("array", StringComparer.Ordinal),
            _ => allowed.Contains("object", StringComparer.Ordinal),
        };
    }

    /// <summary>One letter is another, more or less: what counts as a slip of the fingers.</summary>
    private static bool IsNear(string name, string key)
    {
        var start = name.Zip(key).TakeWhile(static pair => pair.First == pair.Second).Count();
        var end = Enumerable.Reverse(name).Zip(Enumerable.Reverse(key)).TakeWhile(static pair => pair.First == pair.Second).Count();
        return Math.Max(name.Length, key.Length) - Math.Min(start + end, Math.Min(name.Length, key.Length)) <= 1;
    }
}
