using System.Collections.Immutable;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;
using Slipway.Environments.Sources;
using Slipway.Machines.Processes;

namespace Slipway.Environments.Provisioners.Pip;

/// <summary>
/// How pip is called: isolated from the user's packages and from the index choice of variables and configuration files.
/// What says whom to trust and how to reach the network (certificates, proxies) is honoured.
/// </summary>
internal static class PipCommand
{
    private static readonly ImmutableArray<string> Dropped =
        ["PIP_", "PYTHON", "VIRTUAL_ENV", "UV_", "CONDA_", "SLIPWAY_", "__PYVENV", "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_CONFIG", "GIT_NAMESPACE"];

    // pip's own five take half a minute to say that nobody listens.
    private const int Retries = 3;

    private static readonly EnvironmentChanges Isolation = EnvironmentChanges.None with
    {
        Set = EnvironmentChanges.None.Set
            .Add("PIP_CONFIG_FILE", "/dev/null")
            .Add("PIP_DISABLE_PIP_VERSION_CHECK", "1")
            .Add("PIP_NO_INPUT", "1")
            .Add("PIP_NO_COLOR", "1")
            .Add("PIP_ROOT_USER_ACTION", "ignore")
            .Add("PYTHONUNBUFFERED", "1")
            .Add("GIT_TERMINAL_PROMPT", "0")
            .Add("GIT_ALLOW_PROTOCOL", "https:ssh")
            .Add("GIT_CONFIG_COUNT", "1")
            .Add("GIT_CONFIG_KEY_0", "core.hooksPath")
            .Add("GIT_CONFIG_VALUE_0", "/dev/null"),
    };

    /// <summary>A Python program with pip's surroundings.</summary>
    public static ProcessCommand Python(string executable, params ReadOnlySpan<string> arguments) =>
        ProcessCommand.Create(executable, ["-I", .. arguments]) with
        {
            DropPrefixes = Dropped,
            KeepVariables = [.. PipSettings.Honoured.Values],
            Environment = Isolation,
        };

    /// <summary>A call of pip itself, through the driver, which knows why pip found nothing.</summary>
    public static ProcessCommand Pip(string python, string driver, ProvisionerTool tool, string log, params ReadOnlySpan<string> arguments) =>
        Python(python, [driver, "call", log, tool.Path, .. arguments]);

    /// <summary>The same where the versions in a file are tried before newer ones.</summary>
    public static ProcessCommand Preferring(string python, string driver, ProvisionerTool tool, string preferences, string log, params ReadOnlySpan<string> arguments) =>
        Python(python, [driver, "prefer", preferences, log, tool.Path, .. arguments]);

    /// <summary>The same command, told where packages come from.</summary>
    public static ProcessCommand Behind(this ProcessCommand command, GatePlan gate) => command with { StandardInput = gate.ToBytes() };

    /// <summary>The same command, for which git may read repositories of this machine when one is asked for.</summary>
    public static ProcessCommand ForRepositories(this ProcessCommand command, IEnumerable<RequestedPackage> packages) =>
        command.WithLocalRepositories(packages.Any(package => package.Requirement.Url?.StartsWith("git+file:", StringComparison.OrdinalIgnoreCase) is true));

    /// <inheritdoc cref="ForRepositories(ProcessCommand, IEnumerable{RequestedPackage})"/>
    public static ProcessCommand ForRepositories(this ProcessCommand command, IEnumerable<LockedFile> files) =>
        command.WithLocalRepositories(files.Any(file => file.Repository?.Url?.StartsWith("file:", StringComparison.OrdinalIgnoreCase) is true));

    // Never by default: a repository from elsewhere could name one of ours as its submodule.
    private static ProcessCommand WithLocalRepositories(this ProcessCommand command, bool isAllowed) => isAllowed
        ? command with { Environment = command.Environment with { Set = command.Environment.Set.SetItem("GIT_ALLOW_PROTOCOL", "https:ssh:file") } }
        : command;

    /// <summary>
    /// The arguments that say how files are fetched, and from which directories of this machine; for all else the index gate stands.
    /// Values follow their option with '=', so none can be read as another option.
    /// </summary>
    /// <param name="gate">Where packages come from.</param>
    /// <param name="cacheDirectory">pip's own cache.</param>
    /// <param name="pipVersion">pip's version.</param>
    public static ImmutableArray<string> SourceArguments(GatePlan gate, string cacheDirectory, string pipVersion) =>
    [
        $"--cache-dir={cacheDirectory}",
        $"--retries={Retries}",
        $"--progress-bar={(SupportsRawProgress(pipVersion) ? "raw" : "off")}",
        .. gate.IsGated ? [] : gate.FindLinks.Select(link => $"--find-links={link}").Prepend("--no-index"),
    ];

    // Since pip 24.1, a machine-readable progress line is printed also without a terminal.
    private static bool SupportsRawProgress(string pipVersion) =>
        Version.TryParse(pipVersion, out var version) && version >= new Version(24, 1);
}
