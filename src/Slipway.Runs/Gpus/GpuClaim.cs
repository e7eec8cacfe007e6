using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines.Processes;
using Slipway.Runs.Arguments;
using Slipway.Runs.Jobs;

namespace Slipway.Runs.Gpus;

/// <summary>What <c>--gpus</c> makes of a workload, whether attached or a job, here or on a host: it starts only with its GPUs reserved, and sees no others.</summary>
public static class GpuClaim
{
    // The workload takes the shell's place and keeps descriptor 8, and with it the reservation, to its end.
    private static readonly string Script = GpuReservation.Script + """

        sw_gpu_where=$1 sw_gpu_many=$2 sw_gpu_candidates=$3
        shift 3
        gpu_hold "$sw_gpu_where" "$sw_gpu_many" $sw_gpu_candidates || {
            echo 'slipway: the GPUs were taken by somebody else in this moment; try again' >&2
            exit 75
        }
        export CUDA_VISIBLE_DEVICES="$sw_gpu_ids"
        exec "$@"
        """;

    private static readonly TimeSpan DefaultWait = TimeSpan.FromHours(1);

    /// <summary>The command as it is to be started; unchanged where no GPUs were asked for.</summary>
    /// <param name="command">The command.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="host">Where.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Told when GPUs are waited for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The command; a failure when the GPUs are not there, or not free in time.</returns>
    public static async Task<Result<ProcessCommand>> ApplyAsync(
        ProcessCommand command, RunArguments arguments, BuildHost host, TimeProvider time, IBuildProgress progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(host);
        if (arguments.Value(RunOptions.Gpus) is not { } text)
        {
            return command;
        }

        if (!GpuSelection.Parse(text).TryGet(out var selection, out var failure) || !Wait(arguments).TryGet(out var limit, out failure))
        {
            return failure;
        }

        var inspector = new GpuInspector(host.Machine, host.Layout.Gpus, time);
        var chosen = await inspector.WaitAsync(selection, new GpuPolicy(), limit[0], busy => progress.Stage($"Waiting for GPUs: {busy.Message}"), cancellationToken).ConfigureAwait(false);
        return chosen.Map(units => Holding(command, GpuReservation.Arguments(host.Layout.Gpus, selection, units)));
    }

    /// <summary>What about GPUs is wrong in a command line, known before anything is built; null when nothing is.</summary>
    public static Failure? Check(RunArguments arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return arguments.Value(RunOptions.Gpus) is not { } text
            ? arguments.Has(RunOptions.GpuWait) ? new Failure(RunFailures.Usage, $"{RunOptions.GpuWait.Name} goes with {RunOptions.Gpus.Name}.") : null
            : GpuSelection.Parse(text).TryGet(out _, out var failure) && Wait(arguments).TryGet(out _, out failure) ? null : failure;
    }

    // One: a struct would not do for a result.
    private static Result<ImmutableArray<TimeSpan>> Wait(RunArguments arguments) => arguments.Value(RunOptions.GpuWait) switch
    {
        null => ImmutableArray.Create(DefaultWait),
        "0" => ImmutableArray.Create(TimeSpan.Zero),
        { } text => Duration.Parse(text, RunOptions.GpuWait.Name).Map(static span => ImmutableArray.Create(span)),
    };

    private static ProcessCommand Holding(ProcessCommand command, ImmutableArray<string> hold) => command with
    {
        Executable = "sh",
        ArgumentZero = null,
        Arguments = ["-c", Script, "sh", hold[0], hold[1], string.Join(' ', hold.Skip(2)), command.Executable, .. command.Arguments],
    };
}
