using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Serialization;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Store.Collection;

namespace Slipway.Cli.Commands.Store;

/// <summary><c>store gc</c>: removes what was not used for a while and is not in use.</summary>
internal static class StoreGc
{
    public static Command Define(Output output, Func<Services> services)
    {
        var olderThan = new Option<string>("--older-than")
        {
            Description = "What was not used for so long goes: 30d, 12h, 45m. Never less than one hour.",
            DefaultValueFactory = _ => "30d",
            HelpName = "AGE",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would go and what it would free." };
        var command = new Command("gc", "Remove what was not used for a while; never what is in use.\n\nExample: slipway store gc --older-than 30d --dry-run") { olderThan, dryRun };
        StoreCommands.Bind(command, output, services, async (parsed, host, created, token) =>
        {
            var text = parsed.GetRequiredValue(olderThan);
            if (Sizes.ParseAge(text) is not { } age)
            {
                return output.Fail(new Failure(CliFailures.Usage, $"--older-than: '{text}' is not an age such as 30d, 12h or 45m."));
            }

            var policy = new CollectionPolicy(age, parsed.GetValue(dryRun));
            var collected = await new GarbageCollector(created.Machine, host.Layout, created.Time).CollectAsync(policy, token).ConfigureAwait(false);
            return collected.TryGet(out var entries, out var failure) ? Print(output, policy, entries) : output.Fail(failure);
        });
        return command;
    }

    private static int Print(Output output, CollectionPolicy policy, ImmutableArray<CollectionEntry> entries)
    {
        var freed = entries.Where(entry => entry.Removed).Sum(entry => entry.Bytes);
        if (output.IsJson)
        {
            output.Json(
                new StoreGcDocument("slipway.store-gc/1", policy.DryRun, freed, [.. entries.Select(entry => new StoreGcEntry(entry.Name, entry.Title, entry.Bytes, entry.Removed, entry.KeptBecause))]),
                StoreGcJson.Default.StoreGcDocument);
            return 0;
        }

        foreach (var entry in entries.Where(entry => entry.Removed || output.IsVerbose))
        {
            output.Data.WriteLine(entry.Removed
                ? $"{(policy.DryRun ? "would remove" : "removed")}  {Sizes.Text(entry.Bytes),9}  {entry.Name}  {entry.Title}"
                : $"kept          {Sizes.Text(entry.Bytes),9}  {entry.Name}  {entry.KeptBecause}");
        }

        var kept = entries.Count(entry => !entry.Removed);
        output.Data.WriteLine($"{(policy.DryRun ? "would free" : "freed")} {Sizes.Text(freed)}; {kept} kept");
        return 0;
    }
}

/// <summary>What <c>store gc --json</c> prints.</summary>
internal sealed record StoreGcDocument(string Schema, bool DryRun, long FreedBytes, ImmutableArray<StoreGcEntry> Entries);

/// <summary>One thing.</summary>
internal sealed record StoreGcEntry(string Name, string Title, long Bytes, bool Removed, string? KeptBecause);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(StoreGcDocument))]
internal sealed partial class StoreGcJson : JsonSerializerContext;
