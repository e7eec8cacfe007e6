using System.Collections.Immutable;

namespace Slipway.Machines.Programs;

/// <summary>The rules of order that steps document. Breaking one is a defect of the caller.</summary>
internal static class ProgramShape
{
    /// <summary>Checks a program before anything of it is executed.</summary>
    /// <exception cref="ArgumentException">A hand-off is not last, or an exclusive lease is outside a build lock.</exception>
    public static void Check(MachineProgram program) => Check(program.Title, program.Steps, locked: false);

    /// <summary>Checks a program that stands before a command.</summary>
    /// <exception cref="ArgumentException">It holds a build lock, a hand-off, or a process of its own.</exception>
    public static void CheckGuards(MachineProgram program)
    {
        Check(program);
        if (program.Steps.Any(static step => step is Step.WithBuildLock or Step.HandOff or Step.Run))
        {
            throw new ArgumentException($"Program '{program.Title}': what guards a command holds no build lock, hand-off or process.", nameof(program));
        }
    }

    private static void Check(string title, ImmutableArray<Step> steps, bool locked)
    {
        for (var i = 0; i < steps.Length; i++)
        {
            switch (steps[i])
            {
                case Step.HandOff when locked || i != steps.Length - 1:
                    throw new ArgumentException($"Program '{title}': a hand-off is the last step, outside of build locks.", nameof(steps));
                case Step.ExclusiveLease when !locked:
                    throw new ArgumentException($"Program '{title}': an exclusive lease is taken only under a build lock.", nameof(steps));
                case Step.WithBuildLock guarded:
                    Check(title, guarded.Body, locked: true);
                    break;
            }
        }
    }
}
