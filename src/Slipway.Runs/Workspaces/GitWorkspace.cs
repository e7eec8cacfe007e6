using System.Text;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines;
using Slipway.Machines.Processes;
using Slipway.Runs.Transfer;

namespace Slipway.Runs.Workspaces;

/// <summary>
/// Brings a tree object to a bare repository and its files to the workspace. The objects go through the machine's own channel, as a pack of what
/// the tree of the last time does not have: no protocol of git's runs over the login shell, and no history travels.
/// </summary>
internal sealed class GitWorkspace(IMachine here, IMachine there)
{
    private const string Kind = "git";
    private const int LengthOfSha1 = 40;

    /// <summary>Brings a picture.</summary>
    public async Task<Result<Workspace>> PushAsync(WorkspacePush push, GitPicture picture, CancellationToken cancellationToken)
    {
        var target = push.Target;
        if (push.IsThere(Kind, picture.Tree))
        {
            return Brought(push, picture, isChanged: false);
        }

        push.Progress.Stage($"Bringing {push.Origin.Path} to {there.Name}");
        if (!(await SendAsync(push, picture, cancellationToken).ConfigureAwait(false)).TryGet(out _, out var failure))
        {
            return failure;
        }

        var applied = await push.UnderLockAsync(there, "apply", picture.Tree, Kind, [target.Repository, picture.Tree], cancellationToken).ConfigureAwait(false);
        return applied.Map(_ => Brought(push, picture, isChanged: true));
    }

    private static Workspace Brought(WorkspacePush push, GitPicture picture, bool isChanged) =>
        push.Brought(Kind, picture.Tree, isChanged, picture.Notes) with { IsGit = true };

    private async Task<Result<Unit>> SendAsync(WorkspacePush push, GitPicture picture, CancellationToken cancellationToken)
    {
        var git = Git(push.Origin.Path, picture);
        var known = push.Before is { Kind: Kind, Snapshot: { } last }
            && (await here.RunAsync(git("cat-file", ["-e", last]), output: null, cancellationToken).ConfigureAwait(false)) is { IsOk: true, Value.Succeeded: true }
            ? last
            : null;
        var wanted = known is null ? $"{picture.Tree}\n" : $"{picture.Tree}\n^{known}\n";
        var pack = git("pack-objects", ["--revs", "--stdout", "--thin", "-q", "--delta-base-offset"]) with { StandardInput = Encoding.ASCII.GetBytes(wanted), CaptureLimit = 64 * 1024 };
        var format = picture.Tree.Length == LengthOfSha1 ? "sha1" : "sha256";
        var command = HostCall.Command(WorkspaceSync.Script, "objects", push.Target.Repository, format) with { Grace = HostCall.LongTail };
        var sent = await HostCall.FeedAsync(there, command, write => PackAsync(pack, write, push, cancellationToken), cancellationToken).ConfigureAwait(false);
        return sent.Then<Unit>(answer => answer.IsDone ? Unit.Value
            : new Failure(WorkspaceFailures.NotWritable, $"{push.Target.Repository} on {there.Name} did not take the files ({answer.Outcome.Describe()}).") { Detail = answer.Outcome.ErrorText.Trim() });
    }

    private async Task<Failure?> PackAsync(ProcessCommand pack, Func<ReadOnlyMemory<byte>, bool> write, WorkspacePush push, CancellationToken cancellationToken)
    {
        var sink = new PackSink(write, push.Progress);
        var packed = await here.RunAsync(pack, sink, cancellationToken).ConfigureAwait(false);
        return !packed.TryGet(out var outcome, out var failure) ? failure
            : outcome.Succeeded ? null
            : new Failure(WorkspaceFailures.PictureFailed, $"git could not pack the files of {push.Origin.Path} ({outcome.Describe()}).") { Detail = outcome.ErrorText.Trim() };
    }

    private static Func<string, string[], ProcessCommand> Git(string path, GitPicture picture) => (verb, arguments) =>
        ProcessCommand.Create("git", ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-C", path, verb, .. arguments]) with
        {
            DropPrefixes = ["GIT_"],
            Environment = EnvironmentChanges.None with { Set = EnvironmentChanges.None.Set.Add("GIT_ALTERNATE_OBJECT_DIRECTORIES", string.Join(':', picture.Objects)).Add("LC_ALL", "C") },
        };

    private sealed class PackSink(Func<ReadOnlyMemory<byte>, bool> write, IBuildProgress progress) : IOutputSink
    {
        private const long Step = 1_000_000;
        private long _sent;
        private bool _isTaken = true;

        public void Write(OutputStream stream, ReadOnlySpan<byte> chunk)
        {
            if (stream is OutputStream.Error || !_isTaken)
            {
                return;
            }

            var before = _sent / Step;
            _sent += chunk.Length;
            _isTaken = write(chunk.ToArray());
            if (_sent / Step > before)
            {
                progress.Detail($"{_sent / Step} MB sent");
            }
        }
    }
}
