using Slipway.Machines.Posix;

namespace Slipway.Machines.Processes;

/// <summary>Our end of one output stream of a process.</summary>
internal sealed class OutputPipe(int fd, OutputStream stream, int captureLimit, IOutputSink? sink) : IDisposable
{
    public TailBuffer Tail { get; } = new(captureLimit);

    /// <summary>The descriptor to poll; negative after the end.</summary>
    public int Fd { get; private set; } = fd;

    public bool IsOpen => Fd >= 0;

    /// <summary>Reads what is there once; false when nothing is, or the stream has ended.</summary>
    public bool Pump(Span<byte> buffer)
    {
        if (!IsOpen)
        {
            return false;
        }

        if (sink is not null && sink.Room(stream) is { IsEmpty: false } room)
        {
            buffer = room;
        }

        var count = Descriptor.Read(Fd, buffer);
        if (count == -Errno.TryAgain)
        {
            return false;
        }

        if (count <= 0)
        {
            Dispose();
            return false;
        }

        Tail.Append(buffer[..count]);
        sink?.Write(stream, buffer[..count]);
        return true;
    }

    public void Dispose()
    {
        Descriptor.Close(Fd);
        Fd = -1;
    }
}
