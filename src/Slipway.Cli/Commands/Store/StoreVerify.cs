using System.Collections.Immutable;
using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Environments;
using Slipway.Environments.Repairs;
using Slipway.Runs.Arguments;
using Slipway.Store.Slots;
using Slipway.Store.Verification;

namespace Slipway.Cli.Commands.Store;

/// <summary><c>store verify</c>: reads every byte of environments, and makes damaged ones good on request.</summary>
internal static class StoreVerify
{
    private const int ShownDifferences = 10;

    public static Command Define(Output output, Func<Services> services)
    {
        var names = new Argument<string[]>("NAME") { Description = "Environments; all when none is named.", Arity = ArgumentArity.ZeroOrMore };
        var repair = new Option<bool>("--repair") { Description = "Make damaged environments good: in place, else by building them again; with --yes, what cannot be built again is removed." };
        var command = new Command("verify", "Check every file of environments against what was published.\n\nExample: slipway store verify --repair") { names, repair };
        StoreCommands.Bind(command, output, services, async (parsed, host, created, token) =>
        {
            if (!Choose(new EnvironmentStore(host.Layout), parsed.GetValue(names) ?? []).TryGet(out var slots, out var failure))
            {
                return output.Fail(failure);
            }

            Repair? how = parsed.GetValue(repair)
                ? new Repair(new EnvironmentRepair(host, created.Dependencies(host), created.Time), GlobalOptions.Has(parsed, RunOptions.Yes), GlobalOptions.Has(parsed, RunOptions.Offline))
                : null;
            return await VerifyAsync(slots, how, output, host, created, token).ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>What may be done about damage.</summary>
    private sealed record Repair(EnvironmentRepair UseCase, bool MayRemove, bool Offline);

    private static async Task<int> VerifyAsync(
        ImmutableArray<SlotName> slots, Repair? repair, Output output, BuildHost host, Services services, CancellationToken cancellationToken)
    {
        var entries = ImmutableArray.CreateBuilder<StoreVerifyEntry>();
        var verifier = new SlotVerifier(host.Layout);
        foreach (var slot in slots)
        {
            var verified = verifier.Verify(slot, cancellationToken);
            var entry = StoreVerifyEntry.From(slot, verified);
            if (!entry.Intact && repair is not null)
            {
                using var progress = new BuildProgressView(output, services.Time);
                var found = verified.TryGet(out var report, out _) ? report : null;
                var repaired = await repair.UseCase
                    .RepairAsync(slot, found, repair.MayRemove, new EnsureOptions(Offline: repair.Offline), progress, cancellationToken)
                    .ConfigureAwait(false);
                entry = entry.After(repaired);
            }

            entry = await WithSiteAsync(entry, slot, host, services, cancellationToken).ConfigureAwait(false);

            entries.Add(entry);
            Tell(output, entry);
        }

        if (output.IsJson)
        {
            output.Json(new StoreVerifyDocument("slipway.store-verify/1", entries.ToImmutable()), StoreVerifyJson.Default.StoreVerifyDocument);
        }

        // The worst outcome counts: a repair that was refused because of a running workload ends as busy.
        return entries.Select(entry => entry.ExitCode).DefaultIfEmpty(0).Max();
    }

    // What an environment sees outside the store nobody else looks at byte by byte.
    private static async Task<StoreVerifyEntry> WithSiteAsync(StoreVerifyEntry entry, SlotName slot, BuildHost host, Services services, CancellationToken cancellationToken)
    {
        if (!new EnvironmentStore(host.Layout).Read(slot).TryGet(out var environment, out _))
        {
            return entry;
        }

        var checkedSite = await services.Dependencies(host).CheckSiteAsync(environment, cancellationToken).ConfigureAwait(false);
        return !checkedSite.TryGet(out var site, out var failure) ? entry.Failing(failure)
            : site is { Difference: { } edit, IsEdited: true } ? entry.Failing(new Failure(EnvironmentFailures.SiteChanged, $"{edit}."))
            : site.Difference is { } difference ? entry with { Problem = $"out of date: {difference}", Hint = "What needs it gets a new one by itself; this one goes with `slipway store gc`." }
            : entry;
    }

    // One whose record cannot be read is an environment all the same, and the first that should be told of.
    private static Result<ImmutableArray<SlotName>> Choose(EnvironmentStore store, string[] names)
    {
        var slots = ImmutableArray.CreateBuilder<SlotName>();
        if (names.Length == 0)
        {
            var readable = store.List((slot, _) => slots.Add(slot));
            slots.AddRange(readable.Select(environment => environment.Slot));
        }

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

    private static void Tell(Output output, StoreVerifyEntry entry)
    {
        if (output.IsJson)
        {
            return;
        }

        output.Data.WriteLine($"{entry.Slot}  {(entry.Intact ? "intact" : entry.Outcome ?? "DAMAGED")}");
        foreach (var difference in entry.Differences.Take(ShownDifferences))
        {
            output.Data.WriteLine($"  {Plain.Escape(difference)}");
        }

        if (entry.Differences.Length > ShownDifferences)
        {
            output.Data.WriteLine($"  and {entry.Differences.Length - ShownDifferences} more");
        }

        if (entry.Problem is not null)
        {
            output.Data.WriteLine(Plain.Line(entry.Code is null ? $"  {entry.Problem}" : $"  {entry.Code}: {entry.Problem}"));
        }

        if (entry.Hint is not null)
        {
            output.Data.WriteLine(Plain.Line($"  hint: {entry.Hint}"));
        }
    }
}
