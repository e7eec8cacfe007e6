using Microsoft.Win32.SafeHandles;
using Slipway.Machines.Processes;

namespace Slipway.Cli.Terminal;

/// <summary>Hands a distant command's bytes on as they come, and ours to it.</summary>
internal sealed class PassThrough : IOutputSink, IDisposable
{
    // The console's own streams take no notice when nobody reads any more: a workload that writes for ever would never end.
    private readonly FileStream _output = Open(1);
    private readonly FileStream _error = Open(2);
    private readonly CancellationTokenSource _broken = new();

    /// <summary>Cancelled when nobody reads our output any more.</summary>
    public CancellationToken Broken => _broken.Token;

    /// <inheritdoc/>
    public void Write(OutputStream stream, ReadOnlySpan<byte> chunk)
    {
        try
        {
            var target = stream is OutputStream.Output ? _output : _error;
            target.Write(chunk);
            target.Flush();
        }
        catch (IOException)
        {
            _broken.Cancel();
        }
    }

    /// <summary>Passes standard input on to its end.</summary>
    public static async Task FeedAsync(InputFeed feed, CancellationToken cancellationToken)
    {
        var input = Console.OpenStandardInput();
        await using var end = input.ConfigureAwait(false);
        var buffer = new byte[64 * 1024];
        while (await input.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count && await feed.WriteAsync(buffer.AsMemory(0, count)).ConfigureAwait(false))
        {
            // The feed has taken the bytes; the buffer is free again.
        }

        feed.Complete();
    }

    private static FileStream Open(int descriptor) => new(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);

    /// <inheritdoc/>
    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
        _broken.Dispose();
    }
}
