using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Store.Collection;

namespace Slipway.Cli.Commands.Store;

/// <summary><c>store gc</c>: removes what was not used for a while, or the least recently used, and never what is in use.</summary>
internal static class StoreGc
{
    public static Command Define(Output output, Func<Services> services)
    {
        var olderThan = new Option<string>("--older-than")
        {
            Description = "What was not used for so long goes: 30d, 12h, 45m. Never less than one hour. 30d when --max-size is not given either.",
            HelpName = "AGE",
        };
        var maxSize = new Option<string>("--max-size")
        {
            Description = "Also remove the least recently used until the whole store fits: 20GB, 500MB, 1.5TiB.",
            HelpName = "SIZE",
        };
        var includeLinked = new Option<bool>("--include-linked") { Description = "Remove environments that projects link to as well." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would go and what it would free." };
        var command = new Command("gc", "Remove what was not used for a while; never what is in use.\n\nExample: slipway store gc --max-size 20GB --dry-run")
        {
            olderThan, maxSize, includeLinked, dryRun,
        };
        StoreCommands.Bind(command, output, services, async (parsed, host, created, token) =>
        {
            if (!Policy(parsed.GetValue(olderThan), parsed.GetValue(maxSize)).TryGet(out var policy, out var failure))
            {
                return output.Fail(failure);
            }

            policy = policy with { DryRun = parsed.GetValue(dryRun), IncludeLinked = parsed.GetValue(includeLinked) };
            var collected = await new GarbageCollector(created.Machine, host.Layout, created.Time).CollectAsync(policy, token).ConfigureAwait(false);
            if (!collected.TryGet(out var report, out failure))
            {
                return output.Fail(failure);
            }

            Print(output, policy, report);
            return 0;
        });
        return command;
    }

    // A size alone asks for room and for nothing else.
    private static Result<CollectionPolicy> Policy(string? olderThan, string? maxSize)
    {
        var age = olderThan is not null ? Sizes.ParseAge(olderThan) : maxSize is null ? CollectionPolicy.DefaultAge : TimeSpan.MaxValue;
        var bytes = maxSize is null ? null : Sizes.ParseBytes(maxSize);
        return age is not { } minimum ? new Failure(CliFailures.Usage, $"--older-than: '{olderThan}' is not an age such as 30d, 12h or 45m.")
            : bytes is null && maxSize is not null ? new Failure(CliFailures.Usage, $"--max-size: '{maxSize}' is not a size such as 20GB, 500MB or 1.5TiB.")
            : new CollectionPolicy(minimum, DryRun: false) { MaxBytes = bytes };
    }

    private static void Print(Output output, CollectionPolicy policy, CollectionReport report)
    {
        if (output.IsJson)
        {
            output.Json(StoreGcDocument.From(policy, report), StoreGcJson.Default.StoreGcDocument);
            return;
        }

        foreach (var entry in report.Entries.Where(entry => entry.Removed || output.IsVerbose))
        {
            output.Data.WriteLine(Plain.Line(entry.Removed
                ? $"{(policy.DryRun ? "would remove" : "removed")}  {Sizes.Text(entry.Bytes),9}  {entry.Name}  {entry.Title}{Shared(entry)}"
                : $"kept          {Sizes.Text(entry.Bytes),9}  {entry.Name}  {entry.KeptBecause}"));
        }

        var kept = report.Entries.Count(entry => !entry.Removed);
        output.Data.WriteLine($"{(policy.DryRun ? "would free" : "freed")} {Sizes.Text(report.FreedBytes)}; {kept} kept");
        if (report.RemainingBytes is { } remaining && policy.MaxBytes is { } limit)
        {
            var rest = remaining > limit ? ": what is left is in use, linked, used within the hour, or Slipway's own tools and records (--verbose tells)" : string.Empty;
            output.Data.WriteLine($"the store {(policy.DryRun ? "would hold" : "holds")} {Sizes.Text(remaining)} of {Sizes.Text(limit)}{rest}");
        }
    }

    private static string Shared(CollectionEntry entry) =>
        entry.SharedBytes > 0 ? $" ({Sizes.Text(entry.SharedBytes)} of it has other names as well)" : string.Empty;
}
