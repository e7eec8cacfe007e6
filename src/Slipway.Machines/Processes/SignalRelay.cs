using System.Runtime.InteropServices;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Processes;

/// <summary>
/// While it lives, signals do not end this process: they are passed on to a child. In the foreground of a terminal an interrupt (INT, QUIT) comes from the
/// keyboard, which sends it to the child as well; a second one would end what a program does to clean up.
/// </summary>
public sealed class SignalRelay : IDisposable
{
    private static int _living;

    private readonly Lock _lock = new();
    private readonly List<int> _early = [];
    private readonly PosixSignalRegistration[] _registrations;
    private int _pid;
    private bool _isOver;

    internal SignalRelay()
    {
        Interlocked.Increment(ref _living);
        _registrations = [.. new[] { Signals.HangUp, Signals.Interrupt, Signals.Quit, Signals.Terminate, Signals.User1, Signals.User2 }
            .Select(signal => PosixSignalRegistration.Create((PosixSignal)signal, context => Pass(context, signal)))];
    }

    /// <summary>Whether signals belong to a child now: whoever else would end this process by them leaves them alone.</summary>
    public static bool IsActive => Volatile.Read(ref _living) > 0;

    /// <summary>The child is there; what came before goes to it.</summary>
    internal void Start(int pid)
    {
        lock (_lock)
        {
            _pid = pid;
            foreach (var signal in _early)
            {
                _ = Libc.Kill(pid, signal);
            }
        }
    }

    /// <summary>The child has ended and will be removed: from here on nothing is passed on.</summary>
    internal void Stop()
    {
        lock (_lock)
        {
            _isOver = true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        Interlocked.Decrement(ref _living);
    }

    private void Pass(PosixSignalContext context, int signal)
    {
        context.Cancel = true;
        lock (_lock)
        {
            if (_isOver || (signal is Signals.Interrupt or Signals.Quit && IsInForeground()))
            {
                return;
            }

            if (_pid == 0)
            {
                _early.Add(signal);
            }
            else
            {
                _ = Libc.Kill(_pid, signal);
            }
        }
    }

    private static bool IsInForeground()
    {
        var terminal = Descriptor.Open("/dev/tty", OpenFlags.ReadOnly);
        var isForeground = terminal >= 0 && Libc.TerminalGroup(terminal) == Libc.GetProcessGroup();
        Descriptor.Close(terminal);
        return isForeground;
    }
}
