using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Serialization;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Environments;
using Slipway.Store.Slots;
using Slipway.Store.Verification;

namespace Slipway.Cli.Commands.Store;

/// <summary><c>store verify</c>: reads every byte of environments, and builds damaged ones again on request.</summary>
internal static class StoreVerify
{
    private const int ShownDifferences = 10;

    public static Command Define(Output output, Func<Services> services)
    {
        var names = new Argument<string[]>("NAME") { Description = "Environments; all when none is named.", Arity = ArgumentArity.ZeroOrMore };
        var repair = new Option<bool>("--repair") { Description = "Build damaged environments again." };
        var command = new Command("verify", "Check every file of environments against what was published.\n\nExample: slipway store verify --repair") { names, repair };
        StoreCommands.Bind(command, output, services, (parsed, host, created, token) =>
            VerifyAsync(parsed.GetValue(names) ?? [], parsed.GetValue(repair), output, host, created, GlobalOptions.Has(parsed, Runs.Arguments.RunOptions.Offline), token));
        return command;
    }

    private static async Task<int> VerifyAsync(
        string[] names, bool repair, Output output, BuildHost host, Services services, bool offline, CancellationToken cancellationToken)
    {
        var store = new EnvironmentStore(host.Layout);
        if (!Choose(store, names).TryGet(out var slots, out var failure))
        {
            return output.Fail(failure);
        }

        var entries = ImmutableArray.CreateBuilder<StoreVerifyEntry>();
        foreach (var slot in slots)
        {
            var entry = Verify(slot, host, cancellationToken);
            if (!entry.Intact && repair)
            {
                entry = await RepairAsync(entry, slot, store, output, host, services, offline, cancellationToken).ConfigureAwait(false);
            }

            entries.Add(entry);
            Tell(output, entry);
        }

        if (output.IsJson)
        {
            output.Json(new StoreVerifyDocument("slipway.store-verify/1", entries.ToImmutable()), StoreVerifyJson.Default.StoreVerifyDocument);
        }

        // The worst outcome counts: a repair that was refused because of a running workload ends as busy.
        return entries.Select(entry => entry.Intact || entry.Repaired ? 0 : entry.ExitCode).DefaultIfEmpty(0).Max();
    }

    private static Result<ImmutableArray<SlotName>> Choose(EnvironmentStore store, string[] names)
    {
        if (names.Length == 0)
        {
            return store.List().Select(environment => environment.Slot).ToImmutableArray();
        }

        var slots = ImmutableArray.CreateBuilder<SlotName>();
        foreach (var name in names)
        {
            if (!store.Find(name).TryGet(out var slot, out var failure))
            {
                return failure;
            }

            slots.Add(slot);
        }

        return slots.ToImmutable();
    }

    private static StoreVerifyEntry Verify(SlotName slot, BuildHost host, CancellationToken cancellationToken)
    {
        var verified = new SlotVerifier(host.Layout).Verify(slot, cancellationToken);
        return verified.TryGet(out var report, out var failure)
            ? new StoreVerifyEntry(
                slot.ToString(), report.IsIntact, false, [.. report.Differences.Select(difference => $"{difference.Kind.ToString().ToLowerInvariant()}: {difference.Path}")], null, 1)
            : new StoreVerifyEntry(slot.ToString(), false, false, [], failure.Message, 1);
    }

    private static async Task<StoreVerifyEntry> RepairAsync(
        StoreVerifyEntry entry, SlotName slot, EnvironmentStore store, Output output, BuildHost host, Services services, bool offline, CancellationToken cancellationToken)
    {
        using var progress = new BuildProgressView(output, services.Time);
        if (!store.Read(slot).TryGet(out var environment, out var failure))
        {
            return entry with { Problem = failure.Message };
        }

        var repaired = await services.Dependencies(host)
            .RepairAsync(environment, new EnsureOptions(Offline: offline), progress, cancellationToken)
            .ConfigureAwait(false);
        return repaired.TryGet(out _, out failure)
            ? entry with { Repaired = true }
            : entry with { Problem = failure.Message, ExitCode = (int)failure.Code.Exit };
    }

    private static void Tell(Output output, StoreVerifyEntry entry)
    {
        if (output.IsJson)
        {
            return;
        }

        var state = entry.Intact ? "intact" : entry.Repaired ? "repaired" : "DAMAGED";
        output.Data.WriteLine($"{entry.Slot}  {state}");
        foreach (var difference in entry.Differences.Take(ShownDifferences))
        {
            output.Data.WriteLine($"  {difference}");
        }

        if (entry.Differences.Length > ShownDifferences)
        {
            output.Data.WriteLine($"  and {entry.Differences.Length - ShownDifferences} more");
        }

        if (entry.Problem is not null)
        {
            output.Data.WriteLine($"  {entry.Problem}");
        }
    }
}

/// <summary>What <c>store verify --json</c> prints.</summary>
internal sealed record StoreVerifyDocument(string Schema, ImmutableArray<StoreVerifyEntry> Environments);

/// <summary>One environment.</summary>
internal sealed record StoreVerifyEntry(
    string Slot, bool Intact, bool Repaired, ImmutableArray<string> Differences, string? Problem, [property: JsonIgnore] int ExitCode);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(StoreVerifyDocument))]
internal sealed partial class StoreVerifyJson : JsonSerializerContext;
