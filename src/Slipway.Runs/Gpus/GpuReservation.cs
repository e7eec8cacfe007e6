using System.Collections.Immutable;
using System.Globalization;

namespace Slipway.Runs.Gpus;

/// <summary>Reserves GPUs for the life of a job: what the shell that starts the job reads and calls.</summary>
public static class GpuReservation
{
    /// <summary>
    /// Defines the function <c>gpu_hold FOLDER COUNT ID…</c> in a POSIX shell. It leaves descriptor 8 open and the ids in <c>$sw_gpu_ids</c>, to be exported as
    /// <see cref="Variable"/>; its exit codes: 0 held, 1 too few are free, 2 the folder cannot be written, 3 no flock.
    /// </summary>
    public static string Script => RunScripts.Reserve;

    /// <summary>The variable that shows a program its GPUs. Ids mean the same whatever the order in which CUDA counts.</summary>
    public static string Variable => "CUDA_VISIBLE_DEVICES";

    /// <summary>The arguments of <c>gpu_hold</c> for GPUs that a selection chose.</summary>
    /// <param name="folder">Where reservations lie.</param>
    /// <param name="selection">What was asked for.</param>
    /// <param name="candidates">What <see cref="GpuSelection.Choose"/> gave.</param>
    public static ImmutableArray<string> Arguments(string folder, GpuSelection selection, ImmutableArray<GpuUnit> candidates)
    {
        ArgumentNullException.ThrowIfNull(selection);
        return [folder, selection.Count.ToString(CultureInfo.InvariantCulture), .. candidates.Select(static unit => unit.Id)];
    }
}
