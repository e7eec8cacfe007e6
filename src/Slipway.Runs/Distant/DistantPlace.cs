using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Environments;
using Slipway.Machines.Files;
using Slipway.Runs.Arguments;
using Slipway.Runs.Launching;
using Slipway.Runs.Workspaces;

namespace Slipway.Runs.Distant;

/// <summary>Where a run's files lie, here and on its host.</summary>
/// <param name="Here">The directory here, absolute, links resolved; null when none is brought.</param>
/// <param name="There">The directory there.</param>
public sealed record DistantPlace(string? Here, string There)
{
    /// <summary>A path of this machine as the host has it; null when it lies outside of what was brought.</summary>
    public string? ToThere(string path) =>
        Here is null ? null
        : string.Equals(path, Here, StringComparison.Ordinal) ? There
        : path.StartsWith($"{Here}/", StringComparison.Ordinal) ? There + path[Here.Length..]
        : null;
}

/// <summary>What of this machine a run takes along.</summary>
/// <param name="Origin">The project; null when only a script or nothing is brought.</param>
/// <param name="Script">The script, absolute, links resolved; null for a command or a module.</param>
public sealed record DistantLuggage(WorkspaceOrigin? Origin, string? Script)
{
    private static readonly string[] Declarations = ["pyproject.toml", "slipway.toml", "requirements.txt", "environment.yml", "environment.yaml", "conda-lock.yml", "pylock.toml"];

    /// <summary>
    /// Decides it. A script, module or standard input brings the project around it; a directory that nothing declares to be a project is not brought for it, since
    /// that may be anything: then the script goes alone. A command brings the project of the working directory, if that is one.
    /// </summary>
    /// <param name="target">What is run.</param>
    /// <param name="workingDirectory">The working directory, absolute.</param>
    public static Result<DistantLuggage> Of(RunTarget target, string workingDirectory)
    {
        if (!LaunchPlanner.FindScript(target, workingDirectory).TryGet(out var found, out var failure)
            || !(found.Path is null ? LocalPaths.Resolve(workingDirectory) : LocalPaths.Resolve(found.Path)).TryGet(out var real, out failure))
        {
            return failure;
        }

        var script = found.Path is null ? null : real;
        var around = script is null ? real : Path.GetDirectoryName(script)!;

        // `slipway run DIRECTORY` runs its __main__.py, and the directory is what is meant.
        var isDirectory = script is not null && !string.Equals(Path.GetFileName(target.Text.TrimEnd('/')), Path.GetFileName(script), StringComparison.Ordinal);
        var origin = WorkspaceOrigin.Find(around);
        if (origin.TryGet(out var project, out _) && (project.IsGitTree || isDirectory || Declarations.Any(name => LocalFiles.Exists($"{project.Path}/{name}"))))
        {
            return new DistantLuggage(project, script);
        }

        return new DistantLuggage(null, script);
    }

    /// <summary>Where it lies on a host once it was brought.</summary>
    /// <param name="host">The host.</param>
    /// <param name="hostName">The name of this machine.</param>
    internal DistantPlace PlaceOn(BuildHost host, string hostName) =>
        Origin is not null ? new DistantPlace(Origin.Path, host.Layout.Workspace(Origin.NameOn(hostName)))
        : Script is null ? new DistantPlace(null, host.Facts.Home)
        : new DistantPlace(Path.GetDirectoryName(Script)!, $"{host.Layout.LooseScripts}/{Sha256Digest.Of($"{Environment.MachineName}\0{Script}").Hex[..40]}");
}
