using System.Collections.Immutable;
using System.Globalization;

namespace Slipway.Runs.Hosts;

/// <summary>One line of the judgement about a host.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Level"><c>ok</c>, <c>note</c> for what a person should know, <c>fail</c> for what stops Slipway there.</param>
/// <param name="Found">What was found.</param>
/// <param name="Remedy">What to do; null when there is nothing to do.</param>
public sealed record HostFinding(string Name, string Level, string Found, string? Remedy)
{
    /// <summary>Judges what a host told.</summary>
    public static ImmutableArray<HostFinding> Of(HostReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return
        [
            Good("ssh", $"answered in {report.Connected.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)} ms{(report.Client is null ? string.Empty : $" ({report.Client})")}"),
            System(report),
            Good("session", $"{report.User}, home {report.Home}{(report.Shell.Length == 0 ? string.Empty : $", shell {report.Shell}")}"),
            Store(report),
            Disk(report),
            Clock(report),
            Needed(report, "flock", "locks, which keep builds apart", "Install util-linux or busybox there."),
            Needed(report, "setsid", "commands that end with the connection", "Install util-linux or busybox there."),
            Needed(report, "tar", "files and tools", "Install tar there."),
            Needed(report, "sha256sum", "checksums of tools", "Install coreutils or busybox there."),
            Useful(report, "git", "workspaces that are sent as differences, packages from repositories"),
            Useful(report, "rsync", "faster transfers of large trees"),
            Useful(report, "tmux", "`slipway job attach`"),
            Useful(report, "curl", "downloads of tools there"),
            Uv(report),
            .. Pythons(report),
            .. Gpus(report),
        ];
    }

    private static HostFinding Good(string name, string found) => new(name, "ok", found, Remedy: null);

    private static HostFinding System(HostReport report)
    {
        var found = $"{report.Kernel} {report.Architecture}{(report.Libc.Length == 0 ? string.Empty : $", {report.Libc}")}{(report.Processors is { } count ? $", {count} processors" : string.Empty)}, {report.NodeName}";
        return report.Kernel.StartsWith("Linux", StringComparison.Ordinal) ? Good("system", found) : new HostFinding("system", "fail", found, "Use a Linux host.");
    }

    private static HostFinding Store(HostReport report) => report.Store switch
    {
        null => new("store", "fail", "no place for it can be named there", "Give one: `slipway host add NAME ADDRESS --store /path --replace`."),
        { IsWritable: false } store => new("store", "fail", $"{store.Path} cannot be {(store.Exists ? "written" : "made")}", "Mend its permissions, or give another place: `slipway host add NAME ADDRESS --store /path --replace`."),
        { Exists: true } store => Good("store", store.Path),
        var store => Good("store", $"{store.Path}, not there yet: it is made when it is first used"),
    };

    private static HostFinding Disk(HostReport report)
    {
        const long Scarce = 1_000_000_000;
        return report.Store is not { FreeBytes: { } free } ? new("disk", "note", "the host does not tell what is free", Remedy: null)
            : free < Scarce ? new("disk", "fail", $"{free / 1_000_000} MB free at the store", "Make room there, or give the store another place with --store.")
            : Good("disk", $"{free / Scarce} GB free at the store");
    }

    private static HostFinding Clock(HostReport report) => report.ClockSkew is not { } skew ? Good("clock", "agrees with this machine's")
        : new("clock", "note", $"{skew.Duration().TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s {(skew > TimeSpan.Zero ? "ahead of" : "behind")} this machine's", "Set both clocks by the network: ages and times of jobs are told by them.");

    private static HostFinding Needed(HostReport report, string name, string purpose, string remedy) => report.Tool(name) is { } tool
        ? Good(name, Shown(tool)) : new HostFinding(name, "fail", $"not there: needed for {purpose}", remedy);

    private static HostFinding Useful(HostReport report, string name, string purpose) => report.Tool(name) is { } tool
        ? Good(name, Shown(tool)) : new HostFinding(name, "note", $"not there: no {purpose}", $"Install {name} there, if you want that.");

    private static HostFinding Uv(HostReport report) => report.Tool("uv") is { } tool ? Good("uv", Shown(tool))
        : report.Pythons.Any(static python => python.CanBuild) ? new("uv", "note", "not there: environments are built with pip", $"`slipway host bootstrap uv --on {report.Name}` installs it.")
        : new("uv", "note", "not there", $"`slipway host bootstrap uv --on {report.Name}` installs it.");

    private static IEnumerable<HostFinding> Pythons(HostReport report) => report.Pythons.IsEmpty
        ? [new("python", "fail", "no Python 3 that runs", $"Install python3 there; or install uv, which brings its own: `slipway host bootstrap uv --on {report.Name}`.")]
        : report.Pythons.Select(static python => python.CanBuild
            ? Good("python", $"{python.Version} ({python.Path})")
            : new HostFinding("python", "note", $"{python.Version} ({python.Path}), without venv or pip: nothing can be built with it", "Install the package that brings venv and ensurepip for it (on Debian and Ubuntu python3-venv)."));

    private static IEnumerable<HostFinding> Gpus(HostReport report) => report.GpuTrouble is { } trouble
        ? [new("gpu", "note", $"nvidia-smi fails: {trouble.Split('\n')[0]}", "Run `nvidia-smi` there by hand: the driver may be broken or may have been upgraded without a reboot.")]
        : report.Gpus.IsEmpty ? [Good("gpu", "none")]
        : report.Gpus.Select(static unit => Good("gpu", $"{unit.Place}: {unit.Name}{(unit.MemoryTotal is { } memory ? $", {memory} MB" : string.Empty)}"));

    private static string Shown(HostTool tool) => tool.Version.Length == 0 ? tool.Path : $"{tool.Version} ({tool.Path})";
}
