using System.Text.Json.Nodes;

namespace Slipway.SkyPilotApi.Contracts;

/// <summary>
/// The bodies of API 55 in short, for machines without the recorded OpenAPI description; a test holds one against the other. A field is <c>name:type</c>,
/// with <c>!</c> where it is required; <c>[t]</c> is a list, <c>{t}</c> a mapping, <c>=a,b</c> a choice, <c>@name</c> another row.
/// </summary>
internal static class BodyTable
{
    private const string Common =
        "env_vars:{string} entrypoint:string entrypoint_command:string using_remote_api_server:boolean override_skypilot_config:object|null "
        + "override_skypilot_config_path:string|null file_mounts_blob_id:string|null client_api_version:integer|null ";

    private const string Rows = """
        /check clouds:[string]|null verbose:boolean workspace:string|null
        /list_accelerators gpus_only:boolean name_filter:string|null region_filter:string|null quantity_filter:integer|null clouds:string|[string]|null all_regions:boolean require_price:boolean case_sensitive:boolean
        /list_accelerator_counts gpus_only:boolean name_filter:string|null region_filter:string|null quantity_filter:integer|null clouds:string|[string]|null
        /validate dag:string! request_options:@RequestOptions|null!
        /optimize dag:string! request_options:@RequestOptions|null! minimize:=0,1
        /launch task:string! cluster_name:string! retry_until_up:boolean idle_minutes_to_autostop:integer|null dryrun:boolean down:boolean backend:string|null optimize_target:=0,1 no_setup:boolean clone_disk_from:string|null fast:boolean quiet_optimizer:boolean is_launched_by_jobs_controller:boolean is_launched_by_sky_serve_controller:boolean disable_controller_check:boolean extra_launch_context:object include_credentials:boolean
        /exec task:string! cluster_name:string! dryrun:boolean down:boolean backend:string|null
        /status cluster_names:[string]|null refresh:=NONE,AUTO,FORCE all_users:boolean include_credentials:boolean summary_response:boolean include_handle:boolean
        /queue cluster_name:string! skip_finished:boolean all_users:boolean
        /job_status cluster_name:string! job_ids:[integer]|null!
        /logs cluster_name:string! job_id:integer|null! follow:boolean tail:integer
        /provision_logs cluster_name:string! worker:integer|null
        /cancel cluster_name:string! job_ids:[integer]|null! all:boolean all_users:boolean try_cancel_if_cluster_is_init:boolean
        /autostop cluster_name:string! idle_minutes:integer! wait_for:=jobs_and_ssh,jobs,none|null down:boolean hook:string|null hook_timeout:integer|null
        /stop cluster_name:string! purge:boolean graceful:boolean graceful_timeout:integer|null
        /down cluster_name:string! purge:boolean graceful:boolean graceful_timeout:integer|null
        /start cluster_name:string! idle_minutes_to_autostop:integer|null wait_for:=jobs_and_ssh,jobs,none|null retry_until_up:boolean down:boolean force:boolean
        /cost_report days:integer|null cluster_hashes:[string]|null cluster_names:[string]|null dashboard_summary_response:boolean exclude_managed_clusters:boolean
        /jobs/launch task:string! name:string|null! pool:string|null num_jobs:integer|null
        /jobs/queue/v2 refresh:boolean skip_finished:boolean all_users:boolean job_ids:[integer]|null user_match:string|null workspace_match:string|null name_match:string|null pool_match:string|null page:integer|null limit:integer|null statuses:[string]|null fields:[string]|null sort_by:string|null sort_order:string|null submitted_after:number|null submitted_before:number|null
        /jobs/logs name:string|null job_id:integer|null follow:boolean controller:boolean refresh:boolean tail:integer|null tail_offset:integer|null task:integer|string|null
        /jobs/cancel name:string|null job_ids:[integer]|null all:boolean all_users:boolean pool:string|null graceful:boolean graceful_timeout:integer|null
        /jobs/download_logs name:string|null! job_id:integer|null! refresh:boolean controller:boolean local_dir:string
        /download_logs cluster_name:string! job_ids:[string]|null! local_dir:string
        /download folder_paths:[string]!
        /api/cancel request_ids:[string]|null user_id:string|null
        @RequestOptions cluster_name:string|null! idle_minutes_to_autostop:integer|null! down:boolean! dryrun:boolean!
        """;

    /// <summary>The schemas of all bodies by path, and below <c>@name</c> the parts that they share.</summary>
    internal static IReadOnlyDictionary<string, JsonObject> Schemas { get; } = Read();

    private static Dictionary<string, JsonObject> Read()
    {
        var schemas = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var row in Rows.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var (key, fields) = (row[..row.IndexOf(' ', StringComparison.Ordinal)], row[row.IndexOf(' ', StringComparison.Ordinal)..]);
            schemas[key] = Body((key[0] is '@' ? string.Empty : Common) + fields);
        }

        return schemas;
    }

    private static JsonObject Body(string fields)
    {
        var (properties, required) = (new JsonObject(), new JsonArray());
        foreach (var field in fields.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, type) = (field[..field.IndexOf(':', StringComparison.Ordinal)], field[(field.IndexOf(':', StringComparison.Ordinal) + 1)..]);
            if (type.EndsWith('!'))
            {
                required.Add(name);
            }

            properties[name] = Type(type.TrimEnd('!'));
        }

        return new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = required };
    }

    private static JsonObject Type(string text) => text.Split('|') switch
    {
        { Length: > 1 } parts => new JsonObject { ["anyOf"] = new JsonArray([.. parts.Select(Type)]) },
        _ when text[0] is '[' => new JsonObject { ["type"] = "array", ["items"] = Type(text[1..^1]) },
        _ when text[0] is '{' => new JsonObject { ["type"] = "object", ["additionalProperties"] = Type(text[1..^1]) },
        _ when text[0] is '@' => new JsonObject { ["$ref"] = text },
        _ when text[0] is '=' => Choice(text[1..].Split(',')),
        _ => new JsonObject { ["type"] = text },
    };

    private static JsonObject Choice(string[] values)
    {
        var isNumber = values.All(static value => char.IsAsciiDigit(value[0]));
        var items = values.Select(value => isNumber ? JsonNode.Parse(value) : value);
        return new JsonObject { ["type"] = isNumber ? "integer" : "string", ["enum"] = new JsonArray([.. items]) };
    }
}
