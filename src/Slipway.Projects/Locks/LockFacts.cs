using System.Collections.Immutable;
using Slipway.Core.Locks;
using Slipway.Core.Requirements;
using Slipway.Core.Toml;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;
using Slipway.Machines.Files;

namespace Slipway.Projects.Locks;

/// <summary>What a lock that Slipway wrote says of itself: the requirements that it answers.</summary>
/// <param name="Requirements">The requirements as lines, sorted; sources of this machine relative to the lock.</param>
internal sealed record LockFacts(ImmutableArray<string> Requirements)
{
    /// <summary>The facts of a lock; null when another tool wrote it.</summary>
    public static LockFacts? Of(Pylock document) =>
        document.Tool is { } tool && tool.TryGet("slipway", out var value) && value is TomlTable table
        && table.TryGet("requirements", out _) && table.GetStrings("requirements").TryGet(out var lines, out _)
            ? new LockFacts([.. lines.Order(StringComparer.Ordinal)])
            : null;

    /// <summary>The requirements themselves; none when a line cannot be read.</summary>
    /// <param name="path">The lock.</param>
    public ImmutableArray<RequestedPackage> ToPackages(string path)
    {
        var lines = Requirements.Select(line => PortablePath.Absolute(line, Path.GetDirectoryName(path)!));
        return RequirementsFile.Parse(string.Join('\n', lines), path).TryGet(out var file, out _)
            ? [.. file.Requirements.Select(static line => new RequestedPackage(line.Requirement, line.Hashes))]
            : [];
    }

    /// <summary>The first difference from what is declared now, for people; null when there is none.</summary>
    /// <param name="declared">What is declared.</param>
    /// <param name="path">The lock.</param>
    public string? Difference(ImmutableArray<RequestedPackage> declared, string path)
    {
        var known = Requirements.ToHashSet(StringComparer.Ordinal);
        var lines = declared.Select(package => PortablePath.Relative(package.ToLine(), Path.GetDirectoryName(path)!)).ToHashSet(StringComparer.Ordinal);
        return lines.Order(StringComparer.Ordinal).FirstOrDefault(line => !known.Contains(line)) is { } added ? $"{added} is needed, and the lock does not know it"
            : Requirements.FirstOrDefault(line => !lines.Contains(line)) is { } removed ? $"the lock answers {removed}, which is no longer needed"
            : null;
    }

    /// <summary>The first difference between the project that a lock of ours has installed editable and the one that is declared now, for people; null when there is none.</summary>
    public static string? ProjectDifference(Pylock document, EditableProject? declared) =>
        document.Packages.FirstOrDefault(static package => package.Directory is { IsEditable: true })?.Name is not { } locked
            ? declared is null ? null : $"{declared.Name} is to be installed editable, and the lock does not know it"
            : declared is null ? $"it has {locked} installed editable, which is not declared now"
            : locked == declared.Name ? null : $"it has {locked} installed editable, and the project is called {declared.Name}";

    /// <summary>A lock without the entry of the project that is installed editable: that one is where it lies, whatever a lock says.</summary>
    /// <param name="document">The lock.</param>
    /// <param name="path">Its path.</param>
    /// <param name="project">The project; null for none.</param>
    public static Pylock WithoutProject(Pylock document, string path, EditableProject? project)
    {
        bool IsProject(PylockPackage package) => package.Directory is { } directory && package.Name == project!.Name
            && LocalPaths.Resolve(Path.GetFullPath(directory.Path, Path.GetDirectoryName(path)!)).TryGet(out var real, out _) && string.Equals(real.TrimEnd('/'), project.Directory, StringComparison.Ordinal);
        return project is null || !document.Packages.Any(IsProject) ? document : document with { Packages = [.. document.Packages.Where(package => !IsProject(package))] };
    }

    /// <summary>The first difference between what a lock was asked of conda and what is declared now, for people; null when there is none.</summary>
    public static string? CondaDifference(Pylock document, CondaRequest? declared)
    {
        var locked = CondaSet.Of(document);
        if (locked is null || declared is null)
        {
            return locked is not null ? "it holds conda packages, and none are asked for" : declared is not null ? "it holds no conda packages" : null;
        }

        var specs = declared.Specs.Select(static spec => spec.Text).ToHashSet(StringComparer.Ordinal);
        return specs.Order(StringComparer.Ordinal).FirstOrDefault(spec => !locked.Specs.Contains(spec, StringComparer.Ordinal)) is { } added ? $"{added} is needed, and the lock does not know it"
            : locked.Specs.FirstOrDefault(spec => !specs.Contains(spec)) is { } removed ? $"the lock answers {removed}, which is no longer needed"
            : locked.Channels.SequenceEqual(declared.Channels, StringComparer.Ordinal) ? null
            : $"its channels are {string.Join(", ", locked.Channels)}, and {string.Join(", ", declared.Channels)} are asked for";
    }
}
