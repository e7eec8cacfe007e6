using System.Globalization;
using Slipway.Core.Failures;
using Slipway.Machines.Locks;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.Machines.Ssh.Remote;

/// <summary>Follows a program through what its worker says, and puts its failures into words.</summary>
internal sealed class ProgramListener(MachineProgram program, ProgramText text, IProgramObserver observer) : IRemoteListener
{
    private string _label = program.Title;
    private CombinedOutput? _current;
    private int _step;
    private string? _refusal;

    /// <summary>Why the program failed; null when it did not.</summary>
    public Failure? Failure { get; private set; }

    /// <summary>How it ended.</summary>
    public ProgramOutcome Outcome { get; private set; }

    public void Write(OutputStream stream, ReadOnlySpan<byte> chunk) => _current?.Write(stream, chunk);

    public string? Line(OutputStream stream, string line)
    {
        var words = line.Split(' ', 4);
        switch (words[0])
        {
            // Said on both streams, so that what follows on either is taken for this step's.
            case "step" when int.Parse(words[1], CultureInfo.InvariantCulture) is var number && number != _step:
                Start(number);
                break;
            case "wait":
                observer.Waiting(line.Length > 5 ? line[5..] : "a process that has not named itself");
                break;
            case "end":
                Outcome = words[1] is "missing" ? ProgramOutcome.Missing : ProgramOutcome.Stopped;
                break;
            case "adopt":
                Failure = FailureRecord.Parse(line[6..].Replace('\u0001', '\n'), id => ProgramScope.FindCode(program, id))
                    ?? new Failure(MachinesFailures.LockBusy, "Another process did the same work and failed.");
                break;
            case "fail":
                Failure = Describe(Step(words[1]), words[2], words.Length > 3 ? words[3] : string.Empty);
                break;
            case "record":
                return Failure is null ? string.Empty : ShellText.Line(FailureRecord.Compose(_label, Failure));
            case "nodir" or "notfound" or "noexec":
                _refusal = line;
                break;
        }

        return null;
    }

    private Step Step(string number) => text.Steps[int.Parse(number, CultureInfo.InvariantCulture) - 1];

    private void Start(int number)
    {
        _step = number;
        _refusal = null;
        var label = ((Step.Run)text.Steps[number - 1]).Label;
        _label = label;
        _current = new CombinedOutput(label, observer);
        observer.StepStarted(label);
    }

    private Failure Describe(Step step, string kind, string words) => (step, kind) switch
    {
        (Step.Run run, "run") => RunFailed(run, words),
        (Step.Run run, "long") => new Failure(run.OnFailure, $"{run.Label} failed (it wrote more than {run.Command.CaptureLimit} bytes)"),
        (Step.WithBuildLock guarded, "busy") => BuildLocks.Busy(guarded.LockPath, guarded.Wait, words.Length > 0 ? words : BuildLocks.Unknown),
        (Step.Lease lease, "collected") => LeaseFile.Collected(lease.LeasePath),
        (Step.ExclusiveLease lease, "leased") => LeaseFile.Held(lease.LeasePath),
        (_, "nolocks") => ToolWords.Locking(PathOf(step), words),
        _ => ToolWords.Writing(PathOf(step), words),
    };

    private Failure RunFailed(Step.Run run, string code)
    {
        if (CommandListener.Refusal(run.Command, _refusal) is { } refusal)
        {
            return new Failure(run.OnFailure, $"{run.Label} failed (it could not be started)") { Detail = refusal.Message };
        }

        var number = int.Parse(code, CultureInfo.InvariantCulture);
        var how = CommandListener.LikelySignal(number) is { } signal ? $"exit code {number}, probably signal {signal}" : $"exit code {number}";
        return new Failure(run.OnFailure, $"{run.Label} failed ({how})") { Detail = _current?.LastLines() };
    }

    private static string PathOf(Step step) => step switch
    {
        Step.MakeDirectory s => s.Path,
        Step.WriteFile s => s.Path,
        Step.JoinFiles s => s.Path,
        Step.Move s => s.To,
        Step.RemoveTree s => s.Path,
        Step.LinkOrCopy s => s.To,
        Step.SetMode s => s.Path,
        Step.SealTree s => s.Path,
        Step.TakeInventory s => s.Root,
        Step.SyncFileSystem s => s.Path,
        Step.Touch s => s.Path,
        Step.WithBuildLock s => s.LockPath,
        Step.Lease s => s.LeasePath,
        Step.ExclusiveLease s => s.LeasePath,
        Step.Run s => s.OutputFile ?? s.Command.Executable,
        _ => "a path",
    };
}
