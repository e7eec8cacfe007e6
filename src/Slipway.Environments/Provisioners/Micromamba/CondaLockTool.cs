using System.Collections.Immutable;
using Slipway.Core.Conda;
using Slipway.Core.Failures;
using Slipway.Environments.Tools;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.Environments.Provisioners.Micromamba;

/// <summary>What conda-lock is to do.</summary>
/// <param name="File">The absolute path of the environment file.</param>
/// <param name="Target">The absolute path of the lock that it writes; it records the file relative to it.</param>
/// <param name="Platforms">For which platforms; empty for the host's.</param>
/// <param name="Channels">Channels in place of the file's own; empty for the file's.</param>
/// <param name="Update">The packages that alone are upgraded in what the target holds; empty to lock all anew.</param>
public sealed record CondaLockOrder(string File, string Target, ImmutableArray<string> Platforms, ImmutableArray<string> Channels, ImmutableArray<string> Update)
{
    /// <summary>Whether the network may not be used.</summary>
    public bool IsOffline { get; init; }
}

/// <summary>
/// Runs conda-lock, which resolves with the micromamba that builds the environments. Like it, conda-lock sees nothing of the user's configuration and
/// writes nothing into the home.
/// </summary>
/// <param name="host">The host.</param>
/// <param name="time">The clock.</param>
public sealed class CondaLockTool(BuildHost host, TimeProvider time)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private static readonly TimeSpan LockWait = TimeSpan.FromHours(2);

    /// <summary>Has the lock written.</summary>
    /// <param name="order">What to lock.</param>
    /// <param name="progress">Watches.</param>
    /// <param name="cancellationToken">Ends it; the target may be half-written then.</param>
    /// <returns><see cref="EnvironmentFailures.CondaLockMissing"/>, <see cref="EnvironmentFailures.ToolMissing"/> for micromamba, or <see cref="EnvironmentFailures.CondaLockFailed"/> with the tool's words.</returns>
    public async Task<Result<Unit>> WriteAsync(CondaLockOrder order, IBuildProgress progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (order.IsOffline)
        {
            return new Failure(EnvironmentFailures.Offline, $"conda-lock would lock {order.File}, and it needs the network.");
        }

        var found = await new ToolFinder(host).FindAsync(ToolCatalogue.CondaLock, wanted: null, cancellationToken).ConfigureAwait(false);
        if (found is not { IsNewEnough: true })
        {
            return new Failure(EnvironmentFailures.CondaLockMissing, $"{BackendTool.Lack(ToolCatalogue.CondaLock, found)}, and {order.File} is locked with it.");
        }

        var prepared = await new MicromambaProvisioner().PrepareAsync(host, interpreter: null, wanted: null, cancellationToken).ConfigureAwait(false);
        if (!prepared.TryGet(out var micromamba, out var failure))
        {
            return failure;
        }

        var output = new BuildOutput(progress, static (_, _) => null);
        var outcome = await host.Machine.ExecuteAsync(Program(order, found.Path, micromamba.Path), output, cancellationToken).ConfigureAwait(false);
        return outcome.IsOk ? Unit.Value : await BuildLog.KeepAsync(host, time, outcome.Failure, "conda-lock", output.Text, cancellationToken).ConfigureAwait(false);
    }

    private MachineProgram Program(CondaLockOrder order, string condaLock, string micromamba)
    {
        var platforms = order.Platforms.IsEmpty && CondaPlatform.Of(host.Facts.PlatformKey) is { } here ? [here] : order.Platforms;
        var command = MicromambaCommand.Create(
            host,
            condaLock,
            [
                "lock", "--micromamba", "--conda", micromamba, "--file", order.File, "--lockfile", order.Target,
                .. platforms.SelectMany(static platform => (string[])["--platform", platform]),
                .. order.Channels.SelectMany(static channel => (string[])["--channel", channel]),
                .. order.Update.SelectMany(static package => (string[])["--update", package]),
            ]);
        var title = $"lock {order.File} with conda-lock";
        var label = $"Locking for {string.Join(", ", platforms)} with conda-lock";
        return new MachineProgram(
            title,
            [
                new Step.MakeDirectory(host.Layout.BuildLocks, OwnerOnly),
                new Step.MakeDirectory(MicromambaCommand.Home(host), OwnerOnly),
                new Step.WithBuildLock(
                    host.Layout.CondaLock,
                    title,
                    LockWait,
                    FailureRecord: null,
                    [new Step.Run(label, command with { WorkingDirectory = Path.GetDirectoryName(order.File)! }, EnvironmentFailures.CondaLockFailed)]),
            ]);
    }
}
