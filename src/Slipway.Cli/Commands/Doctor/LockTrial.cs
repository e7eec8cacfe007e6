using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines.Programs;
using Slipway.Store.Layout;

namespace Slipway.Cli.Commands.Doctor;

/// <summary>Takes and releases a lock in the store, as a build would.</summary>
internal static class LockTrial
{
    /// <summary>The lock file of the trial.</summary>
    public static string PathOf(StoreLayout layout) => $"{layout.BuildLocks}/doctor";

    public static async Task<Failure?> RunAsync(BuildHost host, CancellationToken cancellationToken)
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var program = new MachineProgram(
            "try a lock",
            [
                new Step.MakeDirectory(host.Layout.BuildLocks, OwnerOnly),
                new Step.WithBuildLock(PathOf(host.Layout), "doctor", TimeSpan.FromSeconds(5), FailureRecord: null, []),
            ]);
        var tried = await host.Machine.ExecuteAsync(program, SilentObserver.Instance, cancellationToken).ConfigureAwait(false);
        return tried.TryGet(out _, out var failure) ? null : failure;
    }
}
