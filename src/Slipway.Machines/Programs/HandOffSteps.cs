using Slipway.Core.Failures;
using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;
using Slipway.Machines.Processes;

namespace Slipway.Machines.Programs;

/// <summary>The step that replaces this process.</summary>
internal static class HandOffSteps
{
    /// <summary>Returns only when it failed; this process then is as before.</summary>
    public static Failure Execute(Step.HandOff step, StartupEnvironment environment, ProgramScope scope)
    {
        if (!CommandResolver.Resolve(step.Command, environment).TryGet(out var image, out var failure))
        {
            return failure;
        }

        var before = Descriptor.Open(".", OpenFlags.ReadOnly | OpenFlags.Directory);
        try
        {
            if (step.Command.WorkingDirectory is { } directory && Libc.ChangeDirectory(PosixText.EncodeTerminated(directory)) != 0)
            {
                return StartFailures.NoDirectory(directory);
            }

            SetInheritable(scope, true);
            failure = ExecHandOff.Exec(image);
            SetInheritable(scope, false);
            if (before >= 0)
            {
                _ = Libc.ChangeDirectory(before);
            }

            return failure;
        }
        finally
        {
            Descriptor.Close(before);
        }
    }

    private static void SetInheritable(ProgramScope scope, bool inheritable)
    {
        foreach (var lease in scope.InheritedLeases)
        {
            Descriptor.SetInheritable(lease, inheritable);
        }
    }
}
