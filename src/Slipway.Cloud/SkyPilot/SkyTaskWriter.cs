using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Cloud.SkyPilot;

/// <summary>Writes a task as the server reads it. Unknown fields are refused there, so what an older server does not know is left out and named.</summary>
internal static class SkyTaskWriter
{
    public static Result<SkyTaskYaml> Write(SkyTask task, SkyCapabilities capabilities)
    {
        if (Problem(task) is { } problem)
        {
            return new Failure(CloudFailures.TaskInvalid, problem);
        }

        var warnings = ImmutableArray.CreateBuilder<string>();
        if (!capabilities.HasHourlyCap && (task.Resources.MaxHourlyUsd is not null || task.Resources.AnyOf.Any(static one => one.MaxHourlyUsd is not null)))
        {
            warnings.Add($"The server speaks API {capabilities.Api}: the price cap of one machine is not in force there (44 has it).");
        }

        if (!capabilities.HasServerAccessSwitch && !task.ServerAccess)
        {
            warnings.Add($"The server speaks API {capabilities.Api}: the task cannot be kept from the server's API there (42 can).");
        }

        return new SkyTaskYaml(Text(task, capabilities), warnings.ToImmutable());
    }

    private static string Text(SkyTask task, SkyCapabilities capabilities)
    {
        var yaml = new YamlText().Text("name", task.Name).Number("num_nodes", task.Nodes);
        yaml.Map("resources", inner => Resources(inner, task.Resources, capabilities, whole: true));
        if (capabilities.HasServerAccessSwitch)
        {
            yaml.Flag("api_server_access", task.ServerAccess);
        }

        Texts(yaml, "envs", task.Envs);
        Texts(yaml, "secrets", task.Secrets);
        if (task.Workdir is { } workdir)
        {
            // The server finds an uploaded folder only through the mapping, whose two sides are the same for us.
            yaml.Text("workdir", workdir).Texts("file_mounts_mapping", [new(workdir, workdir)]);
        }

        if (task.Buckets.Count > 0)
        {
            yaml.Map("file_mounts", mounts =>
            {
                foreach (var (path, source) in task.Buckets)
                {
                    mounts.Map(path, mount => mount.Text("source", source).Text("mode", "MOUNT"));
                }
            });
        }

        return yaml.Text("run", task.Run).ToString();
    }

    private static void Resources(YamlText yaml, SkyResources resources, SkyCapabilities capabilities, bool whole)
    {
        Text(yaml, "infra", resources.Infra);
        Text(yaml, "instance_type", resources.InstanceType);
        Text(yaml, "cpus", resources.Cpus);
        Text(yaml, "memory", resources.Memory);
        if (resources.Accelerator is { } card)
        {
            yaml.Map("accelerators", inner => inner.Number(card, resources.AcceleratorCount));
        }

        yaml.Flag("use_spot", resources.UseSpot);
        if (resources.DiskGib is { } disk)
        {
            yaml.Number("disk_size", disk);
        }

        if (resources.MaxHourlyUsd is { } cap && capabilities.HasHourlyCap)
        {
            yaml.Number("max_hourly_cost", cap);
        }

        Texts(yaml, "labels", resources.Labels);
        if (resources.Autostop is { } autostop)
        {
            yaml.Map("autostop", inner => inner.Number("idle_minutes", autostop.IdleMinutes).Flag("down", autostop.Down).Text("wait_for", autostop.WaitWord));
        }

        if (resources.Recovery is { } recovery)
        {
            yaml.Map("job_recovery", inner => Text(inner, "strategy", recovery.Strategy).Number("max_restarts_on_errors", recovery.MaxRestartsOnErrors));
        }

        if (whole && resources.AnyOf.Length > 0)
        {
            yaml.Items("any_of", resources.AnyOf, (inner, one) => Resources(inner, one, capabilities, whole: false));
        }
    }

    private static YamlText Text(YamlText yaml, string key, string? value) => value is null ? yaml : yaml.Text(key, value);

    private static void Texts(YamlText yaml, string key, ImmutableSortedDictionary<string, string> entries)
    {
        if (entries.Count > 0)
        {
            yaml.Texts(key, entries);
        }
    }

    private static string? Problem(SkyTask task)
    {
        if (string.IsNullOrWhiteSpace(task.Run))
        {
            return "run is empty: there is nothing to do.";
        }

        if (task.Nodes < 1 || task.Resources.AcceleratorCount < 1 || task.Resources.MaxHourlyUsd <= 0)
        {
            return "num_nodes, the number of cards and max_hourly_cost are at least 1, 1 and more than 0.";
        }

        foreach (var name in task.Envs.Keys.Concat(task.Secrets.Keys))
        {
            if (!IsVariable(name))
            {
                return $"{Shown.Quote(name)} is no name of a variable.";
            }
        }

        return Fields(task).Where(static field => !IsText(field.Value)).Select(static field => $"{field.Name} holds a NUL or half a character.").FirstOrDefault();
    }

    private static IEnumerable<(string Name, string Value)> Fields(SkyTask task)
    {
        yield return ("name", task.Name);
        yield return ("run", task.Run);
        yield return ("workdir", task.Workdir ?? string.Empty);
        foreach (var (name, value) in task.Envs.Concat(task.Secrets).Concat(task.Buckets))
        {
            yield return (name, value);
        }

        foreach (var resources in task.Resources.AnyOf.Prepend(task.Resources))
        {
            yield return ("resources", string.Join(' ', resources.Infra, resources.InstanceType, resources.Accelerator, resources.Cpus, resources.Memory, resources.Recovery?.Strategy));
            foreach (var (name, value) in resources.Labels)
            {
                yield return ("labels", name + value);
            }
        }
    }

    private static bool IsVariable(string name) => name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static bool IsText(string value)
    {
        for (var at = 0; at < value.Length; at++)
        {
            if (value[at] == '\0' || !Rune.TryGetRuneAt(value, at, out var rune))
            {
                return false;
            }

            at += rune.Utf16SequenceLength - 1;
        }

        return true;
    }
}
