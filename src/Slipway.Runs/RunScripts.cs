using Slipway.Machines.Posix;

namespace Slipway.Runs;

/// <summary>The shell scripts of this room, as they are sent to machines.</summary>
internal static class RunScripts
{
    /// <summary>Tells what a host is and has.</summary>
    public static string Probe { get; } = HostScripts.Read("probe.sh");

    /// <summary>Tells which GPUs there are.</summary>
    public static string Gpus { get; } = HostScripts.Read("gpus.sh");

    /// <summary>Defines how GPUs are reserved.</summary>
    public static string Reserve { get; } = HostScripts.Read("reserve.sh");
}

/// <summary>What a script told: texts <c>NAME=VALUE</c>, each ended by a NUL.</summary>
internal sealed class Told(ILookup<string, string> values)
{
    /// <summary>Reads an output; whatever is no such text is passed over.</summary>
    public static Told Read(ReadOnlySpan<byte> output) => new(PosixText.Decode(output).Split('\0').Select(static text => text.Split('=', 2))
        .Where(static pair => pair.Length == 2).ToLookup(static pair => pair[0][(pair[0].LastIndexOf('\n') + 1)..], static pair => pair[1], StringComparer.Ordinal));

    /// <summary>The first value of a name; null when there is none.</summary>
    public string? One(string name) => values[name].FirstOrDefault();

    /// <summary>All values of a name.</summary>
    public IEnumerable<string> All(string name) => values[name];
}
