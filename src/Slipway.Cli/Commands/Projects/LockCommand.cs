using System.Collections.Immutable;
using System.CommandLine;
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
        var check = new Option<bool>("--check") { Description = "Write nothing; exit with 1 unless `sync --locked` would follow the lock." };
        var upgrade = new Option<bool>("--upgrade") { Description = "Take the newest version of everything; else a lock keeps each version that still fits." };
        var packages = new Option<string[]>("--upgrade-package") { Description = "Take the newest version of this package; repeatable.", HelpName = "NAME", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };
        var replace = new Option<bool>("--replace") { Description = "Replace a lock that was made for another platform." };
        var condaLock = new Option<bool>("--conda-lock") { Description = "Have conda-lock write conda-lock.yml; where that file is, it is done anyway." };
        var command = new Command("lock", "Write the exact versions of what the project declares into pylock.toml.\n\nExample: slipway lock --upgrade-package numpy")
        {
            env, all, check, upgrade, packages, replace, condaLock,
        };
        ProjectSession.Bind(
            command,
            output,
            services,
            parsed => new RequestSettings { Env = parsed.GetValue(env) },
            async (parsed, session, token) =>
            {
                if (!session.Chosen(parsed.GetValue(all)).TryGet(out var names, out var failure))
                {
                    return output.Fail(failure);
                }

                var wishes = new LockWishes
                {
                    Upgrade = parsed.GetValue(upgrade), UpgradePackages = [.. parsed.GetValue(packages) ?? []], Replace = parsed.GetValue(replace), CondaLock = parsed.GetValue(condaLock),
                };
                return parsed.GetValue(check)
                    ? await CheckAsync(output, session, names, token).ConfigureAwait(false)
                    : await WriteAsync(output, session, names, wishes, token).ConfigureAwait(false);
            });
        return command;
    }

    private static async Task<int> CheckAsync(Output output, ProjectSession session, ImmutableArray<EnvironmentName> names, CancellationToken cancellationToken)
    {
        var locks = ImmutableArray.CreateBuilder<LockEntry>();
        foreach (var name in names)
        {
            var checkedLock = await session.Locks.CheckAsync(session.Project, name, session.Options, cancellationToken).ConfigureAwait(false);
            if (!checkedLock.TryGet(out var found, out var failure))
            {
                return output.Fail(failure);
            }

            locks.Add(LockEntry.From(found));
            if (!output.IsJson)
            {
                output.Data.WriteLine(Plain.Line(LockText.Of(found)));
            }
        }

        Print(output, locks.ToImmutable());
        return locks.All(static entry => entry.Reason is null) ? 0 : Stale;
    }

    private static async Task<int> WriteAsync(Output output, ProjectSession session, ImmutableArray<EnvironmentName> names, LockWishes wishes, CancellationToken cancellationToken)
    {
        if (!session.Locks.CheckUpgrades(session.Project, names, session.Options, wishes).TryGet(out _, out var failure))
        {
            return output.Fail(failure);
        }

        var locks = ImmutableArray.CreateBuilder<LockEntry>();
        foreach (var name in names)
        {
            using var progress = new BuildProgressView(output, session.Services.Time);
            var written = await session.Locks.WriteAsync(session.Project, name, session.Options, wishes, progress, cancellationToken).ConfigureAwait(false);
            progress.Dispose();
            if (!written.TryGet(out var done, out failure))
            {
                return output.Fail(failure);
            }

            progress.Complete();
            locks.Add(LockEntry.From(done));
            if (!output.IsJson)
            {
                foreach (var line in LockText.Of(done))
                {
                    output.Data.WriteLine(Plain.Line(line));
                }
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
