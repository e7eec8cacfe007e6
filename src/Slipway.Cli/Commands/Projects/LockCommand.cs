using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Serialization;
using Slipway.Cli.Terminal;
using Slipway.Projects.Discovery;
using Slipway.Projects.Naming;
using Slipway.Projects.UseCases;

namespace Slipway.Cli.Commands.Projects;

/// <summary><c>lock</c>: writes the exact versions down, or says whether they are still the ones that are needed.</summary>
internal static class LockCommand
{
    private const int Stale = 1;

    public static Command Define(Output output, Func<Services> services)
    {
        var env = ProjectSession.EnvOption();
        var all = ProjectSession.AllOption();
        var check = new Option<bool>("--check") { Description = "Write nothing; exit with 1 when a lock is missing or out of date." };
        var upgrade = new Option<bool>("--upgrade") { Description = "Resolve again; else a lock that answers what is declared stays as it is." };
        var command = new Command("lock", "Write the exact versions of what the project declares into pylock.toml.\n\nExample: slipway lock --check") { env, all, check, upgrade };
        ProjectSession.Bind(
            command,
            output,
            services,
            parsed => new RequestSettings { Env = parsed.GetValue(env) },
            async (parsed, session, token) => !session.Chosen(parsed.GetValue(all)).TryGet(out var names, out var failure) ? output.Fail(failure)
                : parsed.GetValue(check) ? Check(output, session, names)
                : await WriteAsync(output, session, names, parsed.GetValue(upgrade), token).ConfigureAwait(false));
        return command;
    }

    private static int Check(Output output, ProjectSession session, ImmutableArray<EnvironmentName> names)
    {
        var locks = ImmutableArray.CreateBuilder<LockEntry>();
        foreach (var name in names)
        {
            if (!session.Locks.Check(session.Project, name, session.Options).TryGet(out var found, out var failure))
            {
                return output.Fail(failure);
            }

            locks.Add(new LockEntry(found.Name.ToString(), found.Path, Words.Of(found.Standing), found.Reason));
            if (!output.IsJson)
            {
                output.Data.WriteLine(Plain.Line(found.Reason is null ? $"{found.Path} answers what {found.Name} needs." : $"{found.Reason} Lock again with `slipway lock`."));
            }
        }

        Print(output, locks.ToImmutable());
        return locks.All(static entry => entry.Reason is null) ? 0 : Stale;
    }

    private static async Task<int> WriteAsync(Output output, ProjectSession session, ImmutableArray<EnvironmentName> names, bool upgrade, CancellationToken cancellationToken)
    {
        var locks = ImmutableArray.CreateBuilder<LockEntry>();
        foreach (var name in names)
        {
            using var progress = new BuildProgressView(output, session.Services.Time);
            var written = await session.Locks.WriteAsync(session.Project, name, session.Options, upgrade, progress, cancellationToken).ConfigureAwait(false);
            progress.Dispose();
            if (!written.TryGet(out var done, out var failure))
            {
                return output.Fail(failure);
            }

            progress.Complete();
            locks.Add(new LockEntry(name.ToString(), done.Path, done.IsChanged ? "written" : "unchanged", null));
            if (!output.IsJson)
            {
                output.Data.WriteLine(Plain.Line(done.IsChanged ? $"{done.Path}: {done.Packages}" : $"{done.Path} already says so: {done.Packages}"));
            }
        }

        Print(output, locks.ToImmutable());
        return 0;
    }

    private static void Print(Output output, ImmutableArray<LockEntry> locks)
    {
        if (output.IsJson)
        {
            output.Json(new LockListDocument("slipway.lock/1", locks), LockJson.Default.LockListDocument);
        }
    }
}

/// <summary>What <c>lock --json</c> prints.</summary>
internal sealed record LockListDocument(string Schema, ImmutableArray<LockEntry> Locks);

/// <summary>One lock.</summary>
/// <param name="Environment">Whose.</param>
/// <param name="Path">The file.</param>
/// <param name="State">written, unchanged; with <c>--check</c> used, missing, out_of_date.</param>
/// <param name="Reason">What is different, for people; null for nothing.</param>
internal sealed record LockEntry(string Environment, string Path, string State, string? Reason);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(LockListDocument))]
internal sealed partial class LockJson : JsonSerializerContext;
