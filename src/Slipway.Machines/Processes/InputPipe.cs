using Slipway.Machines.Posix;

namespace Slipway.Machines.Processes;

/// <summary>Our end of a process's standard input: writes what the feed has, and closes after its end.</summary>
internal sealed class InputPipe : IDisposable
{
    private readonly InputFeed _feed;
    private int _fd;

    public InputPipe(int fd, InputFeed feed, Action wake)
    {
        _fd = fd;
        _feed = feed;
        feed.Attach(wake, data => Descriptor.Write(fd, data));

        // What is there already, the end perhaps, was told to nobody.
        wake();
    }

    /// <summary>The descriptor to poll; negative while there is nothing to write, and when the reader is gone.</summary>
    public int Fd => _feed.Next.IsEmpty ? -1 : _fd;

    public void Pump()
    {
        while (_fd >= 0 && _feed.Next is { IsEmpty: false } next)
        {
            var count = Descriptor.Write(_fd, next.Span);
            if (count == -Errno.TryAgain)
            {
                return;
            }

            // A process may stop reading whenever it likes; that is not an error of ours.
            if (count < 0)
            {
                Dispose();
                return;
            }

            _feed.Take(count);
        }

        if (_feed.IsOver)
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        // The feed first: whoever writes at once must not meet another file's descriptor.
        _feed.Close();
        Descriptor.Close(_fd);
        _fd = -1;
    }
}
