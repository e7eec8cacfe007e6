using Slipway.Machines.Processes;

namespace Slipway.Machines.Ssh.Remote;

/// <summary>Until the command starts the lines are the program's.</summary>
internal sealed class GuardedListener(ProgramListener program, IOutputSink? sink, int captureLimit) : CommandListener(sink, captureLimit)
{
    private bool _started;

    public override string? Line(OutputStream stream, string line)
    {
        if (_started)
        {
            return base.Line(stream, line);
        }

        _started = line is "start";
        return _started ? null : program.Line(stream, line);
    }
}
