using System.Collections.Immutable;

namespace Slipway.Environments.Bindings;

/// <summary>A field that an override can set: its name, and what it accepts.</summary>
/// <param name="Name">Its name in the contract.</param>
/// <param name="Option">The option of <c>slipway deps override set</c>.</param>
/// <param name="Accepts">What it accepts, for people.</param>
public sealed record OverrideField(string Name, string Option, string Accepts)
{
    /// <summary>An interpreter.</summary>
    public static readonly OverrideField Python = new("python_executable", "--python", "the absolute path of a Python executable on the machine, which is run once to prove it");

    /// <summary>The only index.</summary>
    public static readonly OverrideField IndexUrl = new("index_url", "--index-url", "an http or https URL of a package index, or a file URL of a directory, without credentials");

    /// <summary>Further indexes.</summary>
    public static readonly OverrideField ExtraIndexUrls = new("extra_index_urls", "--extra-index-url", "http, https or file URLs as for index_url, in the order in which they are asked");

    /// <summary>A wheel or a directory of wheels.</summary>
    public static readonly OverrideField WheelSourcePath = new("wheel_source_path", "--wheel", "the absolute path of a wheel or of a directory of wheels on the machine, inside an allowed root");

    /// <summary>A direct source.</summary>
    public static readonly OverrideField PackageSource = new("package_source_override", "--package-source", "an http, https or file URL of a wheel or source archive, without credentials");

    /// <summary>All fields.</summary>
    public static ImmutableArray<OverrideField> All { get; } = [Python, IndexUrl, ExtraIndexUrls, WheelSourcePath, PackageSource];

    /// <summary>Those that say where a package comes from.</summary>
    internal static ImmutableArray<OverrideField> Sources { get; } = [IndexUrl, ExtraIndexUrls, WheelSourcePath, PackageSource];
}
