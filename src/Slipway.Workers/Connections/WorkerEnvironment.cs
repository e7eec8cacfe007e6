using Slipway.Core.Contracts;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Environments;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;
using Slipway.Store.Layout;
using Slipway.Store.Slots;

namespace Slipway.Workers.Connections;

/// <summary>The environment in which a worker runs.</summary>
/// <param name="Slot">Its slot.</param>
/// <param name="Python">The absolute path of its interpreter.</param>
/// <param name="Activation">What running in it changes about a process's variables.</param>
public sealed record WorkerEnvironment(SlotName Slot, string Python, EnvironmentChanges Activation)
{
    private const long MaxMetaBytes = 64 * 1024 * 1024;

    /// <summary>The environment that was just made ready.</summary>
    public static WorkerEnvironment Of(ReadyEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return new WorkerEnvironment(environment.Slot, environment.Python, environment.Activation);
    }

    /// <summary>The environment that a reference names: ready, on this host, and with the interpreter that the reference says.</summary>
    /// <param name="host">The host.</param>
    /// <param name="reference">The reference.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<Result<WorkerEnvironment>> FindAsync(BuildHost host, EnvironmentRef reference, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(reference);
        if (!Check(host, reference).TryGet(out var slot, out var failure))
        {
            return failure;
        }

        var path = host.Layout.Meta(slot);
        var read = await host.Machine.ReadFileAsync(path, MaxMetaBytes, cancellationToken).ConfigureAwait(false);
        if (!read.TryGet(out var bytes, out failure))
        {
            var status = await host.Machine.StatAsync(path, cancellationToken).ConfigureAwait(false);
            return status.TryGet(out var found, out _) && !found.Exists ? Gone(host, slot) : failure;
        }

        if (!SlotMeta.Read(bytes, path).TryGet(out var meta, out failure))
        {
            return failure;
        }

        var python = Path.GetFullPath(meta.Executable, host.Layout.Root(slot));
        return reference.PythonExecutable is { } said && !string.Equals(said, python, StringComparison.Ordinal)
            ? new Failure(WorkerFailures.WrongEnvironment, $"The environment_ref says that {slot} has the interpreter {said}, and it has {python}.")
            : new WorkerEnvironment(slot, python, meta.Activation.ToChanges());
    }

    /// <summary>What holds the environment, and proves that it is still there, when the worker starts.</summary>
    internal MachineProgram Guards(StoreLayout layout) =>
        new($"worker in {Slot}", [new Step.Lease(layout.LeaseFile(Slot)), new Step.RequireExists(layout.Meta(Slot))]);

    internal static Failure Gone(BuildHost host, SlotName slot) =>
        new(WorkerFailures.EnvironmentGone, $"The environment {slot} is no longer in the store of {host.Machine.Name}.");

    private static Result<SlotName> Check(BuildHost host, EnvironmentRef reference)
    {
        if (reference.ContractVersion != EnvironmentRef.CurrentContractVersion)
        {
            return new Failure(ContractJson.UnknownVersion, $"The environment_ref has contract_version {reference.ContractVersion}; this Slipway knows {EnvironmentRef.CurrentContractVersion}.");
        }

        if (reference.State is not DependencyState.Ready)
        {
            return new Failure(WorkerFailures.NotReady, $"The environment_ref{Named(reference)} is {Text(reference.State)}, not ready.");
        }

        if (!string.Equals(reference.Host, host.Machine.Name, StringComparison.Ordinal))
        {
            return new Failure(WorkerFailures.WrongEnvironment, $"The environment_ref is of the host {reference.Host}, and the worker is to run on {host.Machine.Name}.");
        }

        return reference.Slot is { } slot
            ? SlotName.Parse(slot)
            : new Failure(WorkerFailures.WrongEnvironment, "The environment_ref is ready and names no slot.");
    }

    private static string Named(EnvironmentRef reference) => reference.EnvId is { } id ? $" {id}" : string.Empty;

    private static string Text(DependencyState state) => state is DependencyState.NeedsUserInput ? "needs_user_input" : state.ToString().ToLowerInvariant();
}
