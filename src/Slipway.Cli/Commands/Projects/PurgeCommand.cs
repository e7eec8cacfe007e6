using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Serialization;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines.Files;
using Slipway.Projects.Discovery;
using Slipway.Projects.Layout;
using Slipway.Projects.UseCases;
using Slipway.Runs.Arguments;

namespace Slipway.Cli.Commands.Projects;

/// <summary><c>purge</c>: takes out of the project what Slipway put into it, after a person has seen what that is.</summary>
internal static class PurgeCommand
{
    public static Command Define(Output output, Func<Services> services)
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would go, and what stays." };
        var command = new Command("purge", "Take out of the project what Slipway put into it: links, and its lines in .gitignore and .envrc. Declarations, locks and settings stay.\n\nExample: slipway purge --dry-run") { dryRun };
        command.SetAction(async (parsed, token) =>
        {
            var created = services();
            var opened = await created.OpenHostAsync(token).ConfigureAwait(false);
            return opened.Then(host => Locate(created, host)).TryGet(out var found, out var failure)
                ? Execute(output, found, parsed.GetValue(dryRun), GlobalOptions.Has(parsed, RunOptions.Yes))
                : output.Fail(failure);
        });
        return command;
    }

    /// <summary>A project's layout and the use case on it.</summary>
    private sealed record Found(ProjectLayout Layout, PurgeUseCase UseCase);

    // Settings that cannot be read any more, or are gone, must not keep anyone from cleaning up.
    private static Result<Found> Locate(Services services, BuildHost host)
    {
        var here = new ProjectLayout(Directory.GetCurrentDirectory());
        if (LocalFiles.Exists(here.Own) || LocalFiles.Exists(here.Settings))
        {
            // What lies here is meant, and never a project further up.
            return Of(here);
        }

        var finder = new ProjectFinder(services.Variable, static () => false);
        return finder.Find(here.Directory, new RequestSettings { IgnoreActive = true }).TryGet(out var project, out var failure) ? Of(project.Layout) : failure;

        Found Of(ProjectLayout layout) => new(layout, new PurgeUseCase(layout, new EnvironmentLinks(layout, host.Layout)));
    }

    private static int Execute(Output output, Found found, bool isDryRun, bool isAgreed)
    {
        var plan = found.UseCase.Plan();
        if (!output.IsJson)
        {
            Preview(output, found.Layout, plan);
        }

        if (isDryRun || plan is { ChangesNothing: true, Problem: null })
        {
            Print(output, found.Layout, plan, isDryRun);
            return 0;
        }

        if (!isAgreed)
        {
            var agreed = new Prompt(output, AcceptsDefaults: false)
                .Confirm("Take this out of the project?", byDefault: false, "--yes")
                .Then(static isYes => isYes ? Unit.Value : (Result<Unit>)new Failure(CliFailures.Declined, "Nothing was removed."));
            if (!agreed.TryGet(out _, out var no))
            {
                return output.Fail(no);
            }
        }

        if (!found.UseCase.Execute(plan).TryGet(out _, out var failure))
        {
            return output.Fail(failure);
        }

        Print(output, found.Layout, plan, isDryRun);
        if (!output.IsJson)
        {
            output.Say("Done. What nothing needs any more leaves the store with `slipway store gc`.");
        }

        return 0;
    }

    private static void Preview(Output output, ProjectLayout layout, PurgePlan plan)
    {
        output.Data.WriteLine(Plain.Line($"project  {layout.Directory}"));
        foreach (var item in plan.Items.OrderBy(static item => item.Action))
        {
            output.Data.WriteLine(Plain.Line($"{Words.Of(item.Action).Replace('_', ' '),-14}  {item.Name}  ({item.Reason})"));
        }

        if (plan.ChangesNothing)
        {
            output.Say("Nothing of Slipway is in this project.");
        }
    }

    private static void Print(Output output, ProjectLayout layout, PurgePlan plan, bool isDryRun)
    {
        if (output.IsJson)
        {
            ImmutableArray<PurgeEntry> items = [.. plan.Items.Select(item => new PurgeEntry(item.Name, $"{layout.Directory}/{item.Name}", Words.Of(item.Action), item.Reason))];
            output.Json(new PurgeDocument("slipway.purge/1", layout.Directory, isDryRun, items), PurgeJson.Default.PurgeDocument);
        }
    }
}

/// <summary>What <c>purge --json</c> prints.</summary>
/// <param name="Schema">The schema.</param>
/// <param name="Project">The project's directory.</param>
/// <param name="DryRun">Whether nothing was done.</param>
/// <param name="Items">Every path that was looked at.</param>
internal sealed record PurgeDocument(string Schema, string Project, bool DryRun, ImmutableArray<PurgeEntry> Items);

/// <summary>One path.</summary>
/// <param name="Name">Relative to the project.</param>
/// <param name="Path">Absolute.</param>
/// <param name="Action">remove, take_lines_out, keep.</param>
/// <param name="Reason">Why, for people.</param>
internal sealed record PurgeEntry(string Name, string Path, string Action, string Reason);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(PurgeDocument))]
internal sealed partial class PurgeJson : JsonSerializerContext;
