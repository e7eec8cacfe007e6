using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Machines.HandOff;
using Slipway.Machines.Locks;
using Slipway.Machines.Processes;

namespace Slipway.Machines.Programs;

/// <summary>Executes programs on this machine, step by step. Safe to use concurrently.</summary>
internal sealed class ProgramInterpreter(ProcessRunner runner, StartupEnvironment environment, TimeProvider time)
{
    private readonly BuildLocks _locks = new(time);

    /// <summary>Executes a program; every guard it took is released, except after a hand-off.</summary>
    public async Task<Result<ProgramOutcome>> ExecuteAsync(MachineProgram program, IProgramObserver observer, CancellationToken cancellationToken)
    {
        ProgramShape.Check(program);
        using var scope = new ProgramScope(program, observer);
        return await ExecuteAllAsync(program.Steps, scope, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Executes guards, then runs a command that inherits their leases.</summary>
    public async Task<Result<GuardedOutcome>> RunGuardedAsync(
        MachineProgram guards, ProcessCommand command, IOutputSink? output, CancellationToken cancellationToken)
    {
        ProgramShape.CheckGuards(guards);
        using var scope = new ProgramScope(guards, SilentObserver.Instance);
        var held = await ExecuteAllAsync(guards.Steps, scope, cancellationToken).ConfigureAwait(false);
        if (!held.TryGet(out var outcome, out var failure))
        {
            return failure;
        }

        if (outcome is not ProgramOutcome.Completed)
        {
            return new GuardedOutcome(outcome, Process: null);
        }

        var ran = await runner.RunAsync(command, output, scope.InheritedByChildren, cancellationToken).ConfigureAwait(false);
        return ran.Map(process => new GuardedOutcome(outcome, process));
    }

    private async Task<Result<ProgramOutcome>> ExecuteAllAsync(ImmutableArray<Step> steps, ProgramScope scope, CancellationToken cancellationToken)
    {
        foreach (var step in steps)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = await ExecuteAsync(step, scope, cancellationToken).ConfigureAwait(false);
            if (!result.IsOk || result.Value is not ProgramOutcome.Completed)
            {
                return result;
            }
        }

        return ProgramOutcome.Completed;
    }

    private async Task<Result<ProgramOutcome>> ExecuteAsync(Step step, ProgramScope scope, CancellationToken cancellationToken) => step switch
    {
        Step.Run run => await RunSteps.ExecuteAsync(run, runner, scope, cancellationToken).ConfigureAwait(false),
        Step.WithBuildLock guarded => await ExecuteGuardedAsync(guarded, scope, cancellationToken).ConfigureAwait(false),
        Step.Lease lease => Hold(scope, await LeaseFile.ShareAsync(lease.LeasePath, time, cancellationToken).ConfigureAwait(false)),
        Step.ExclusiveLease lease => Hold(scope, LeaseFile.TakeExclusive(lease.LeasePath)),
        Step.HandOff handOff => HandOffSteps.Execute(handOff, environment, scope),
        _ => FileSteps.Execute(step, cancellationToken)
            ?? throw new ArgumentException($"The step {step.GetType().Name} is unknown here.", nameof(step)),
    };

    private async Task<Result<ProgramOutcome>> ExecuteGuardedAsync(Step.WithBuildLock step, ProgramScope scope, CancellationToken cancellationToken)
    {
        var before = FailureRecord.Stamp(step.FailureRecord);
        var taken = await _locks.TakeAsync(step.LockPath, step.Holder, step.Wait, scope.Observer.Waiting, cancellationToken).ConfigureAwait(false);
        if (!taken.TryGet(out var held, out var busy))
        {
            return busy;
        }

        using (held)
        {
            if (held.Waited && Adopt(step.FailureRecord, before, scope) is { } adopted)
            {
                return adopted;
            }

            scope.Enter(held);
            try
            {
                var result = await ExecuteAllAsync(step.Body, scope, cancellationToken).ConfigureAwait(false);
                Record(step.FailureRecord, result, scope);
                return result;
            }
            finally
            {
                scope.Leave();
            }
        }
    }

    private static Failure? Adopt(string? record, (ulong, long) before, ProgramScope scope) =>
        record is not null && FailureRecord.Stamp(record) != before ? FailureRecord.Read(record, scope.FindCode) : null;

    private static void Record(string? record, Result<ProgramOutcome> result, ProgramScope scope)
    {
        if (record is null)
        {
            return;
        }

        if (!result.IsOk)
        {
            FailureRecord.Write(record, scope.Label, result.Failure);
        }
        else if (result.Value is not ProgramOutcome.Missing)
        {
            _ = Files.LocalFiles.RemoveFile(record);
        }
    }

    private static Result<ProgramOutcome> Hold(ProgramScope scope, Result<Lease> lease)
    {
        if (!lease.TryGet(out var held, out var failure))
        {
            return failure;
        }

        scope.Hold(held);
        return ProgramOutcome.Completed;
    }
}
