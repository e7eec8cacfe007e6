using System.Runtime.InteropServices;

namespace Slipway.Machines.Posix;

/// <summary>The error numbers that decide something here; Linux uses the same ones on x64 and arm64.</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int InputOutput = 5;
    public const int ArgumentsTooLong = 7;
    public const int NotExecutableFormat = 8;
    public const int TryAgain = 11;
    public const int OutOfMemory = 12;
    public const int AccessDenied = 13;
    public const int Exists = 17;
    public const int CrossDevice = 18;
    public const int NotDirectory = 20;
    public const int IsDirectory = 21;
    public const int Invalid = 22;
    public const int TooManyOpenFiles = 24;
    public const int TextFileBusy = 26;
    public const int NoSpace = 28;
    public const int ReadOnlyFileSystem = 30;
    public const int TooManyLinks = 31;
    public const int BrokenPipe = 32;
    public const int NameTooLong = 36;
    public const int NoLocks = 37;
    public const int NotImplemented = 38;
    public const int NotEmpty = 39;
    public const int LinkLoop = 40;
    public const int NotSupported = 95;
    public const int QuotaExceeded = 122;

    /// <summary>The kernel's convention: the result, or the negated error number.</summary>
    public static int Negate(int result) => result >= 0 ? result : -Marshal.GetLastPInvokeError();

    /// <inheritdoc cref="Negate(int)"/>
    public static long Negate(long result) => result >= 0 ? result : -Marshal.GetLastPInvokeError();

    /// <summary>The system's words for an error number.</summary>
    public static string Describe(int errno) => Marshal.GetPInvokeErrorMessage(errno);
}
