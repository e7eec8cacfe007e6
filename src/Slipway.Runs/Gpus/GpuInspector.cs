using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Processes;

namespace Slipway.Runs.Gpus;

/// <summary>Looks at the GPUs of a machine, in one call to it, and waits until some are free.</summary>
/// <param name="machine">The machine.</param>
/// <param name="folder">Where reservations lie there: the store's directory for them.</param>
/// <param name="time">The clock.</param>
public sealed class GpuInspector(IMachine machine, string folder, TimeProvider time)
{
    /// <summary>How often is looked at most, at first, while nothing is free; each pause is twice the one before.</summary>
    public static readonly TimeSpan FirstPoll = TimeSpan.FromSeconds(1);

    /// <summary>How often is looked at least.</summary>
    public static readonly TimeSpan Poll = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>All GPUs; none where there is no driver.</summary>
    public async Task<Result<ImmutableArray<GpuUnit>>> LookAsync(CancellationToken cancellationToken)
    {
        var command = ProcessCommand.Create("sh", "-c", RunScripts.Gpus, "sh", folder) with { Timeout = Limit };
        var ran = await machine.RunAsync(command, output: null, cancellationToken).ConfigureAwait(false);
        if (!ran.TryGet(out var outcome, out var failure))
        {
            return failure;
        }

        var told = Told.Read(outcome.StandardOutput.Span);
        if (told.One("absent") is not null)
        {
            return ImmutableArray<GpuUnit>.Empty;
        }

        if (told.One("end") is null)
        {
            return new Failure(GpuFailures.Unreadable, $"{machine.Name} did not tell its GPUs ({outcome.Describe()}).") { Detail = outcome.ErrorText.Trim() };
        }

        // It ends with an error where there is a driver and no device, too.
        var query = told.One("gpus") ?? string.Empty;
        if (told.One("code") is not "0" && !query.Contains("No devices", StringComparison.OrdinalIgnoreCase))
        {
            return new Failure(GpuFailures.Unreadable, $"nvidia-smi fails on {machine.Name} (exit code {told.One("code")}).") { Detail = query.Trim() };
        }

        var reserved = told.All("reserved").ToHashSet(StringComparer.Ordinal);
        return GpuText.Parse(query, told.One("list") ?? string.Empty, told.One("apps") ?? string.Empty)
            .Map(units => units.Select(unit => unit with { IsReserved = reserved.Contains(unit.LockName) }).ToImmutableArray());
    }

    /// <summary>The free GPUs of a selection, as often as the policy asks.</summary>
    public async Task<Result<ImmutableArray<GpuUnit>>> ChooseAsync(GpuSelection selection, GpuPolicy policy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(selection);
        ArgumentNullException.ThrowIfNull(policy);
        var worst = ImmutableArray<GpuUnit>.Empty;
        for (var sample = 1; ; sample++)
        {
            if (!(await LookAsync(cancellationToken).ConfigureAwait(false)).TryGet(out var units, out var failure))
            {
                return failure;
            }

            // Busy once is busy: of each GPU the busiest look counts.
            worst = [.. units.Select(unit => worst.FirstOrDefault(before => string.Equals(before.Id, unit.Id, StringComparison.Ordinal)) is { } before && policy.WhyBusy(before) is not null ? before : unit)];
            if (sample >= policy.Samples)
            {
                return selection.Choose(worst, policy, machine.Name);
            }

            await Task.Delay(policy.Interval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for free GPUs. What no waiting can mend fails at once.</summary>
    /// <param name="selection">Which.</param>
    /// <param name="policy">What counts as free.</param>
    /// <param name="limit">How long to wait.</param>
    /// <param name="waiting">Told why they are not free: at first, and when the reason has changed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<ImmutableArray<GpuUnit>>> WaitAsync(
        GpuSelection selection, GpuPolicy policy, TimeSpan limit, Action<Failure> waiting, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(waiting);
        var started = time.GetTimestamp();
        string? told = null;
        for (var pause = FirstPoll; ; pause = pause * 2 < Poll ? pause * 2 : Poll)
        {
            var chosen = await ChooseAsync(selection, policy, cancellationToken).ConfigureAwait(false);
            if (chosen.TryGet(out _, out var failure) || failure.Code != GpuFailures.Busy)
            {
                return chosen;
            }

            var left = limit - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                return limit > TimeSpan.Zero ? failure with { Message = $"{failure.Message} They were waited for {limit.TotalSeconds:0} s." } : failure;
            }

            if (!string.Equals(told, failure.Message, StringComparison.Ordinal))
            {
                told = failure.Message;
                waiting(failure);
            }

            await Task.Delay(left < pause ? left : pause, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
