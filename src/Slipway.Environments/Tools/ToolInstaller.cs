using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.Environments.Tools;

/// <summary>Where a tool's file comes from, when it is not the pinned one.</summary>
/// <param name="File">The absolute path of a file that the user brings; null to download.</param>
/// <param name="Sha256">The SHA-256 that the file must have, in hexadecimal digits; null for the pinned one.</param>
public sealed record ToolOrigin(string? File, string? Sha256);

/// <summary>
/// Installs one tool into the store, on the host itself and under a lock: fetched, checked against its checksum before anything is unpacked or run,
/// proved by being run, and moved to its place last. It asks nobody: whoever calls has the consent.
/// </summary>
/// <param name="host">The host.</param>
public sealed class ToolInstaller(BuildHost host)
{
    /// <summary>The variable that names another server with the same paths, for hosts that do not reach the public one. Checksums hold all the same.</summary>
    public const string MirrorVariable = "SLIPWAY_TOOL_MIRROR";

    private const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode Program = OwnerFolder | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly TimeSpan LockWait = TimeSpan.FromMinutes(10);

    /// <summary>The address that the tool is downloaded from here; a failure when there is none for this platform.</summary>
    public Result<string> AddressOf(ToolInfo tool) => FileOf(tool).Map(Address);

    /// <summary>Whether the same file of a tool serves another host, so that it can be copied there.</summary>
    public bool Serves(BuildHost other, ToolInfo tool) =>
        FileOf(tool).TryGet(out var own, out _) && new ToolInstaller(other).FileOf(tool).TryGet(out var theirs, out _) && string.Equals(own.Sha256, theirs.Sha256, StringComparison.Ordinal);

