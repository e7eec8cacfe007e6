using Slipway.Core.Contracts;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Workers.Connections;

namespace Slipway.Workers;

/// <summary>
/// The face for who has an <c>environment_ref</c> and wants something done in it: a worker runs exactly its interpreter, and a reference that
/// is not ready is refused. Nothing is resolved or installed here.
/// </summary>
/// <param name="host">The machine of the reference, and its store.</param>
public sealed class WorkerHost(BuildHost host)
{
    /// <summary>Starts a worker in the environment of a reference.</summary>
    /// <param name="reference">The reference; its state must be ready.</param>
    /// <param name="options">How the worker is started.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public async Task<Result<WorkerConnection>> OpenAsync(EnvironmentRef reference, WorkerOptions options, CancellationToken cancellationToken)
    {
        var found = await WorkerEnvironment.FindAsync(host, reference, cancellationToken).ConfigureAwait(false);
        return found.TryGet(out var environment, out var failure)
            ? await WorkerConnection.OpenAsync(host, environment, options, cancellationToken).ConfigureAwait(false)
            : failure;
    }

    /// <summary>Starts a worker, makes one call, and ends the worker.</summary>
    /// <param name="reference">The reference; its state must be ready.</param>
    /// <param name="call">
    /// The call. Files that an operation makes come back as tensors of bytes, or lie in the directory that the argument <c>scratch_directory</c> names on that machine.
    /// </param>
    /// <param name="options">How the worker is started.</param>
    /// <param name="cancellationToken">Ends all of it.</param>
    public async Task<Result<WorkerAnswer>> RunAsync(EnvironmentRef reference, WorkerCall call, WorkerOptions options, CancellationToken cancellationToken)
    {
        var opened = await OpenAsync(reference, options, cancellationToken).ConfigureAwait(false);
        if (!opened.TryGet(out var worker, out var failure))
        {
            return failure;
        }

        await using var closing = worker.ConfigureAwait(false);
        return await worker.CallAsync(call, cancellationToken).ConfigureAwait(false);
    }
}
