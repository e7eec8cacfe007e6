using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Contracts;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines.Ssh;
using Slipway.Workers.Code;
using Slipway.Workers.Connections;

namespace Slipway.Workers.Pools;

/// <summary>
/// Several workers of one environment, each with one call at a time. What ends is replaced, calls wait their turn within their time, and closing
/// leaves no process.
/// </summary>
public sealed class WorkerPool : IAsyncDisposable
{
    private static readonly string[] ThreadVariables = ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"];
    private readonly CancellationTokenSource _stop = new();
    private readonly PoolShared _shared;
    private readonly PoolCaller _caller;
    private readonly ImmutableArray<PoolSlot> _slots;
    private readonly Task _life;

    private WorkerPool(PoolShared shared)
    {
        _shared = shared;
        _caller = new PoolCaller(shared);
        _slots = [.. Enumerable.Range(0, shared.Options.Size).Select(_ => new PoolSlot(shared))];
        _life = Task.WhenAll(_slots.Select(slot => slot.LiveAsync(_stop.Token)));
    }

    /// <summary>Why workers did not come up at first, though others did. They are tried again.</summary>
    public ImmutableArray<Failure> StartFailures { get; private set; } = [];

    /// <summary>What the pool is doing.</summary>
    public PoolStatistics Statistics
    {
        get
        {
            var (free, busy, queued, sessions) = _shared.Board.Count();
            return new PoolStatistics(
                _slots.Length, free + busy, busy, queued, _slots.Count(static slot => slot.IsResting), _slots.Sum(static slot => slot.Restarted), _slots.Sum(static slot => slot.Recycled), sessions, _caller.IsOpen);
        }
    }

    /// <summary>Starts a pool in the environment of a reference, which must be ready.</summary>
    /// <inheritdoc cref="OpenAsync(BuildHost, WorkerEnvironment, PoolOptions, CancellationToken)"/>
    public static async Task<Result<WorkerPool>> OpenAsync(BuildHost host, EnvironmentRef reference, PoolOptions options, CancellationToken cancellationToken)
    {
        var found = await WorkerEnvironment.FindAsync(host, reference, cancellationToken).ConfigureAwait(false);
        return found.TryGet(out var environment, out var failure) ? await OpenAsync(host, environment, options, cancellationToken).ConfigureAwait(false) : failure;
    }

    /// <summary>Starts a pool: it is there when one worker has answered and the first start of each other one has ended.</summary>
    /// <param name="host">Where.</param>
    /// <param name="environment">In what.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends the start; nothing is left running.</param>
    /// <returns>The pool; <c>WRK0302</c> with the last words of the first worker when none came up.</returns>
    public static async Task<Result<WorkerPool>> OpenAsync(BuildHost host, WorkerEnvironment environment, PoolOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(options);
        if (CheckSize(host, options.Size) is { } wrong)
        {
            return wrong;
        }

        // Once before all of them, so that they do not bring it beside each other.
        if (!(await WorkerCode.PlaceAsync(host, cancellationToken).ConfigureAwait(false)).TryGet(out _, out var failure))
        {
            return failure;
        }

        var worker = options.Worker with { Variables = Variables(options) };
        var pool = new WorkerPool(new PoolShared(options, stop => WorkerConnection.OpenAsync(host, environment, worker, stop)));
        var isUp = false;
        try
        {
            var first = await Task.WhenAll(pool._slots.Select(static slot => slot.First)).WaitAsync(cancellationToken).ConfigureAwait(false);
            pool.StartFailures = [.. first.OfType<Failure>()];
            isUp = pool.StartFailures.Length < first.Length;
            return isUp ? pool : None(first.Length, first[0]!);
        }
        finally
        {
            if (!isUp)
            {
                await pool.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Makes a call on a worker that is free, or on the next one that will be.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Leaves the queue, or asks the operation to end (see <see cref="WorkerConnection.CallAsync"/>).</param>
    /// <returns>What the operation gave; a failure of the operation, of the worker, or of the pool (<c>WRK03</c>).</returns>
    /// <exception cref="OperationCanceledException">Cancelled, and nothing of the call runs any more.</exception>
    public Task<Result<WorkerAnswer>> CallAsync(PoolCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        return _caller.CallAsync(call, cancellationToken);
    }

    /// <summary>Makes a call and gives what it tells as a stream, which ends with the end of the call.</summary>
    /// <param name="call">The call; its <see cref="WorkerCall.Progress"/> is not used.</param>
    /// <param name="cancellationToken">Ends the call and the stream, with an <see cref="OperationCanceledException"/>.</param>
    public IAsyncEnumerable<PoolStreamItem> StreamAsync(PoolCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        return PoolStream.ReadAsync(_caller, call, cancellationToken);
    }

    /// <summary>Forgets a session, also a lost one: its name may be used again.</summary>
    public void EndSession(string id) => _shared.Board.End(id);

    /// <summary>Ends all workers. Calls that wait or run fail.</summary>
    public async ValueTask DisposeAsync()
    {
        _shared.Board.Close(new Failure(WorkerFailures.PoolClosed, "The pool was closed."));
        await _stop.CancelAsync().ConfigureAwait(false);
        await _life.ConfigureAwait(false);
    }

    private static Failure? CheckSize(BuildHost host, int size)
    {
        var most = host.Machine is SshMachine ? PoolOptions.MostOverSsh : PoolOptions.MostHere;
        return size >= 1 && size <= most
            ? null
            : new Failure(WorkerFailures.PoolSize, string.Create(CultureInfo.InvariantCulture, $"A pool on {host.Machine.Name} may have 1 to {most} workers, not {size}."));
    }

    private static Failure None(int count, Failure first) =>
        new(WorkerFailures.NoWorkerReady, $"None of {count} workers came up: {first.Message}") { Detail = first.Detail, Hint = first.Remedy };

    private static ImmutableSortedDictionary<string, string> Variables(PoolOptions options)
    {
        var given = options.Worker.Variables;
        return options.ThreadsPerWorker is { } threads
            ? given.AddRange(ThreadVariables.Where(name => !given.ContainsKey(name)).Select(name => KeyValuePair.Create(name, threads.ToString(CultureInfo.InvariantCulture))))
            : given;
    }
}
