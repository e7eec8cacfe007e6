using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Slipway.Core.Failures;

namespace Slipway.Runs.Gpus;

/// <summary>
/// Reads what nvidia-smi writes. A field that the driver does not support (<c>[N/A]</c>, <c>[Not Supported]</c>, <c>[Unknown Error]</c>) is null: it
/// makes no row disappear.
/// </summary>
public static partial class GpuText
{
    /// <summary>Reads the GPUs.</summary>
    /// <param name="query">Of <c>--query-gpu=index,uuid,name,memory.used,memory.total,utilization.gpu[,mig.mode.current] --format=csv,noheader,nounits</c>.</param>
    /// <param name="list">Of <c>-L</c>: the parts of divided GPUs.</param>
    /// <param name="apps">Of <c>--query-compute-apps=gpu_uuid,pid,used_memory</c> in the same format.</param>
    /// <returns>All GPUs and parts in the order of the bus; <see cref="GpuFailures.Unreadable"/> for a text of another kind.</returns>
    public static Result<ImmutableArray<GpuUnit>> Parse(string query, string list, string apps)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(list);
        ArgumentNullException.ThrowIfNull(apps);
        var processes = Processes(apps);
        var parts = Parts(list);
        var units = ImmutableArray.CreateBuilder<GpuUnit>();
        foreach (var line in Lines(query))
        {
            if (line.StartsWith("No devices", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (Row(line) is not { } row)
            {
                return new Failure(GpuFailures.Unreadable, "nvidia-smi answered in words that are not understood.") { Detail = query.Trim() };
            }

            var unit = row.Unit with { Processes = [.. processes[row.Unit.Id]] };
            units.AddRange(row.IsDivided ? Divided(unit, parts, processes) : [unit]);
        }

        return units.ToImmutable();
    }

    private static IEnumerable<GpuUnit> Divided(GpuUnit gpu, ILookup<string, Part> parts, ILookup<string, GpuProcess> processes)
    {
        var own = parts[gpu.Id].ToList();
        return own.Count == 0 ? [gpu with { Obstacle = "MIG is on and it has no part" }]
            : own.Select(part => new GpuUnit($"{gpu.Place}:{part.Number}", part.Id, $"{gpu.Name} {part.Profile}") { Processes = [.. processes[part.Id]] });
    }

    private static (GpuUnit Unit, bool IsDivided)? Row(string line)
    {
        const int Before = 2;
        const int Fields = 6;

        // A name may hold commas; what stands around it may not.
        var fields = line.Split(',').Select(static field => field.Trim()).ToList();
        var hasMode = fields.Count > Fields;
        var after = hasMode ? 4 : 3;
        if (fields.Count < Fields || (Known(fields[1]) is { } id && !IdForm().IsMatch(id)) || (Known(fields[0]) is { } index && Whole(index) is null))
        {
            return null;
        }

        var numbers = fields[^after..];
        var unit = new GpuUnit(Known(fields[0]) ?? string.Empty, Known(fields[1]) ?? string.Empty, string.Join(", ", fields[Before..^after]))
        {
            MemoryUsed = Whole(numbers[0]),
            MemoryTotal = Whole(numbers[1]),
            Utilization = (int?)Whole(numbers[2]),
        };
        return (unit.Id.Length > 0 ? unit : unit with { Obstacle = "the driver does not tell its id" }, hasMode && string.Equals(numbers[3], "Enabled", StringComparison.OrdinalIgnoreCase));
    }

    private static ILookup<string, GpuProcess> Processes(string apps) => Lines(apps).Select(static line => line.Split(',').Select(static field => field.Trim()).ToList())
        .Where(static fields => fields.Count == 3 && Whole(fields[1]) is > 0 and <= int.MaxValue)
        .ToLookup(static fields => fields[0], static fields => new GpuProcess((int)Whole(fields[1])!.Value, Whole(fields[2])), StringComparer.Ordinal);

    private static ILookup<string, Part> Parts(string list)
    {
        var parts = new List<Part>();
        var gpu = string.Empty;
        foreach (var line in Lines(list))
        {
            if (ListedGpu().Match(line) is { Success: true } whole)
            {
                gpu = whole.Groups["id"].Value;
            }
            else if (ListedPart().Match(line) is { Success: true } part)
            {
                parts.Add(new Part(gpu, part.Groups["number"].Value, part.Groups["id"].Value, part.Groups["profile"].Value));
            }
        }

        return parts.ToLookup(static part => part.Gpu, StringComparer.Ordinal);
    }

    private static IEnumerable<string> Lines(string text) => text.Split('\n').Select(static line => line.Trim()).Where(static line => line.Length > 0);

    private static string? Known(string field) => field.StartsWith('[') || field is "N/A" or "ERR!" or "" ? null : field;

    private static long? Whole(string field) => long.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= int.MaxValue ? number : null;

    [GeneratedRegex(@"^(GPU|MIG)-[0-9A-Za-z/-]+\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex IdForm();

    [GeneratedRegex(@"^GPU [0-9]+: .* \(UUID: (?<id>GPU-[0-9A-Za-z-]+)\)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex ListedGpu();

    [GeneratedRegex(@"^MIG (?<profile>\S+)\s+Device\s+(?<number>[0-9]+): \(UUID: (?<id>MIG-[0-9A-Za-z/-]+)\)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex ListedPart();

    private sealed record Part(string Gpu, string Number, string Id, string Profile);
}
