using System.Text;
using Slipway.Machines.Posix;

namespace Slipway.Machines;

/// <summary>Probes this machine.</summary>
internal static unsafe class LocalFacts
{
    private const int FieldLength = 65; // struct utsname on Linux: five such fields and the domain name
    private const int FieldCount = 6;

    public static MachineFacts Probe()
    {
        Span<byte> names = stackalloc byte[FieldLength * FieldCount];
        names.Clear();
        _ = Libc.SystemName(names);
        var (kind, version) = ProbeLibc();
        return new MachineFacts(
            Field(names, 0).ToLowerInvariant(),
            Field(names, 4),
            kind,
            version,
            Field(names, 2),
            Field(names, 1),
            Encoding.ASCII.GetString(Descriptor.ReadWhole("/proc/sys/kernel/random/boot_id") ?? []).Trim(),
            Libc.GetEffectiveUserId(),
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
            Environment.ProcessorCount);
    }

    private static string Field(ReadOnlySpan<byte> names, int index)
    {
        var field = names.Slice(index * FieldLength, FieldLength);
        return PosixText.Decode(field[..field.IndexOf((byte)0)]);
    }

    /// <summary>Only glibc has this function; the other library that .NET runs on is musl, which tells its version to nobody.</summary>
    private static (string Kind, string Version) ProbeLibc()
    {
        try
        {
            var version = Libc.GnuLibcVersion();
            var length = new ReadOnlySpan<byte>(version, 32).IndexOf((byte)0);
            return ("glibc", Encoding.ASCII.GetString(version, length));
        }
        catch (EntryPointNotFoundException)
        {
            return ("musl", "");
        }
    }
}
