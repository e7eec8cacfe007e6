using Slipway.Machines.Posix;

namespace Slipway.Machines.Files;

/// <summary>Modification times; access times are never touched.</summary>
internal static class FileTimes
{
    private const long Now = (1 << 30) - 1;
    private const long Omit = (1 << 30) - 2;
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The kernel's own clock; 0 or the negated error number.</summary>
    public static int SetNow(int fd) => Errno.Negate(Libc.SetTimes(fd, [new(0, Omit), new(0, Now)]));

    /// <summary>A link itself, not its target; 0 or the negated error number.</summary>
    public static int Set(string path, long unixNanoseconds)
    {
        var seconds = Math.DivRem(unixNanoseconds, NanosecondsPerSecond, out var rest);
        if (rest < 0)
        {
            (seconds, rest) = (seconds - 1, rest + NanosecondsPerSecond);
        }

        return Errno.Negate(Libc.SetTimesAt(
            Descriptor.CurrentDirectory,
            PosixText.EncodeTerminated(path),
            [new(0, Omit), new(seconds, rest)],
            Descriptor.LinkNotFollowed));
    }
}
