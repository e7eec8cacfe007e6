using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines;
using Slipway.Machines.Processes;
using Slipway.Runs.Transfer;

namespace Slipway.Runs.Workspaces;

/// <summary>
/// Brings a project's files to a host, into a directory of the store there. With git on both sides only the objects that the host lacks travel; else
/// the files that differ from those of the last time. What runs there made by itself stays. One at a time for each workspace.
/// </summary>
/// <param name="here">This machine.</param>
/// <param name="there">The host.</param>
/// <param name="time">The clock.</param>
public sealed class WorkspaceSync(IMachine here, BuildHost there, TimeProvider time)
{
    private const int Rounds = 3;
    private const string Schema = "slipway.workspace/1";
    internal static readonly string Script = HostScripts.Read("transfer.sh") + HostScripts.Read("workspace.sh") + HostScripts.Dispatch;

    private readonly GitPictures _pictures = new(here);

    /// <summary>How long another one that brings files to the same workspace is waited for.</summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Brings the files. Nothing is sent when the host has them already.</summary>
    /// <param name="origin">The project.</param>
    /// <param name="mode">Which of its files.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="cancellationToken">Ends it; the next time completes what was broken off.</param>
    public async Task<Result<Workspace>> PushAsync(WorkspaceOrigin origin, WorkspaceMode mode, IBuildProgress progress, CancellationToken cancellationToken)
    {
        var facts = await here.GetFactsAsync(cancellationToken).ConfigureAwait(false);
        if (!facts.TryGet(out var known, out var failure))
        {
            return failure;
        }

        var name = origin.NameOn(known.HostName);
        var target = new WorkspaceTarget(there.Layout.Workspace(name), there.Layout.WorkspaceState(name), there.Layout.Repository(name));

        // Another one may have changed the workspace between the question and the lock.
        for (var round = 1; ; round++)
        {
            var pushed = await OnceAsync(origin, mode, target, $"{Environment.UserName} on {known.HostName}, process {Environment.ProcessId}", progress, cancellationToken).ConfigureAwait(false);
            if (pushed.IsOk || pushed.Failure.Code != WorkspaceFailures.Busy || pushed.Failure.Detail is not FileWorkspace.Stale || round == Rounds)
            {
                return pushed;
            }
        }
    }

    private async Task<Result<Workspace>> OnceAsync(
        WorkspaceOrigin origin, WorkspaceMode mode, WorkspaceTarget target, string holder, IBuildProgress progress, CancellationToken cancellationToken)
    {
        // Both at once: neither needs the other's answer.
        var asking = HostCall.AskAsync(there.Machine, HostCall.Command(Script, "ask", target.State, target.Path) with { Timeout = TimeSpan.FromSeconds(60) }, cancellationToken);
        var picturing = origin.IsGitTree && mode is not WorkspaceMode.Files ? _pictures.TakeAsync(origin.Path, mode, cancellationToken) : Task.FromResult<Result<GitPicture>?>(null);
        await Task.WhenAll(asking, picturing).ConfigureAwait(false);
        var taken = await picturing.ConfigureAwait(false);
        if (!(await asking.ConfigureAwait(false)).TryGet(out var answer, out var failure) || (taken is { IsOk: false } && (failure = taken.Failure) is not null))
        {
            return failure!;
        }

        var tools = answer["tool"];
        var picture = taken?.Value;
        var hasGit = tools.Contains("git", StringComparer.Ordinal);
        if (mode is WorkspaceMode.Head && (picture is null || !hasGit))
        {
            return new Failure(WorkspaceFailures.ModeUnsuited, picture is null ? $"{origin.Path} is not in a git tree, or there is no git here, so there is no HEAD." : $"{there.Machine.Name} has no git, which mode head needs there.");
        }

        if (!tools.Contains("flock", StringComparer.Ordinal))
        {
            return new Failure(MachinesFailures.RemoteToolMissing, $"{there.Machine.Name} has no flock, which Slipway needs there.");
        }

        var text = answer.First("marker") ?? string.Empty;
        var at = time.GetUtcNow();
        var push = new WorkspacePush(origin, target, holder, Read(text), text, (int)LockWait.TotalSeconds, progress)
        {
            Marker = (kind, snapshot) => JsonSerializer.Serialize(
                new WorkspaceMarker(Schema, origin.Path, kind, mode.ToString().ToLowerInvariant(), snapshot, picture?.Head, holder, at.ToString("O", CultureInfo.InvariantCulture)),
                WorkspaceJson.Default.WorkspaceMarker),
        };
        return picture is not null && hasGit
            ? await new GitWorkspace(here, there.Machine).PushAsync(push, picture, cancellationToken).ConfigureAwait(false)
            : await new FileWorkspace(here, there.Machine).PushAsync(push, mode, cancellationToken).ConfigureAwait(false);
    }

