using Slipway.Machines.Posix;

namespace Slipway.Machines.Processes;

/// <summary>Our end of a process's standard input: writes what it takes, and closes after the last byte.</summary>
internal sealed class InputPipe(int fd, ReadOnlyMemory<byte> content) : IDisposable
{
    private ReadOnlyMemory<byte> _rest = content;

    /// <summary>The descriptor to poll; negative when everything was written or the reader is gone.</summary>
    public int Fd { get; private set; } = fd;

    public void Pump()
    {
        while (Fd >= 0 && !_rest.IsEmpty)
        {
            var count = Descriptor.Write(Fd, _rest.Span);
            if (count == -Errno.TryAgain)
            {
                return;
            }

            // A process may stop reading whenever it likes; that is not an error of ours.
            _rest = count < 0 ? default : _rest[count..];
        }

        Dispose();
    }

    public void Dispose()
    {
        Descriptor.Close(Fd);
        Fd = -1;
    }
}