    /// <summary>The pinned version, where it is installed already; else null.</summary>
    public async Task<FoundTool?> InstalledAsync(ToolInfo tool, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tool);
        var path = $"{host.Layout.Tool(tool.Name, tool.Version)}/{tool.Name}";
        var status = await host.Machine.StatAsync(path, cancellationToken).ConfigureAwait(false);
        return status.TryGet(out var found, out _) && found.Exists ? new FoundTool(path, tool.Version, IsNewEnough: true) : null;
    }

    /// <summary>Installs, or finds that the pinned version is there already.</summary>
    /// <param name="tool">Which tool.</param>
    /// <param name="origin">From where.</param>
    /// <param name="progress">Watches.</param>
    /// <param name="cancellationToken">Ends it; nothing half-made stays.</param>
    /// <returns>The tool, and whether this call installed it.</returns>
    public async Task<Result<(FoundTool Tool, bool IsNew)>> InstallAsync(ToolInfo tool, ToolOrigin origin, IBuildProgress progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(origin);
        if (!FileOf(tool).TryGet(out var file, out var failure) || !Sha256Digest.Parse(origin.Sha256 ?? file.Sha256).TryGet(out var digest, out failure))
        {
            return failure;
        }

        var isPinned = string.Equals(digest.Hex, file.Sha256, StringComparison.OrdinalIgnoreCase);
        if (isPinned && await InstalledAsync(tool, cancellationToken).ConfigureAwait(false) is { } there)
        {
            return (there, false);
        }

        var draft = $"{host.Layout.Cache}/installing-{tool.Name}-{digest.Hex[..16]}";
        var output = new BuildOutput(progress, static (_, _) => null);
        var isDone = false;
        try
        {
            failure = await ExecuteAsync(tool, Fetch(tool, origin, file, digest, draft), output, cancellationToken).ConfigureAwait(false);
            if (failure is not null || !(await ProveAsync(tool, $"{draft}/{tool.Name}", cancellationToken).ConfigureAwait(false)).TryGet(out var version, out failure))
            {
                return failure;
            }

            var place = host.Layout.Tool(tool.Name, version);
            failure = await ExecuteAsync(tool, Publish(tool, draft, place), output, cancellationToken).ConfigureAwait(false);
            isDone = failure is null;
            return failure is null ? (new FoundTool($"{place}/{tool.Name}", version, IsNewEnough: true), true) : failure;
        }
        finally
        {
            if (!isDone)
            {
                _ = await ExecuteAsync(tool, [new Step.RemoveTree(draft)], SilentObserver.Instance, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private Result<ToolFile> FileOf(ToolInfo tool) => tool.Files.FirstOrDefault(file => string.Equals(file.Platform, host.Facts.PlatformKey, StringComparison.Ordinal)) is { } found
        ? found
        : new Failure(EnvironmentFailures.ToolUnknown, $"Slipway knows no file of {tool.Name} for {host.Facts.PlatformKey}.");

    private string Address(ToolFile file) => host.Variable(MirrorVariable) is { Length: > 0 } mirror ? $"{mirror.TrimEnd('/')}{new Uri(file.Url).AbsolutePath}" : file.Url;

    private ImmutableArray<Step> Fetch(ToolInfo tool, ToolOrigin origin, ToolFile file, Sha256Digest digest, string draft)
    {
        var archive = $"{draft}/file";
        var program = $"{draft}/{tool.Name}";
        var steps = ImmutableArray.CreateBuilder<Step>();
        steps.Add(new Step.RemoveTree(draft));
        steps.Add(new Step.MakeDirectory(draft, OwnerFolder));
        steps.Add(origin.File is { } brought
            ? new Step.Run($"Taking {brought}", ProcessCommand.Create("cp", "--", brought, archive), EnvironmentFailures.ToolUnusable)
            : new Step.Run($"Downloading {tool.Name} {tool.Version}", Download(Address(file), archive), EnvironmentFailures.ToolUnreachable));
        steps.Add(new Step.WriteFile($"{draft}/sums", System.Text.Encoding.UTF8.GetBytes($"{digest.Hex}  file\n"), OwnerFolder));
        steps.Add(new Step.Run(
            $"Checking the file of {tool.Name} against SHA-256 {digest.Hex}", ProcessCommand.Create("sha256sum", "-c", "sums") with { WorkingDirectory = draft }, EnvironmentFailures.ToolMismatch));
        if (MemberOf(tool, origin, file) is { } member)
        {
            steps.Add(new Step.Run($"Unpacking {tool.Name}", ProcessCommand.Create("tar", "-xzf", archive, "-C", draft, "--", member), EnvironmentFailures.ToolUnusable));
            steps.Add(new Step.Move($"{draft}/{member}", program));
        }
        else
        {
            steps.Add(new Step.Move(archive, program));
        }

        steps.Add(new Step.SetMode(program, Program));
        return steps.ToImmutable();
    }

    // The program is not run before it is known to be what was meant; a link, or what does not run here, is none.
    private async Task<Result<string>> ProveAsync(ToolInfo tool, string program, CancellationToken cancellationToken)
    {
        var version = await ToolVersion.OfAsync(host, tool, program, cancellationToken).ConfigureAwait(false);
        return version is null ? new Failure(EnvironmentFailures.ToolUnusable, $"The file of {tool.Name} does not run here: it tells no version.")
            : ToolVersion.Parse(version) < tool.Oldest ? new Failure(EnvironmentFailures.ToolUnusable, $"The file is {tool.Name} {version}, and {tool.Oldest} or newer is needed.")
            : version;
    }

    private ImmutableArray<Step> Publish(ToolInfo tool, string draft, string place) =>
    [
        new Step.RequireExists($"{draft}/{tool.Name}"),
        new Step.MakeDirectory(place, OwnerFolder),
        new Step.Move($"{draft}/{tool.Name}", $"{place}/{tool.Name}"),
        new Step.RemoveTree(draft),
        new Step.SyncFileSystem(host.Layout.Tools),
    ];

    // curl honours the proxy's variables, and the checksum makes up for whatever else it is told.
    private static ProcessCommand Download(string address, string target) => ProcessCommand.Create(
        "curl", "--fail", "--location", "--silent", "--show-error", "--retry", "2", "--connect-timeout", "30", "--proto", "=https,http", "--output", target, "--", address);

    // The directory in an archive is called as the archive is.
    private static string? MemberOf(ToolInfo tool, ToolOrigin origin, ToolFile file)
    {
        const string Ending = ".tar.gz";
        if (origin.File is not { } brought)
        {
            return file.Member;
        }

        var name = Path.GetFileName(brought);
        return !name.EndsWith(Ending, StringComparison.Ordinal) ? null
            : name.StartsWith($"{tool.Name}-", StringComparison.Ordinal) ? $"{name[..^Ending.Length]}/{tool.Name}"
            : file.Member;
    }

    // Null when it went well.
    private async Task<Failure?> ExecuteAsync(ToolInfo tool, ImmutableArray<Step> body, IProgramObserver output, CancellationToken cancellationToken)
    {
        var title = $"install {tool.Name}";
        var program = new MachineProgram(
            title,
            [
                new Step.MakeDirectory(host.Layout.BuildLocks, OwnerFolder),
                new Step.WithBuildLock($"{host.Layout.BuildLocks}/tool-{tool.Name}", title, LockWait, FailureRecord: null, body),
            ]);
        var outcome = await host.Machine.ExecuteAsync(program, output, cancellationToken).ConfigureAwait(false);
        return outcome.TryGet(out var end, out var failure)
            ? end is ProgramOutcome.Completed ? null : new Failure(EnvironmentFailures.ToolUnusable, $"The file of {tool.Name} vanished before it was installed.")
            : failure.Code == MachinesFailures.ProgramNotFound
                ? new Failure(EnvironmentFailures.ToolUnreachable, $"{failure.Message.TrimEnd('.')}: curl, sha256sum and tar install tools.") { Hint = "Install what is missing by the system's own means." }
                : failure;
    }
}
