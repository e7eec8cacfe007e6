using System.Buffers.Text;
using Slipway.Machines.Posix;

namespace Slipway.Machines.HandOff;

/// <summary>
/// The soft limit of open files. The .NET runtime raises its own to the hard limit at start-up, and a program that
/// inherits that can be slow (loops over all descriptors) or broken (<c>select</c> with numbers above 1023). What the
/// limit was before is nowhere kept, so the parent's is taken: right unless the parent changed its own and then became
/// this program by <c>exec</c>, as a shell does with the last command of a <c>-c</c> text.
/// </summary>
internal static class OpenFileLimit
{
    private const int Resource = 7; // RLIMIT_NOFILE
    private const int LowestLease = 200;
    private const int Margin = 128;

    // In an array, because threads may find it at the same time and a reference is written whole.
    private static Libc.Limit[]? _wanted;

    private static Libc.Limit Wanted => (_wanted ??= [FindWanted()])[0];

    /// <summary>Gives this process its parent's soft limit; the limit before, or null when nothing was changed.</summary>
    public static Libc.Limit? Restore()
    {
        Span<Libc.Limit> old = stackalloc Libc.Limit[1];
        return Wanted.Hard != 0 && Libc.ProcessLimit(0, Resource, [Wanted], old) == 0 ? old[0] : null;
    }

    /// <summary>
    /// Does the same for the moment of starting a child. Not where the limit is so near to the descriptors in use
    /// that another thread could meet it, or so low that leases have no room: such a child gets ours.
    /// </summary>
    /// <param name="highest">The highest descriptor in use.</param>
    public static Libc.Limit? LowerForChild(int highest)
    {
        return Wanted.Soft > (ulong)Math.Max(highest, LowestLease) + Margin ? Restore() : null;
    }

    /// <summary>Puts a limit back; null does nothing.</summary>
    public static void Set(Libc.Limit? limit)
    {
        if (limit is { } old)
        {
            _ = Libc.ProcessLimit(0, Resource, [old], []);
        }
    }

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
