using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Processes;
using Slipway.Runs.Transfer;

namespace Slipway.Runs.Workspaces;

/// <summary>A git tree as one object.</summary>
/// <param name="Tree">The tree object.</param>
/// <param name="Head">The commit that is checked out; null before the first.</param>
/// <param name="Objects">Further directories with objects: those of submodules.</param>
/// <param name="Notes">What people should know.</param>
internal sealed record GitPicture(string Tree, string? Head, ImmutableArray<string> Objects, ImmutableArray<string> Notes);

/// <summary>Takes pictures of git trees through an index of its own; the objects of what has changed go into the repository, where nothing refers to them.</summary>
internal sealed class GitPictures(IMachine here)
{
    private static readonly string Script = HostScripts.Read("snapshot.sh");

    /// <summary>Takes a picture; null when there is no git here.</summary>
    public async Task<Result<GitPicture>?> TakeAsync(string path, WorkspaceMode mode, CancellationToken cancellationToken)
    {
        var command = HostCall.Command(Script, mode is WorkspaceMode.Head ? "head" : "worktree", path) with { DropPrefixes = ["GIT_"] };
        var asked = await HostCall.AskAsync(here, command, cancellationToken).ConfigureAwait(false);
        if (!asked.TryGet(out var answer, out var failure))
        {
            return failure;
        }

        if (answer.First("need") is not null)
        {
            return null;
        }

        return answer.First("nocommit") is { } bare ? new Failure(WorkspaceFailures.ModeUnsuited, $"{bare} has no commit, or not the one that is asked for.")
            : answer.First("tree") is { Length: > 0 } tree && answer.Outcome.Succeeded ? new GitPicture(tree, answer.First("head"), answer["objects"], answer["note"])
            : new Failure(WorkspaceFailures.PictureFailed, $"git could not take a picture of {path} ({answer.Outcome.Describe()}).") { Detail = answer.Outcome.ErrorText.Trim() };
    }
}
