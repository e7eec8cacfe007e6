using Slipway.Machines.Posix;

namespace Slipway.Machines.HandOff;

/// <summary>
/// What this process was started with, byte for byte. .NET replaces what is not UTF-8 in its own view of
/// arguments and variables; a workload must get what its caller passed. Text made by <see cref="PosixText"/> keeps it.
/// </summary>
public sealed class StartupEnvironment
{
    private readonly byte[][] _variables;

    /// <summary>An environment from its entries.</summary>
    /// <param name="variables">Entries <c>NAME=VALUE</c>, without NUL.</param>
    public StartupEnvironment(byte[][] variables) => _variables = variables;

    /// <summary>The entries <c>NAME=VALUE</c> in their original order.</summary>
    public ReadOnlySpan<byte[]> Variables => _variables;

    /// <summary>Reads the environment that this process was started with.</summary>
    public static StartupEnvironment Read()
    {
        var raw = Descriptor.ReadWhole("/proc/self/environ");
        return new StartupEnvironment(raw is null ? FromRuntime() : Split(raw));
    }

    /// <summary>The last <paramref name="count"/> arguments of this process as <see cref="PosixText"/>; all of them when there are fewer.</summary>
    /// <param name="count">How many arguments the program's entry point got, so that a host's own are left out.</param>
    public static string[] ReadArguments(int count)
    {
        var all = Split(Descriptor.ReadWhole("/proc/self/cmdline") ?? []);
        var words = new string[Math.Min(all.Length, count)];
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = PosixText.Decode(all[all.Length - words.Length + i]);
        }

        return words;
    }

    /// <summary>A copy that can be changed.</summary>
    public EnvironmentBlock ToBlock() => new(_variables);

    private static byte[][] Split(ReadOnlySpan<byte> raw)
    {
        var count = raw.Count((byte)0);
        var parts = new byte[count][];
        for (var i = 0; i < count; i++)
        {
            var end = raw.IndexOf((byte)0);
            parts[i] = raw[..end].ToArray();
            raw = raw[(end + 1)..];
        }

        return parts;
    }

    /// <summary>Only where the proc file system cannot be read.</summary>
    private static byte[][] FromRuntime()
    {
        var entries = new List<byte[]>();
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            entries.Add(PosixText.Encode($"{entry.Key}={entry.Value}"));
        }

        return [.. entries];
    }
}
