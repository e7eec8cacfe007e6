using Slipway.Machines.Posix;

namespace Slipway.Machines.HandOff;

/// <summary>Ends this process as its workload ended, so that whoever waits sees the same as if this process had become it.</summary>
public static class SignalEnd
{
    private const int CoreSize = 4; // RLIMIT_CORE

    /// <summary>Ends by a signal, without a core file: the workload has left its own. Returns only where the signal is blocked.</summary>
    /// <param name="signal">The signal's number.</param>
    public static void By(int signal)
    {
        RuntimeFiles.Remove();
        _ = Libc.ProcessLimit(0, CoreSize, [new Libc.Limit(0, 0)], []);
        _ = Libc.SetSignal(signal, Signals.Default);
        _ = Libc.Kill(Libc.GetProcessId(), signal);
    }
}
