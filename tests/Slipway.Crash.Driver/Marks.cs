using System.Collections.Immutable;
using System.Diagnostics;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;
using Slipway.Store;

namespace Slipway.Crash.Driver;

/// <summary>Puts a mark before every step of a program, which an observer hears; so a kill can be aimed at any step.</summary>
internal static class Marks
{
    public const string Label = "mark";

    public static MachineProgram Insert(MachineProgram program) => program with { Steps = Insert(program.Steps) };

    public static int Count(ImmutableArray<Step> steps) =>
        steps.Sum(static step => step is Step.WithBuildLock guarded ? Count(guarded.Body) : step is Step.Run { Label: Label } ? 1 : 0);

    private static ImmutableArray<Step> Insert(ImmutableArray<Step> steps) =>
    [
        .. steps.SelectMany(static step => new Step[] { Mark(), step is Step.WithBuildLock guarded ? guarded with { Body = Insert(guarded.Body) } : step }),
        Mark(),
    ];

    private static Step.Run Mark() => new Step.Run(Label, ProcessCommand.Create("/bin/true"), StoreFailures.NotWritable);
}

/// <summary>Tells what happens on standard output, and kills this process a while after the chosen mark.</summary>
internal sealed class Observer(int killAt, int spinMicroseconds) : IProgramObserver
{
    private readonly Process _self = Process.GetCurrentProcess();
    private int _marks;

    public void StepStarted(string label)
    {
        if (label != Marks.Label)
        {
            Console.WriteLine($"step {label}");
        }
        else if (++_marks == killAt)
        {
            new Thread(Die) { IsBackground = true }.Start();
        }
    }

    public void StepOutput(string label, OutputStream stream, ReadOnlySpan<byte> chunk)
    {
    }

    public void Waiting(string holder) => Console.WriteLine($"waiting for {holder}");

    // As a crash does: no handler, no finally, nothing is flushed.
    private void Die()
    {
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began).TotalMicroseconds < spinMicroseconds)
        {
            Thread.SpinWait(20);
        }

        _self.Kill();
    }
}
