using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Requirements;
using Slipway.Core.Text;
using Slipway.Core.Toml;
using Slipway.Core.Versions;

namespace Slipway.Core.Locks;

/// <summary>Reads lock files of PEP 751 and holds them to its rules. Keys that the PEP does not name are ignored.</summary>
public static class PylockReader
{
    /// <summary>Reads a lock.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="sourceName">The file's name for messages.</param>
    /// <returns>The lock, or a failure with the line at fault.</returns>
    public static Result<Pylock> Read(string text, string sourceName) => TomlReader.Parse(text, sourceName).Then(Read);

    private static Result<Pylock> Read(TomlTable table)
    {
        if (!CheckVersion(table).TryGet(out var version, out var failure)
            || !TomlRequirements.GetMarkers(table, "environments").TryGet(out var environments, out failure)
            || !TomlRequirements.FindSpecifiers(table, "requires-python").TryGet(out var requiresPython, out failure)
            || !table.GetStrings("extras").TryGet(out var extras, out failure)
            || !table.GetStrings("dependency-groups").TryGet(out var groups, out failure)
            || !table.GetStrings("default-groups").TryGet(out var defaults, out failure)
            || !table.GetString("created-by").TryGet(out var createdBy, out failure)
            || !ReadPackages(table).TryGet(out var packages, out failure)
            || !table.FindTable("tool").TryGet(out var tool, out failure))
        {
            return failure;
        }

        return new Pylock
        {
            LockVersion = version,
            Environments = environments,
            RequiresPython = requiresPython.OrDefault(),
            Extras = extras,
            DependencyGroups = groups,
            DefaultGroups = defaults,
            CreatedBy = createdBy,
            Packages = packages,
            Tool = tool.OrDefault(),
        };
    }

    private static Result<string> CheckVersion(TomlTable table)
    {
        if (!table.GetString("lock-version").TryGet(out var version, out var failure))
        {
            return failure;
        }

        return string.Equals(version, Pylock.SupportedVersion, StringComparison.Ordinal)
            ? version
            : CoreFailures.LockVersionUnsupported.Because(
                $"lock-version is {Shown.Quote(version)}; only \"{Pylock.SupportedVersion}\" is supported.", table.KeyLocation("lock-version"));
    }

    private static Result<ImmutableArray<PylockPackage>> ReadPackages(TomlTable table)
    {
        if (!table.TryGet("packages", out _))
        {
            return CoreFailures.TomlMissing.Because("packages is missing.", table.Location, "A lock without packages has: packages = []");
        }

        return table.GetTables("packages").Then(static tables => PylockParts.ReadAll(tables, ReadPackage));
    }

    private static Result<PylockPackage> ReadPackage(TomlTable table)
    {
        if (!TomlRequirements.GetName(table, "name").TryGet(out var name, out var failure)
            || !TomlRequirements.FindVersion(table, "version").TryGet(out var version, out failure)
            || !TomlRequirements.FindMarker(table, "marker").TryGet(out var marker, out failure)
            || !TomlRequirements.FindSpecifiers(table, "requires-python").TryGet(out var requiresPython, out failure)
            || !table.GetTables("dependencies").Then(static t => PylockParts.ReadAll(t, PylockParts.ReadDependency)).TryGet(out var dependencies, out failure)
            || !PylockParts.FindUrl(table, "index").TryGet(out var index, out failure)
            || !table.GetTables("attestation-identities").TryGet(out var identities, out failure)
            || !table.FindTable("tool").TryGet(out var tool, out failure))
        {
            return failure;
        }

        var package = new PylockPackage
        {
            Name = name,
            Version = version.OrDefault(),
            Marker = marker.OrDefault(),
            RequiresPython = requiresPython.OrDefault(),
            Dependencies = dependencies,
            Index = index.OrDefault(),
            AttestationIdentities = identities,
            Tool = tool.OrDefault(),
        };
        return ReadSources(table, package);
    }

    private static Result<PylockPackage> ReadSources(TomlTable table, PylockPackage package)
    {
        if (!PylockParts.Find(table, "vcs", PylockParts.ReadVcs).TryGet(out var vcs, out var failure)
            || !PylockParts.Find(table, "directory", PylockParts.ReadDirectory).TryGet(out var directory, out failure)
            || !PylockParts.Find(table, "archive", PylockParts.ReadFile).TryGet(out var archive, out failure)
            || !PylockParts.Find(table, "sdist", PylockParts.ReadFile).TryGet(out var sdist, out failure)
            || !table.GetTables("wheels").Then(static tables => PylockParts.ReadAll(tables, PylockParts.ReadFile)).TryGet(out var wheels, out failure))
        {
            return failure;
        }

        var read = package with
        {
            Vcs = vcs.OrDefault(),
            Directory = directory.OrDefault(),
            Archive = archive.OrDefault(),
            Sdist = sdist.OrDefault(),
            Wheels = wheels,
        };
        return (CheckSources(table, read) ?? CheckWheels(table, read)) is { } problem ? problem : read;
    }

    private static Failure? CheckSources(TomlTable table, PylockPackage package)
    {
        string[] sources = [.. table.Keys.Where(static key => key is "vcs" or "directory" or "archive")];
        var hasFiles = package.Sdist is not null || !package.Wheels.IsEmpty;
        return (sources.Length, hasFiles) switch
        {
            (1, false) or (0, true) => null,
            (0, false) => Invalid(table, package, "has no source: vcs, directory, archive, sdist or wheels is needed"),
            _ => Invalid(table, package, $"has more than one source: {string.Join(", ", sources)}{(hasFiles ? " beside sdist or wheels" : string.Empty)}"),
        };
    }

    private static Failure? CheckWheels(TomlTable table, PylockPackage package)
    {
        foreach (var wheel in package.Wheels)
        {
            if (!WheelFileName.Parse(wheel.Name).TryGet(out var name, out var failure))
            {
                return failure with { Location = table.KeyLocation("wheels") };
            }

            if (name.Name != package.Name || (package.Version is { } version && name.Version != version))
            {
                return Invalid(table, package, $"lists the wheel {Shown.Quote(wheel.Name)}, which belongs to {name.Name} {name.Version}");
            }
        }

        return null;
    }

    private static Failure Invalid(TomlTable table, PylockPackage package, string problem) =>
        CoreFailures.LockInvalid.Because($"The package {package.Name} {problem}.", table.Location);
}
