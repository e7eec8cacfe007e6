using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Serialization;
using Slipway.Cli.Commands.Host;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Projects.Discovery;
using Slipway.Projects.Naming;
using Slipway.Projects.UseCases;
using Slipway.Runs.Arguments;

namespace Slipway.Cli.Commands.Projects;

/// <summary><c>sync</c>: has what is declared ready, and links it into the project.</summary>
internal static class SyncCommand
{
    public static Command Define(Output output, Func<Services> services)
    {
        var env = ProjectSession.EnvOption();
        var all = ProjectSession.AllOption();
        var locked = new Option<bool>(RunOptions.Locked.Name) { Description = RunOptions.Locked.Help };
        var noLock = new Option<bool>(RunOptions.NoLock.Name) { Description = RunOptions.NoLock.Help };
        var refresh = new Option<bool>(RunOptions.Refresh.Name) { Description = RunOptions.Refresh.Help };
        var bootstrap = new Option<bool>(RunOptions.Bootstrap.Name) { Description = RunOptions.Bootstrap.Help };
        var command = new Command("sync", "Have what the project declares ready, and link it as .venv and .slipway/envs/NAME.\n\nExample: slipway sync --all") { env, all, locked, noLock, refresh, bootstrap };
        ProjectSession.Bind(
            command,
            output,
            services,
            parsed => new RequestSettings { Env = parsed.GetValue(env), Locked = parsed.GetValue(locked), NoLock = parsed.GetValue(noLock) },
            (parsed, session, token) => ExecuteAsync(output, session, parsed.GetValue(all), new SyncWishes(parsed.GetValue(refresh), parsed.GetValue(bootstrap)), token));
        return command;
    }

    private static async Task<int> ExecuteAsync(Output output, ProjectSession session, bool all, SyncWishes wishes, CancellationToken cancellationToken)
    {
        if (!session.Chosen(all).TryGet(out var names, out var failure))
        {
            return output.Fail(failure);
        }

        var synced = ImmutableArray.CreateBuilder<SyncedEnvironment>();
        foreach (var name in names)
        {
            var one = await OneAsync(output, session, name, wishes, cancellationToken).ConfigureAwait(false);
            if (!one.TryGet(out var environment, out failure))
            {
                return output.Fail(failure);
            }

            synced.Add(environment);
        }

        if (output.IsJson)
        {
            output.Json(SyncDocument.From(session.Project.Layout.Directory, synced.ToImmutable()), SyncJson.Default.SyncDocument);
        }

        return 0;
    }

    /// <summary>Syncs one environment and tells people of it.</summary>
    public static async Task<Result<SyncedEnvironment>> OneAsync(Output output, ProjectSession session, EnvironmentName name, SyncWishes wishes, CancellationToken cancellationToken)
    {
        if (!LockQuestion.Ask(output, session, name).TryGet(out var isSaid, out var failure))
        {
            return failure;
        }

        var result = await SyncedAsync(output, session, name, wishes.Refresh, cancellationToken).ConfigureAwait(false);
        if (!result.IsOk)
        {
            failure = await MendedAsync(output, session, name, wishes, result.Failure, cancellationToken).ConfigureAwait(false);
            result = failure is null ? await SyncedAsync(output, session, name, wishes.Refresh, cancellationToken).ConfigureAwait(false) : failure;
        }

        if (!result.TryGet(out var synced, out failure))
        {
            return failure;
        }

        foreach (var warning in synced.Declaration.Warnings.Where(warning => !isSaid || warning != synced.Declaration.LockWarning).Concat(synced.Environment.Plan.Warnings))
        {
            output.Say($"slipway: warning: {warning}");
        }

        if (synced.Venv is VenvLink.InTheWay)
        {
            output.Say($"slipway: warning: {session.Project.Layout.Venv} is not a link of Slipway and stays as it is; {name} is at {synced.Link}.");
        }

        if (!output.IsJson)
        {
            output.Say($"{name} ({synced.Declaration.Backend.Kind}) is ready: {synced.Environment.Plan.Lock!.Describe()} in {Path.GetRelativePath(session.Project.Layout.Directory, synced.Link)}{(synced.Venv is VenvLink.Points ? " and .venv" : string.Empty)}");
        }

        return result;
    }

    private static async Task<Result<SyncedEnvironment>> SyncedAsync(Output output, ProjectSession session, EnvironmentName name, bool refresh, CancellationToken cancellationToken)
    {
        using var progress = new BuildProgressView(output, session.Services.Time);
        var result = await session.Sync.SyncAsync(session.Project, name, session.Options, refresh, progress, cancellationToken).ConfigureAwait(false);
        progress.Dispose();
        if (result.IsOk)
        {
            progress.Complete();
        }

        return result;
    }

    // Null when a tool that was missing is there now.
    private static async Task<Failure?> MendedAsync(Output output, ProjectSession session, EnvironmentName name, SyncWishes wishes, Failure failed, CancellationToken cancellationToken)
    {
        if (failed.Code != EnvironmentFailures.ToolMissing || !session.Finder.Declare(session.Project, name, session.Options).TryGet(out var declaration, out _))
        {
            return failed;
        }

        var setup = new ToolSetup(output, session.Services, session.Host with { IsOffline = declaration.IsOffline });
        return await setup.AfterAsync(failed, declaration.Request.Provisioner, wishes.Bootstrap, session.Prompt(output), cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>How to sync.</summary>
/// <param name="Refresh">Whether everything is resolved again.</param>
/// <param name="Bootstrap">Whether a tool that is missing is installed without asking.</param>
internal readonly record struct SyncWishes(bool Refresh, bool Bootstrap);

/// <summary>What <c>sync --json</c> prints.</summary>
internal sealed record SyncDocument(string Schema, string Project, ImmutableArray<SyncDocument.Entry> Environments)
{
    public static SyncDocument From(string project, ImmutableArray<SyncedEnvironment> synced) =>
        new("slipway.sync/1", project, [.. synced.Select(Entry.From)]);

    /// <summary>One environment.</summary>
    internal sealed record Entry(
        string Name, string Backend, string Slot, string LockDigest, string Python, bool Built, string Link, string Venv, string Lock, ImmutableArray<string> Warnings)
    {
        public static Entry From(SyncedEnvironment synced) => new(
            synced.Name.ToString(),
            synced.Declaration.Backend.Kind,
            synced.Environment.Slot.ToString(),
            synced.Environment.Plan.Lock!.Digest.Hex,
            synced.Environment.Python,
            synced.Environment.Built,
            synced.Link,
            synced.Venv switch { VenvLink.Points => "points", VenvLink.InTheWay => "in_the_way", _ => "of_another" },
            Words.Of(synced.Declaration.LockStanding),
            synced.Declaration.Warnings.AddRange(synced.Environment.Plan.Warnings));
    }
}

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(SyncDocument))]
internal sealed partial class SyncJson : JsonSerializerContext;
