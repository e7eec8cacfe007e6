using System.Text;
using Slipway.SkyPilotApi.Requests;

namespace Slipway.SkyPilotApi.Clusters;

/// <summary>Writes what a job prints: raw to <c>tasks/run.log</c>, and with the prefix of the job to <c>run.log</c> and to those who listen.</summary>
internal sealed class JobLog : IDisposable
{
    private readonly FileStream _raw, _shown;
    private readonly GrowingLog _live;
    private bool _isInLine;

    internal JobLog(Job job)
    {
        Directory.CreateDirectory(Path.Combine(job.LogFolder, "tasks"));
        _raw = Open(Path.Combine(job.LogFolder, "tasks", "run.log"));
        _shown = Open(Path.Combine(job.LogFolder, "run.log"));
        _live = job.Log;
    }

    /// <summary>What every line begins with.</summary>
    internal string Prefix { get; set; } = string.Empty;

    /// <summary>Writes a line of the cluster's own.</summary>
    internal void Note(string text) => Show(Encoding.UTF8.GetBytes(text));

    /// <summary>Copies a stream to its end.</summary>
    internal async Task CopyAsync(Stream from, CancellationToken cancellation)
    {
        var (buffer, prefix) = (new byte[8192], Encoding.UTF8.GetBytes(Prefix));
        int count;
        while ((count = await from.ReadAsync(buffer, cancellation)) > 0)
        {
            await _raw.WriteAsync(buffer.AsMemory(0, count), cancellation);
            await _raw.FlushAsync(cancellation);
            Show(WithPrefix(buffer.AsSpan(0, count), prefix));
        }
    }

    public void Dispose()
    {
        _raw.Dispose();
        _shown.Dispose();
    }

    private byte[] WithPrefix(ReadOnlySpan<byte> bytes, byte[] prefix)
    {
        var lines = new MemoryStream();
        foreach (var value in bytes)
        {
            if (!_isInLine)
            {
                lines.Write(prefix);
            }

            lines.WriteByte(value);
            _isInLine = value != '\n';
        }

        return lines.ToArray();
    }

    private void Show(byte[] bytes)
    {
        _shown.Write(bytes);
        _shown.Flush();
        _live.Append(bytes);
    }

    private static FileStream Open(string path) => new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
}
