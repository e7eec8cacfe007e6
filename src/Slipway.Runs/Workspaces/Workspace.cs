using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Slipway.Runs.Workspaces;

/// <summary>Which of a project's files travel. What is named <c>.venv</c> or <c>.slipway</c> never does.</summary>
public enum WorkspaceMode
{
    /// <summary>HEAD with changes and new files, without what git ignores; in a directory without git all files.</summary>
    Worktree,

    /// <summary>HEAD alone.</summary>
    Head,

    /// <summary>All files, git's own directory excepted.</summary>
    Files,
}

/// <summary>A project's files on a host.</summary>
/// <param name="Path">Their directory there, absolute.</param>
/// <param name="Snapshot">What identifies them: a tree object of git, or the digest of a list of files.</param>
/// <param name="Changed">Whether anything was sent.</param>
/// <param name="Notes">What people should know: submodules, files of Git LFS, a shallow clone.</param>
public sealed record Workspace(string Path, string Snapshot, bool Changed, ImmutableArray<string> Notes)
{
    /// <summary>The file there that says what was brought last.</summary>
    internal string MarkerPath { get; init; } = string.Empty;

    /// <summary>What it says; whoever brings anything else changes it.</summary>
    internal string MarkerText { get; init; } = string.Empty;

    /// <summary>Whether the snapshot is a tree object of git, and not the digest of a list of files. Either can be taken again without a question to the host.</summary>
    internal bool IsGit { get; init; }
}

/// <summary>What a host keeps about a workspace.</summary>
internal sealed record WorkspaceMarker(string Schema, string Origin, string Kind, string Mode, string Snapshot, string? Head, string PushedBy, string PushedAt);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(WorkspaceMarker))]
internal sealed partial class WorkspaceJson : JsonSerializerContext;
