using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Cloud;
using Slipway.Cloud.Launching;
using Slipway.Cloud.Money;
using Slipway.Core.Failures;

namespace Slipway.Cli.Commands.Cloud;

/// <summary><c>cloud budget</c>, <c>cloud reconcile</c> and <c>cloud ledger repair</c>.</summary>
internal static class CloudBudget
{
    public static Command DefineBudget(Output output, Func<Services> services)
    {
        var command = new Command("budget", "Say what was spent, what is reserved, and what is left.\n\nExample: slipway cloud budget");
        CloudSession.Bind(command, output, services, async (_, desk, _, token) =>
            CloudSession.Print(output, await desk.BudgetAsync(token).ConfigureAwait(false), "budget", budget =>
            {
                var view = budget.View;
                CloudText.Line(output, "today", $"{view.SpentToday} of {view.Limits.Daily} USD spent ({view.Day:yyyy-MM-dd}, UTC)");
                CloudText.Line(output, "this month", $"{view.SpentThisMonth} of {view.Limits.Monthly} USD spent");
                CloudText.Line(output, "reserved", $"{view.Reserved} USD by {view.OpenRuns} of {view.Limits.Concurrent} runs");
                CloudText.Line(output, "a run", $"at most {view.Limits.PerRun} USD");
                CloudText.Line(output, "left", $"{view.Available} USD for the next run");
                foreach (var entry in budget.Open)
                {
                    output.Data.WriteLine(Plain.Line($"  {entry.Run} on {entry.Backend}: {CloudText.Money(entry.Ceiling, isPriced: false)} until {CloudText.Time(entry.EndsBy)}"));
                }
            }));
        return command;
    }

    public static Command DefineReconcile(Output output, Func<Services> services)
    {
        var command = new Command("reconcile", "Mend what was left unfinished, end what is over its time, settle what is gone.\n\nExample: slipway cloud reconcile");
        CloudSession.Bind(command, output, services, tells: false, action: async (_, desk, _, token) =>
            CloudSession.Print(output, await desk.ReconcileAsync(token).ConfigureAwait(false), "reconcile", result => Tell(output, result)));
        return command;
    }

    public static Command DefineLedger(Output output, Func<Services> services)
    {
        var assumed = new Option<string>("--lost") { Description = "What the lost part of the ledger came to, as far as you know: booked to this month.", HelpName = "USD", Required = true };
        var repair = new Command("repair", "Begin a damaged ledger anew; the damaged one is kept beside it.\n\nExample: slipway cloud ledger repair --lost 12.50");
        repair.Options.Add(assumed);
        repair.SetAction(async (parsed, token) =>
        {
            var created = services();
            if (!Usd.Parse(parsed.GetRequiredValue(assumed), "--lost").TryGet(out var lost, out var failure) || !PersonTerminal.Open("A repair of the ledger").TryGet(out var terminal, out failure))
            {
                return output.Fail(failure);
            }

            using (terminal)
            {
                if (!terminal.Ask($"Type {lost} to book it and begin the ledger anew:").TryGet(out var typed, out failure))
                {
                    return output.Fail(failure);
                }

                if (!Usd.Parse(typed).TryGet(out var again, out _) || again != lost)
                {
                    return output.Fail(new Failure(CloudFailures.CeilingMismatch, "That is not what was asked for: nothing was changed."));
                }
            }

            var done = await CloudMoney.Of(created).Ledger.RepairAsync(Environment.UserName, lost, created.Variable(CloudMoney.CallerVariable), token).ConfigureAwait(false);
            if (!done.TryGet(out var repaired, out failure))
            {
                return output.Fail(failure);
            }

            output.Data.WriteLine(Plain.Line($"the ledger begins anew with {lost} USD spent; {repaired.Kept} records could be read, and the damaged file is {repaired.Copy}"));
            return 0;
        });
        return new Command("ledger", "Look after the ledger.\n\nExample: slipway cloud ledger repair --lost 12.50") { repair };
    }

    private static void Tell(Output output, ReconcileResult result)
    {
        foreach (var repair in result.Repairs)
        {
            output.Data.WriteLine(CloudSession.Line(repair));
        }

        foreach (var orphan in result.Orphans)
        {
            output.Data.WriteLine(Plain.Line($"orphan: {orphan.Name} is {orphan.State} in {orphan.Where}: {orphan.Why}"));
        }

        if (result is { Repairs.IsEmpty: true, Orphans.IsEmpty: true })
        {
            output.Data.WriteLine("nothing to do");
        }
    }
}
