using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Projects.Layout;

namespace Slipway.Projects.Checks;

/// <summary>What the project's own directory may do to it.</summary>
internal static class FolderChecks
{
    private const UnixFileMode OfOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    /// <summary>Looks.</summary>
    public static IEnumerable<CheckFinding> Look(ProjectLayout project, string? home)
    {
        if (SyncedFolder.ServiceOf(project.Directory, home, OperatingSystem.IsMacOS()) is { } client)
        {
            yield return new CheckFinding("synchronised-folder", CheckLevel.Warning, project.Directory, $"the project lies in a folder that {client} synchronises: it copies and locks files while they are written")
            {
                Remedy = "Move the project out of it; the environments lie in the store and need not move.",
            };
        }

        var env = $"{project.Directory}/.env";
        if (LocalPaths.StatusOf(env) is { Kind: FileKind.File } status && (status.Mode & OfOthers) != UnixFileMode.None)
        {
            yield return new CheckFinding("env-file-open", CheckLevel.Warning, ".env", "other users can read or write it, and secrets are usually in it") { Remedy = $"chmod 600 {env}", Fix = CheckFix.CloseFile, Path = env };
        }
    }
}
