using System.Collections.Immutable;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;
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

    private static readonly ImmutableArray<string> Kept =
        ["PIP_CERT", "PIP_CLIENT_CERT", "PIP_PROXY", "PIP_TRUSTED_HOST", "PIP_DEFAULT_TIMEOUT"];

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
            KeepVariables = Kept,
            Environment = Isolation,
        };

    /// <summary>A call of pip itself, through the driver, which knows why pip found nothing.</summary>
    public static ProcessCommand Pip(string python, string driver, ProvisionerTool tool, string log, params ReadOnlySpan<string> arguments) =>
        Python(python, [driver, "call", log, tool.Path, .. arguments]);

    /// <summary>The same command, behind the index gate when there is a plan for one.</summary>
    public static ProcessCommand Behind(this ProcessCommand command, ReadOnlyMemory<byte> gatePlan) =>
        command with { StandardInput = gatePlan.IsEmpty ? null : gatePlan };

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

    /// <summary>The arguments that say where packages come from. Values follow their option with '=', so none can be read as another option.</summary>
    /// <param name="sources">The sources; null when the index gate stands for them.</param>
    /// <param name="cacheDirectory">pip's own cache.</param>
    /// <param name="pipVersion">pip's version.</param>
    public static ImmutableArray<string> SourceArguments(PackageSources? sources, string cacheDirectory, string pipVersion)
    {
        var arguments = ImmutableArray.CreateBuilder<string>();
        arguments.Add($"--cache-dir={cacheDirectory}");
        arguments.Add($"--retries={Retries}");
        arguments.Add($"--progress-bar={(SupportsRawProgress(pipVersion) ? "raw" : "off")}");
        if (sources is null)
        {
            return arguments.ToImmutable();
        }

        if (!sources.Indexes.IsEmpty)
        {
            arguments.Add($"--index-url={sources.Indexes[0].Url}");
        }
        else if (!sources.FindLinks.IsEmpty && !sources.AsksDefaultIndex)
        {
            arguments.Add("--no-index");
        }

        arguments.AddRange(sources.FindLinks.Select(link => $"--find-links={link}"));
        return arguments.ToImmutable();
    }

    // Since pip 24.1, a machine-readable progress line is printed also without a terminal.
    private static bool SupportsRawProgress(string pipVersion) =>
        Version.TryParse(pipVersion, out var version) && version >= new Version(24, 1);
}
