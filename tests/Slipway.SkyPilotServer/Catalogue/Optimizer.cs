using System.Globalization;
using System.Text;
using Slipway.SkyPilotApi.Requests;
using Slipway.SkyPilotApi.Tasks;

namespace Slipway.SkyPilotApi.Catalogue;

/// <summary>The machine that a task gets.</summary>
/// <param name="Offer">The row of the catalogue.</param>
/// <param name="Wanted">The alternative that it meets.</param>
/// <param name="Price">US dollars an hour for one node; 0 where the catalogue has none.</param>
internal sealed record Choice(Offer Offer, Wanted Wanted, decimal Price);

/// <summary>Finds the cheapest machine for a task, and writes the table that people see.</summary>
internal sealed class Optimizer(SkyPilotServerOptions options)
{
    private const string Grey = "\u001b[90m", Cyan = "\u001b[36m", Green = "\u001b[32m", Bold = "\u001b[1m", Reset = "\u001b[0m";

    internal static string Display(string cloud) => cloud switch
    {
        "aws" => "AWS",
        "gcp" => "GCP",
        "runpod" => "RunPod",
        "ssh" => "SSH",
        _ => char.ToUpperInvariant(cloud[0]) + cloud[1..],
    };

    internal static string Money(double value) => value.ToString("0.0###", CultureInfo.InvariantCulture);

    /// <summary>Finds the cheapest machine.</summary>
    /// <exception cref="SkyError">There is none.</exception>
    internal Choice Choose(SkyTask task, GrowingLog log)
    {
        foreach (var wanted in task.Alternatives)
        {
            if (wanted.Cloud is { } cloud && !options.EnabledClouds.Contains(cloud, StringComparer.Ordinal))
            {
                throw new SkyError("ResourcesUnavailableError", $"Task requires {Display(cloud)} which is not enabled. To enable access, change the task cloud requirement or run: {Bold}sky check {cloud}{Reset}");
            }
        }

        log.Append(Control("rich_init", "[bold cyan]Optimizing[/]") + Control("rich_update", "[bold cyan]Optimizing[/]") + Control("rich_start", "[bold cyan]Optimizing[/]"));
        var all = task.Alternatives.SelectMany(Candidates).OrderBy(static choice => choice.Price).ToList();
        log.Append(all.Count == 0 ? None(task) : Table(task, all));
        log.Append(Control("rich_exit", string.Empty));
        return all.Count > 0 ? all[0] : throw Refusal(task);
    }

    internal static string Control(string name, string text) => $"<sky-payload>\"<{name}>{text}</{name}>\"</sky-payload>\n";

    private IEnumerable<Choice> Candidates(Wanted wanted) => options.Offers
        .Where(offer => options.EnabledClouds.Contains(offer.Cloud, StringComparer.Ordinal) && Meets(offer, wanted))
        .Where(offer => offer.PriceOf(wanted.IsSpot) is { } price && !(wanted.MostPerHour < (double)price))
        .Select(offer => new Choice(offer, wanted, offer.PriceOf(wanted.IsSpot)!.Value));

    private static bool Meets(Offer offer, Wanted wanted) =>
        (wanted.Cloud is null || string.Equals(wanted.Cloud, offer.Cloud, StringComparison.Ordinal))
        && (wanted.Region is null || offer.Cloud is "kubernetes" or "ssh" || string.Equals(wanted.Region, offer.Region, StringComparison.Ordinal))
        && (wanted.InstanceType is null || string.Equals(wanted.InstanceType, offer.InstanceType, StringComparison.Ordinal))
        && AtLeast(offer.Vcpus, wanted.Cpus) && AtLeast(offer.MemoryGib, wanted.Memory)
        && (wanted.Accelerators.Count == 0
            ? offer.Accelerator is null || wanted.InstanceType is not null
            : wanted.Accelerators.Any(one => one.Count.Equals(offer.Count) && string.Equals(one.Name, offer.Accelerator, StringComparison.OrdinalIgnoreCase)));

    private static bool AtLeast(double? has, string? wanted)
    {
        if (wanted is null || has is null)
        {
            return true;
        }

        var number = double.Parse(wanted.TrimEnd('+'), CultureInfo.InvariantCulture);
        return wanted.EndsWith('+') ? has >= number : has.Value.Equals(number);
    }

