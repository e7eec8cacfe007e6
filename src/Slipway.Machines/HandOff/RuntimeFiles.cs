using System.Text;
using Slipway.Machines.Files;
using Slipway.Machines.Posix;

namespace Slipway.Machines.HandOff;

/// <summary>
/// The socket and the pipes that the .NET runtime makes at start-up for debuggers, in the directory for temporary files. It
/// removes them when it exits, and a process that becomes another program never does: each launch would leave three.
/// </summary>
internal static class RuntimeFiles
{
    private const int StartTimeField = 19; // Field 22 of proc(5), counted after the command's closing parenthesis.

    /// <summary>Removes them; where none are, nothing happens. A debugger can no longer attach afterwards.</summary>
    public static void Remove()
    {
        if (Descriptor.ReadWhole("/proc/self/stat") is not { } stat || StartTime(stat) is not { } started)
        {
            return;
        }

        var directory = Environment.GetEnvironmentVariable("TMPDIR") is { Length: > 0 } named ? named.TrimEnd('/') : "/tmp";
        var owner = $"{Environment.ProcessId}-{started}";
        _ = LocalFiles.RemoveFile($"{directory}/dotnet-diagnostic-{owner}-socket");
        _ = LocalFiles.RemoveFile($"{directory}/clr-debug-pipe-{owner}-in");
        _ = LocalFiles.RemoveFile($"{directory}/clr-debug-pipe-{owner}-out");
    }

    /// <summary>The start time in a line of <c>/proc/PID/stat</c>; null when the line is of another form.</summary>
    internal static string? StartTime(ReadOnlySpan<byte> stat)
    {
        // The command in parentheses may hold anything, also blanks and parentheses.
        var rest = stat[(stat.LastIndexOf((byte)')') + 1)..].TrimStart((byte)' ');
        for (var field = 0; field < StartTimeField; field++)
        {
            var blank = rest.IndexOf((byte)' ');
            if (blank < 0)
            {
                return null;
            }

            rest = rest[(blank + 1)..];
        }

        var end = rest.IndexOf((byte)' ');
        return end <= 0 ? null : Encoding.ASCII.GetString(rest[..end]);
    }
}
