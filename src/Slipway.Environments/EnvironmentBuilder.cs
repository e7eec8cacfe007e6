using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Locks;
using Slipway.Environments.Provisioners;
using Slipway.Environments.Requests;
using Slipway.Machines.Programs;
using Slipway.Store.Slots;

namespace Slipway.Environments;

/// <summary>Builds one environment in its slot, or takes the one that someone else just built there.</summary>
internal sealed class EnvironmentBuilder(BuildHost host, TimeProvider time)
{
    /// <summary>The program and version that is written into every record.</summary>
    public static readonly string CreatedBy = $"slipway/{typeof(EnvironmentBuilder).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>Everything that is known before the build.</summary>
    internal sealed record Order(
        SlotName Slot,
        EnvironmentKeyInputs Key,
        ResolvedLock Lock,
        Interpreter? Interpreter,
        PackageSources Sources,
        IReadOnlyList<string> Warnings,
        PublishMode Mode);

    /// <summary>Builds.</summary>
    /// <returns>Whether this call filled the tree; false when it was there already.</returns>
    public async Task<Result<bool>> BuildAsync(
        Order order, IProvisioner provisioner, ProvisionerTool tool, EnsureOptions options, IBuildProgress progress, CancellationToken cancellationToken)
    {
        var layout = host.Layout;
        var build = new BuildOrder(
            order.Lock, order.Interpreter, order.Sources, layout.Root(order.Slot), layout.Work(order.Slot), order.Key.SysPathMode is SysPathMode.SystemSitePackages);
        var planned = await provisioner.PlanBuildAsync(host, tool, build, cancellationToken).ConfigureAwait(false);
        if (!planned.TryGet(out var steps, out var failure))
        {
            return failure;
        }

        var trash = $"{order.Slot}-{Guid.NewGuid():N}";
        var program = PublishProgram.Create(
            layout, order.Slot, Meta(order, provisioner, tool, steps), steps.Steps, order.Mode, options.LockWait, trash, steps.ActivationFile);
        var output = new BuildOutput(progress, provisioner.Narrate);
        var isDone = false;
        try
        {
            var outcome = await host.Machine.ExecuteAsync(program, output, cancellationToken).ConfigureAwait(false);
            isDone = outcome.IsOk;
            if (outcome.TryGet(out var end, out failure))
            {
                foreach (var warning in provisioner.WarningsOf(output.Text))
                {
                    progress.Warn(warning);
                }

                return end is ProgramOutcome.Completed;
            }
        }
        finally
        {
            if (!isDone)
            {
                await new Leftovers(host).ClearBuildAsync(order.Slot, order.Mode, $"{layout.Trash}/{trash}").ConfigureAwait(false);
            }
        }

        var named = provisioner.Diagnose(host, failure, output.Text);
        return await BuildLog.KeepAsync(host, time, named, "build", output.Text, cancellationToken).ConfigureAwait(false);
    }

    private SlotMeta Meta(Order order, IProvisioner provisioner, ProvisionerTool tool, BuildSteps steps) => new()
    {
        Slot = order.Slot.ToString(),
        EnvironmentKey = order.Key.ToKey().Hex,
        LockDigest = order.Lock.Digest.Hex,
        Title = Title(order.Lock),
        Provisioner = tool.Identity,
        CreatedAt = time.GetUtcNow(),
        CreatedBy = CreatedBy,
        Inputs = SlotInput.From([.. order.Key.ToFields().Fields, .. Interpreter.HostFieldsOf(order.Interpreter).Fields]),
        Warnings = [.. order.Warnings],
        Executable = steps.Executable,
        Activation = SlotActivation.From(steps.Activation),
        Project = order.Lock.Editable?.Directory,
        Mutable = !provisioner.Installs,
        Lock = order.Lock.ToText(),
    };

    private static string Title(ResolvedLock resolved)
    {
        const int Shown = 3;
        IReadOnlyList<string> all = [.. resolved.Names];
        var names = all.Take(Shown);
        var rest = all.Count - Shown;
        return all.Count == 0 ? "no packages" : string.Join(", ", names) + (rest > 0 ? $" +{rest}" : string.Empty);
    }
}