    private static string Table(SkyTask task, List<Choice> all)
    {
        var rows = all.GroupBy(static choice => (choice.Offer.Cloud, choice.Offer.Accelerator)).Select(static group => group.First());
        var text = new StringBuilder($"Considered resources ({task.Nodes} node{(task.Nodes > 1 ? "s" : string.Empty)}):\n");
        var rule = new string('-', 108);
        text.Append(rule).Append("\r\n INFRA                INSTANCE                               vCPUs   Mem(GB)   GPUS     COST ($)   CHOSEN   \r\n").Append(rule).Append("\r\n");
        foreach (var choice in rows)
        {
            var (offer, cost) = (choice.Offer, (choice.Price * task.Nodes).ToString("0.00", CultureInfo.InvariantCulture));
            var infra = $"{Display(offer.Cloud)} ({offer.Region})";
            var instance = (offer.InstanceType ?? "-") + (choice.Wanted.IsSpot ? "[Spot]" : string.Empty);
            var gpus = offer.Accelerator is null ? "-" : $"{offer.Accelerator}:{offer.Count}";
            var mark = choice == all[0] ? $"{Green}   \u2714{Reset}     " : string.Empty;
            text.Append(CultureInfo.InvariantCulture, $" {infra,-21}{instance,-39}{offer.Vcpus,-8}{offer.MemoryGib,-10}{gpus,-9}{cost,-11}{mark}\r\n");
        }

        return text.Append(rule).Append('\n').ToString();
    }

    private string None(SkyTask task)
    {
        var text = new StringBuilder();
        foreach (var wanted in task.Alternatives)
        {
            text.Append(CultureInfo.InvariantCulture, $"No resource satisfying {Describe(wanted)} on {Display(wanted.Cloud ?? (options.EnabledClouds.Count > 0 ? options.EnabledClouds[0] : "any cloud"))}.\n");
            if (wanted.MostPerHour is { } most)
            {
                text.Append(CultureInfo.InvariantCulture, $"{Grey}- Max hourly cost limit (${Money(most)}/hr) may be too restrictive. Try increasing the limit or removing it to see available options.{Reset}\n");
            }
            else if (Similar(wanted) is { Length: > 0 } similar)
            {
                text.Append(CultureInfo.InvariantCulture, $"Did you mean: {Cyan}[{similar}]{Reset}\n");
            }
        }

        return text.ToString();
    }

    private SkyError Refusal(SkyTask task)
    {
        var wanted = task.Alternatives[0];
        var similar = Similar(wanted) is { Length: > 0 } found && wanted.MostPerHour is null ? $"\nTry one of these offered accelerators: {Cyan}[{found}]{Reset}" : string.Empty;
        return new SkyError("ResourcesUnavailableError",
            $"Catalog does not contain any instances satisfying the request: {task.Nodes}x {Describe(wanted)}.\nTo fix: relax or change the resource requirements.{similar}\n\n"
            + $"Hint: {Bold}sky gpus list{Reset} to list available accelerators.\n      {Bold}sky check{Reset} to check the enabled clouds.\nHint: Check Per Resource Hint\n      ");
    }

    /// <summary>Other numbers of the wanted accelerators that are offered.</summary>
    private string Similar(Wanted wanted) => string.Join(", ", options.Offers
        .Where(offer => !wanted.IsSpot && wanted.Accelerators.Any(one => one.Count < offer.Count && string.Equals(one.Name, offer.Accelerator, StringComparison.OrdinalIgnoreCase)))
        .Select(static offer => $"'{offer.Accelerator}:{offer.Count}'").Distinct(StringComparer.Ordinal));

    private static string Describe(Wanted wanted)
    {
        var parts = new List<string>();
        if (wanted.IsSpot)
        {
            parts.Add("[Spot]");
        }

        if (wanted.Accelerators.Count > 0)
        {
            parts.Add("{" + string.Join(", ", wanted.Accelerators.Select(static one => $"'{one.Name}': {one.Count}")) + "}");
        }

        parts.Add("disk_size=" + wanted.DiskSize);
        if (wanted.MostPerHour is { } most)
        {
            parts.Add($"max_cost=${Money(most)}/hr");
        }

        return $"{Display(wanted.Cloud ?? "cloud")}({string.Join(", ", parts)})";
    }
}
