using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Serialization;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Projects.Checks;
using Slipway.Projects.Discovery;
using Slipway.Projects.UseCases;

namespace Slipway.Cli.Commands.Projects;

/// <summary><c>check</c>: whether the project's environments work and are what is declared; with <c>--fix</c>, mends what can be mended.</summary>
internal static class CheckCommand
{
    public static Command Define(Output output, Func<Services> services)
    {
        var fix = new Option<bool>("--fix") { Description = "Mend what can be mended; what takes something away is asked about, one by one." };
        var command = new Command("check", "Check that the project's environments work and are what is declared.\n\nExample: slipway check --fix") { fix };
        ProjectSession.Bind(command, output, services, _ => new RequestSettings(), (parsed, session, token) => ExecuteAsync(output, session, parsed.GetValue(fix), token));
        return command;
    }

    private static async Task<int> ExecuteAsync(Output output, ProjectSession session, bool fix, CancellationToken cancellationToken)
    {
        var findings = await session.Check.LookAsync(session.Project, session.Options, cancellationToken).ConfigureAwait(false);
        var fixes = ImmutableArray.CreateBuilder<CheckRepair>();
        foreach (var finding in fix ? findings.Where(static finding => finding.Fix is not CheckFix.None) : [])
        {
            fixes.Add(await FixAsync(output, session, finding, cancellationToken).ConfigureAwait(false));
        }

        if (output.IsJson)
        {
            output.Json(CheckDocument.From(findings, fixes.ToImmutable()), CheckJson.Default.CheckDocument);
        }
        else
        {
            Print(output, findings, fixes.ToImmutable());
        }

        // The exit code tells what was found, not what is left: whoever asks again learns that.
        return findings.Any(static finding => finding.Level is CheckLevel.Error) ? (int)ExitCode.ChecksFailed : 0;
    }

    private static async Task<CheckRepair> FixAsync(Output output, ProjectSession session, CheckFinding finding, CancellationToken cancellationToken)
    {
        if (finding.IsDestructive)
        {
            if (!session.Prompt(output).CanAsk)
            {
                return CheckRepair.Of(finding, done: false, $"kept, because nobody can be asked here; {finding.Remedy} does it");
            }

            if (!Confirm(output, session, finding).TryGet(out var isYes, out var unanswered))
            {
                return CheckRepair.Of(finding, done: false, $"{unanswered.Message} {unanswered.Remedy}");
            }

            if (!isYes)
            {
                return CheckRepair.Of(finding, done: false, "kept, as you said");
            }
        }

        var applied = await ApplyAsync(output, session, finding, cancellationToken).ConfigureAwait(false);
        return applied.TryGet(out var what, out var failure) ? CheckRepair.Of(finding, done: true, what) : CheckRepair.Of(finding, done: false, failure.Message);
    }

    // --yes stands for defaults, and the default of taking something away is no.
    private static Result<bool> Confirm(Output output, ProjectSession session, CheckFinding finding) =>
        (session.Prompt(output) with { AcceptsDefaults = false }).Confirm($"{finding.Subject}: {finding.Message}. Remove the link?", byDefault: false, finding.Remedy!);

    private static async Task<Result<string>> ApplyAsync(Output output, ProjectSession session, CheckFinding finding, CancellationToken cancellationToken)
    {
        switch (finding.Fix)
        {
            case CheckFix.Sync:
                var synced = await SyncCommand.OneAsync(output, session, finding.Environment!.Value, default, cancellationToken).ConfigureAwait(false);
                return synced.Map(static _ => "synced");
            case CheckFix.Lock:
                using (var progress = new BuildProgressView(output, session.Services.Time))
                {
                    var locked = await session.Locks.WriteAsync(session.Project, finding.Environment!.Value, session.Options, new LockWishes(), progress, cancellationToken).ConfigureAwait(false);
                    return locked.Map(static written => $"wrote {written.Path}");
                }

            case CheckFix.FollowInEnvrc:
                var followed = await session.Edits.DoAsync(
                    session.Project.Layout.Directory,
                    "check --fix",
                    () => session.Finder.Declare(session.Project, finding.Environment!.Value, session.Options)
                        .Then(declaration => new EnvrcUseCase(session.Finder).Follow(session.Project, finding.Environment!.Value, declaration.Backend.Kind)),
                    cancellationToken).ConfigureAwait(false);
                return followed.Map(static _ => "wrote .envrc; `direnv allow` lets direnv read it");
            case CheckFix.RemoveLink:
                return session.Links.Remove(finding.Environment!.Value).Map(static _ => "removed the link");
            default:
                return LocalFiles.SetMode(finding.Path!, UnixFileMode.UserRead | UnixFileMode.UserWrite).Map(_ => $"closed {finding.Path}");
        }
    }

    private static void Print(Output output, ImmutableArray<CheckFinding> findings, ImmutableArray<CheckRepair> fixes)
    {
        foreach (var finding in findings.Where(finding => finding.Level is not CheckLevel.Pass || output.IsVerbose))
        {
            output.Data.WriteLine(Plain.Line($"{Words.Of(finding.Level),-7}  {finding.Subject}: {finding.Message}"));
            if (finding.Remedy is { } remedy)
            {
                output.Data.WriteLine(Plain.Line($"         remedy: {remedy}"));
            }
        }

        foreach (var repair in fixes)
        {
            output.Data.WriteLine(Plain.Line($"{(repair.Done ? "fixed" : "left"),-7}  {repair.Subject}: {repair.What}"));
        }

        int Count(CheckLevel level) => findings.Count(finding => finding.Level == level);
        output.Data.WriteLine($"{Count(CheckLevel.Pass)} passed, {Count(CheckLevel.Note)} notes, {Count(CheckLevel.Warning)} warnings, {Count(CheckLevel.Error)} errors");
    }
}

/// <summary>What <c>check --json</c> prints.</summary>
internal sealed record CheckDocument(string Schema, ImmutableArray<CheckEntry> Findings, ImmutableArray<CheckRepair> Fixes)
{
    public static CheckDocument From(ImmutableArray<CheckFinding> findings, ImmutableArray<CheckRepair> fixes) => new(
        "slipway.check/1",
        [.. findings.Select(finding => new CheckEntry(finding.Id, Words.Of(finding.Level), finding.Subject, finding.Message, finding.Remedy, finding.Fix is not CheckFix.None))],
        fixes);
}

/// <summary>One finding.</summary>
internal sealed record CheckEntry(string Id, string Level, string Subject, string Message, string? Remedy, bool Fixable);

/// <summary>What became of a fix.</summary>
internal sealed record CheckRepair(string Id, string Subject, bool Done, string What)
{
    public static CheckRepair Of(CheckFinding finding, bool done, string what) => new(finding.Id, finding.Subject, done, what);
}

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(CheckDocument))]
internal sealed partial class CheckJson : JsonSerializerContext;
