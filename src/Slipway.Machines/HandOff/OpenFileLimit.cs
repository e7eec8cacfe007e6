using System.Buffers.Text;
using Slipway.Machines.Posix;

namespace Slipway.Machines.HandOff;

/// <summary>
/// The soft limit of open files. The .NET runtime raises its own to the hard limit at start-up, and a program that
/// inherits that can be slow (loops over all descriptors) or broken (<c>select</c> with numbers above 1023).
/// </summary>
internal static class OpenFileLimit
{
    private const int Resource = 7; // RLIMIT_NOFILE

    private static Libc.Limit? _wanted;

    /// <summary>Gives a process (0: this one) the soft limit of this process's parent; the limit before, or null when nothing was changed.</summary>
    public static Libc.Limit? Restore(int pid)
    {
        _wanted ??= FindWanted();
        Span<Libc.Limit> old = stackalloc Libc.Limit[1];
        ReadOnlySpan<Libc.Limit> change = [_wanted.Value];
        return _wanted.Value.Hard != 0 && Libc.ProcessLimit(pid, Resource, change, old) == 0 ? old[0] : null;
    }

    /// <summary>Sets this process's limit.</summary>
    public static void Set(Libc.Limit limit) => _ = Libc.ProcessLimit(0, Resource, [limit], []);

    /// <summary>The soft limit in a file such as <c>/proc/1/limits</c>; null when it has none.</summary>
    internal static ulong? ParseSoftLimit(ReadOnlySpan<byte> limits)
    {
        var label = "Max open files"u8;
        var start = limits.IndexOf(label);
        if (start < 0)
        {
            return null;
        }

        var value = limits[(start + label.Length)..].TrimStart((byte)' ');
        if (value.StartsWith("unlimited"u8))
        {
            return ulong.MaxValue;
        }

        return Utf8Parser.TryParse(value, out ulong soft, out _) ? soft : null;
    }

    /// <summary>A hard limit of 0 stands for: leave everything as it is.</summary>
    private static Libc.Limit FindWanted()
    {
        Span<Libc.Limit> own = stackalloc Libc.Limit[1];
        var limits = Descriptor.ReadWhole($"/proc/{Libc.GetParentProcessId()}/limits");
        return limits is not null && ParseSoftLimit(limits) is { } soft && Libc.ProcessLimit(0, Resource, [], own) == 0
            ? new Libc.Limit(Math.Min(soft, own[0].Hard), own[0].Hard)
            : default;
    }
}
