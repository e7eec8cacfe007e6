using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Identity;
using Slipway.Core.Requirements;
using Slipway.Core.Versions;

namespace Slipway.Environments.Interpreters;

/// <summary>A pip that comes with an interpreter.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Path">A wheel, or the package's directory.</param>
public sealed record PipOrigin(string Version, string Path);

/// <summary>What was learnt by running an interpreter.</summary>
/// <param name="Executable">
/// The real, versioned executable of the base installation: <c>…/bin/python3.11</c>; of a virtual environment that is used as it stands,
/// its own as it was named.
/// </param>
/// <param name="Implementation">For example <c>cpython</c>.</param>
/// <param name="Version">Three numbers: <c>3.11.7</c>.</param>
/// <param name="FullVersion">With pre-release parts: <c>3.13.0rc1</c>.</param>
/// <param name="SysVersion">The whole of <c>sys.version</c>: names the build.</param>
/// <param name="Abi"><c>SOABI</c>.</param>
/// <param name="Libc">For example <c>glibc 2.36</c>; empty when the C library does not tell.</param>
/// <param name="HasVenv">Whether the standard library's venv is there.</param>
/// <param name="BundledPip">The wheel that ensurepip would install.</param>
/// <param name="InstalledPip">The pip that it can import.</param>
/// <param name="Markers">The variables of PEP 508 on the target.</param>
public sealed record Interpreter(
    string Executable,
    string Implementation,
    string Version,
    string FullVersion,
    string SysVersion,
    string Abi,
    string Libc,
    bool HasVenv,
    PipOrigin? BundledPip,
    PipOrigin? InstalledPip,
    MarkerEnvironment Markers)
{
    /// <summary>The directory of the virtual environment that was asked for; null when a base was.</summary>
    public string? VirtualEnvironment { get; init; }

    /// <summary>
    /// Of a virtual environment that is used as it stands, all files that make it the one that it is: each name on the way to its base's
    /// executable, that, and its configuration. Else none.
    /// </summary>
    public ImmutableArray<string> Files { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Whether a virtual environment was asked for, and this is its base.</summary>
    [JsonIgnore]
    public bool IsSeenThrough => VirtualEnvironment is not null && Files.IsEmpty;

    /// <summary>The oldest Python that Slipway works with.</summary>
    public const string MinimumVersion = "3.9";

    /// <summary>The oldest pip that builds environments: the first whose installation report is declared stable.</summary>
    public static Version OldestPip { get; } = new(23, 0);

    /// <summary>The pip that builds environments with this interpreter: the bundled one, else its own; null when neither is new enough.</summary>
    public PipOrigin? UsablePip() => IsNewEnough(BundledPip) ? BundledPip : IsNewEnough(InstalledPip) ? InstalledPip : null;

    /// <summary>What is host-local in the identity of an environment that stands on it.</summary>
    public CanonicalFields HostFields() => new(
        "slipway.base-interpreter/1",
        [new("executable", Executable), new("sys_version", SysVersion), new("libc", Libc)]);

    /// <summary>Whether another answer is about the same interpreter in the same place.</summary>
    internal bool IsSameAs(Interpreter other) =>
        HostFields().Digest() == other.HostFields().Digest() && string.Equals(VirtualEnvironment, other.VirtualEnvironment, StringComparison.Ordinal);

    /// <summary>What is host-local in an environment's identity; nothing, where its packages bring their own interpreter.</summary>
    /// <param name="interpreter">The base interpreter; null where there is none.</param>
    public static CanonicalFields HostFieldsOf(Interpreter? interpreter) => interpreter?.HostFields() ?? NoHostFields;

    /// <summary>The base interpreter, for a provisioner that cannot be without: see <see cref="Provisioners.IProvisioner.NeedsInterpreter"/>.</summary>
    /// <exception cref="InvalidOperationException">There is none: a defect of the caller.</exception>
    public static Interpreter Demand(Interpreter? interpreter) => interpreter ?? throw new InvalidOperationException("This provisioner builds on an interpreter of the host.");

    /// <summary>What it is as a Python, wherever it lies.</summary>
    public PythonIdentity ToIdentity() => new(Implementation, FullVersion, Abi);

    private static CanonicalFields NoHostFields { get; } = new("slipway.no-base-interpreter/1", []);

    /// <summary>Whether its version lies in a range; pre-releases of Python count as they are.</summary>
    public bool Satisfies(VersionSpecifierSet range) =>
        PepVersion.Parse(FullVersion).TryGet(out var version, out _) && range.Contains(version, prereleases: true);

    /// <summary>For people: <c>CPython 3.11.7 (/usr/bin/python3.11)</c>.</summary>
    public override string ToString() => $"{Markers.PlatformPythonImplementation} {FullVersion} ({Executable})";

    private static bool IsNewEnough(PipOrigin? origin) =>
        origin is not null && System.Version.TryParse(origin.Version, out var version) && version >= OldestPip;
}
