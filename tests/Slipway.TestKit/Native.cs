using System.Runtime.InteropServices;

namespace Slipway.TestKit;

/// <summary>The few calls of the C library that .NET has no method for.</summary>
internal static partial class Native
{
    /// <summary>SIGKILL has this number on every Unix.</summary>
    internal const int SigKill = 9;
    internal const int SigContinue = 18;
    internal const int SigStop = 19;

    /// <summary>The effective user id of this process; 0 is root.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial uint EffectiveUserId();

    /// <summary>Sends a signal; a negative <paramref name="pid"/> is a process group.</summary>
    /// <returns>0, or -1 when there is no such process or no permission.</returns>
    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int Kill(int pid, int signal);

    /// <summary>Changes the owner of a path; a link itself, not what it points to.</summary>
    /// <returns>0, or -1 with the reason in errno.</returns>
    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int ChangeOwner(string path, uint user, uint group);
}
