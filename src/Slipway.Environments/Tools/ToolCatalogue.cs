using System.Collections.Immutable;
using Slipway.Core.Failures;

namespace Slipway.Environments.Tools;

/// <summary>A file that brings a tool for one platform.</summary>
/// <param name="Platform">The platform, as <see cref="Machines.MachineFacts.PlatformKey"/> names it.</param>
/// <param name="Url">Where it is published.</param>
/// <param name="Sha256">The SHA-256 of its bytes in hexadecimal digits.</param>
/// <param name="Member">The program's path in the archive (tar, compressed with gzip); null when the file is the program.</param>
public sealed record ToolFile(string Platform, string Url, string Sha256, string? Member);

/// <summary>A tool that Slipway can use and, with consent, install.</summary>
/// <param name="Name">Its name, which is its program's too.</param>
/// <param name="Oldest">The oldest version that does what is needed.</param>
/// <param name="Version">The version that Slipway installs.</param>
/// <param name="Files">The files of that version, one a platform.</param>
public sealed record ToolInfo(string Name, Version Oldest, string Version, ImmutableArray<ToolFile> Files)
{
    /// <summary>What to do when it is not there, for messages.</summary>
    public string Remedy { get; init; } = $"Install it with `slipway host bootstrap {Name}`";
}

/// <summary>The tools that Slipway knows, each pinned to one version and its checksums.</summary>
public static class ToolCatalogue
{
    private const string UvVersion = "0.12.16";
    private const string UvFiles = "https://github.com/astral-sh/uv/releases/download";
    private const string MicromambaVersion = "2.4.0";
    private const string MicromambaFiles = "https://github.com/mamba-org/micromamba-releases/releases/download/2.4.0-1";

    /// <summary>uv. Since 0.7 it names all that a lock needs when it resolves into <c>pylock.toml</c>.</summary>
    public static ToolInfo Uv { get; } = new("uv", new Version(0, 7), UvVersion,
    [
        UvFile("linux-x86_64", "x86_64-unknown-linux-gnu", "8e5c6e5523dffc2dcf615bd995554c84c9feb4e577808a3fb8698a639d3f8d9c"),
        UvFile("linux-x86_64-musl", "x86_64-unknown-linux-musl", "a01206ffbd60f3a7ee30949be1863527986f5307494a064042c69ce7e6d44799"),
        UvFile("linux-aarch64", "aarch64-unknown-linux-gnu", "36d913ee9c647481d64f1a0a0485f85ff2feaee605c341fc22e73398f9212c26"),
        UvFile("linux-aarch64-musl", "aarch64-unknown-linux-musl", "5beba1f35c0922fd086cce850ce919e55bc4e873c4fcda891343526afdb4c5b3"),
    ]);

    /// <summary>micromamba. It is linked statically, so one file serves every libc.</summary>
    public static ToolInfo Micromamba { get; } = new("micromamba", new Version(2, 0), MicromambaVersion,
    [
        MicromambaFile("linux-x86_64"),
        MicromambaFile("linux-x86_64-musl"),
    ]);

    /// <summary>conda-lock. It is a Python program with packages of its own, so Slipway uses one that is there and installs none.</summary>
    public static ToolInfo CondaLock { get; } = new("conda-lock", new Version(2, 0), string.Empty, [])
    {
        Remedy = "Install it with `pipx install conda-lock` or `uv tool install conda-lock`",
    };

    /// <summary>All tools that Slipway installs.</summary>
    public static ImmutableArray<ToolInfo> All { get; } = [Uv, Micromamba];

    /// <summary>Finds a tool by its name.</summary>
    public static Result<ToolInfo> Find(string name) => All.FirstOrDefault(tool => string.Equals(tool.Name, name, StringComparison.Ordinal)) is { } tool
        ? tool
        : new Failure(EnvironmentFailures.ToolUnknown, $"Slipway installs no tool '{name}'.") { Hint = $"It installs: {string.Join(", ", All.Select(known => known.Name))}." };

    private static ToolFile UvFile(string platform, string triple, string sha256) =>
        new(platform, $"{UvFiles}/{UvVersion}/uv-{triple}.tar.gz", sha256, $"uv-{triple}/uv");

    private static ToolFile MicromambaFile(string platform) =>
        new(platform, $"{MicromambaFiles}/micromamba-linux-64", "6b64c543743b3fc680a8138fb0ed962d9c9066af5859c29b86f1ce04bed40b76", Member: null);
}
