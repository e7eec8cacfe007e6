using Slipway.Machines.Posix;

namespace Slipway.Machines.Processes;

/// <summary>Both ends of a pipe, close-on-exec, numbered above the standard streams so that the child can put them there in any order.</summary>
internal readonly record struct PipeEnds(int Read, int Write)
{
    private const int LowestFree = 3;

    /// <summary>A new pipe; both ends are negated error numbers when there is none to be had.</summary>
    public static PipeEnds Open()
    {
        Span<int> fds = stackalloc int[2];
        var result = Errno.Negate(Libc.Pipe(fds, OpenFlags.CloseOnExec));
        return result < 0 ? new PipeEnds(result, result) : new PipeEnds(Lift(fds[0]), Lift(fds[1]));
    }

    /// <summary>The same open file under a number of 3 or more.</summary>
    public static int Lift(int fd)
    {
        if (fd is < 0 or >= LowestFree)
        {
            return fd;
        }

        var lifted = Descriptor.Duplicate(fd, LowestFree);
        Descriptor.Close(fd);
        return lifted;
    }

    public void Close()
    {
        Descriptor.Close(Read);
        Descriptor.Close(Write);
    }
}
