using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Slipway.TestProgram;

/// <summary>Verbs that stay, and leave others behind.</summary>
internal static class Waiting
{
    public static int Sleep()
    {
        Bytes.WriteText("ready");
        Thread.CurrentThread.Join();
        return 0;
    }

    public static int IgnoreTerminate()
    {
        using var ignored = PosixSignalRegistration.Create(PosixSignal.SIGTERM, static context => context.Cancel = true);
        return Sleep();
    }

    public static int SpawnGrandchild()
    {
        // The shell ignores TERM for itself and for what it starts.
        using var grandchild = Start("trap '' TERM; echo grandchild >/dev/null; while :; do sleep 1000; done");
        Bytes.WriteText($"grandchild {grandchild.Id}");
        return Sleep();
    }

    public static int HoldPipe()
    {
        using var holder = Start("exec sleep 60");
        Bytes.WriteText($"holder {holder.Id}");
        return 0;
    }

    public static int KillSelf(string signal)
    {
        using var killer = Start($"kill -{signal} {Environment.ProcessId}");
        Thread.CurrentThread.Join();
        return 0;
    }

    /// <summary>With this process's own streams, like any child.</summary>
    private static Process Start(string script)
    {
        var process = new Process { StartInfo = { FileName = "/bin/sh", ArgumentList = { "-c", script } } };
        process.Start();
        return process;
    }
}