    // A marker that is not understood is of another version, or damaged: everything is brought anew.
    private static WorkspaceMarker? Read(string text)
    {
        try
        {
            return text.Length == 0 ? null : JsonSerializer.Deserialize(text, WorkspaceJson.Default.WorkspaceMarker) is { Schema: Schema } marker ? marker : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Where a workspace lies on its host.</summary>
internal sealed record WorkspaceTarget(string Path, string State, string Repository);

/// <summary>One push: from where, to where, and what is there now.</summary>
internal sealed record WorkspacePush(WorkspaceOrigin Origin, WorkspaceTarget Target, string Holder, WorkspaceMarker? Before, string BeforeText, int LockSeconds, IBuildProgress Progress)
{
    /// <summary>The new marker, from its kind and its snapshot.</summary>
    public required Func<string, string, string> Marker { get; init; }

    /// <summary>What the host has now.</summary>
    public Workspace Brought(string kind, string snapshot, bool isChanged, ImmutableArray<string> notes) => new(Target.Path, snapshot, isChanged, notes)
    {
        MarkerPath = $"{Target.State}/marker",
        MarkerText = isChanged ? Marker(kind, snapshot) : BeforeText,
    };

    /// <summary>Whether the host has exactly that.</summary>
    public bool IsThere(string kind, string snapshot) =>
        Before is { } before && string.Equals(before.Kind, kind, StringComparison.Ordinal) && string.Equals(before.Snapshot, snapshot, StringComparison.Ordinal);

    /// <summary>Runs a function of the script that takes the lock.</summary>
    public async Task<Result<HostAnswer>> UnderLockAsync(IMachine machine, string verb, string snapshot, string kind, string[] more, CancellationToken cancellationToken)
    {
        string[] arguments = [verb, Target.State, Target.Path, $"{LockSeconds}", Holder, Marker(kind, snapshot), .. more];
        var ran = await machine.RunAsync(HostCall.Command(WorkspaceSync.Script, arguments), new WaitSink(Progress), cancellationToken).ConfigureAwait(false);
        return ran.Map(static outcome => new HostAnswer(outcome)).Then<HostAnswer>(answer =>
            answer.First("need") is { } tool ? new Failure(TransferFailures.ToolMissing, $"{machine.Name} has no {tool}.")
            : answer.First("busy") is { } who ? new Failure(WorkspaceFailures.Busy, $"{Target.Path} on {machine.Name} is being written by {(who.Length > 0 ? who : "a process that has not named itself")}.")
            : answer.IsDone || answer.Outcome.Succeeded ? answer
            : new Failure(WorkspaceFailures.NotWritable, $"{Target.Path} on {machine.Name} cannot be written ({answer.Outcome.Describe()}).") { Detail = answer.Outcome.ErrorText.Trim() });
    }

    /// <summary>Tells for whom the lock is waited.</summary>
    private sealed class WaitSink(IBuildProgress progress) : IOutputSink
    {
        public void Write(OutputStream stream, ReadOnlySpan<byte> chunk)
        {
            if (stream is OutputStream.Output && chunk.StartsWith("waiting "u8))
            {
                progress.Waiting(System.Text.Encoding.UTF8.GetString(chunk[8..]).TrimEnd('\0'));
            }
        }
    }
}
