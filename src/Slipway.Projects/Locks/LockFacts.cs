using System.Collections.Immutable;
using Slipway.Core.Locks;
using Slipway.Core.Requirements;
using Slipway.Core.Toml;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;

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
