using System.Collections.Immutable;

namespace Slipway.Runs.Arguments;

/// <summary>One option of <c>run</c> and <c>plan</c>. The splitter, the help text and the completion are all made from this table.</summary>
/// <param name="Name">With its dashes.</param>
/// <param name="ValueName">What its value is called in help; null for a switch.</param>
/// <param name="Repeatable">Whether it may be given more than once.</param>
/// <param name="Help">One sentence.</param>
public sealed record RunOption(string Name, string? ValueName, bool Repeatable, string Help)
{
    /// <summary>Whether a value follows.</summary>
    public bool TakesValue => ValueName is not null;
}

/// <summary>All options of <c>run</c> and <c>plan</c>.</summary>
public static class RunOptions
{
    /// <summary>Names the project's environment.</summary>
    public static readonly RunOption Env = new("--env", "NAME", false, "Use a named environment of the project.");

    /// <summary>Adds a requirement.</summary>
    public static readonly RunOption With = new("--with", "REQUIREMENT", true, "Add a PEP 508 requirement.");

    /// <summary>Adds a requirements file.</summary>
    public static readonly RunOption Requirements = new("--requirements", "FILE", true, "Add the requirements of a file: requirements, a pyproject.toml, or a pylock.toml.");

    /// <summary>Adds an extra.</summary>
    public static readonly RunOption Extra = new("--extra", "NAME", true, "Add an extra of the project's pyproject.toml.");

    /// <summary>Adds a dependency group.</summary>
    public static readonly RunOption Group = new("--group", "NAME", true, "Add a dependency group of the pyproject.toml.");

    /// <summary>Takes everything from a lock.</summary>
    public static readonly RunOption Locked = new("--locked", null, false, "Use exactly what pylock.toml holds, and refuse when it is out of date.");

    /// <summary>Looks at no lock.</summary>
    public static readonly RunOption NoLock = new("--no-lock", null, false, "Look at no lock beside the declaration.");

    /// <summary>Names the interpreter.</summary>
    public static readonly RunOption Python = new("--python", "PYTHON", false, "A version (3.12), a range ('>=3.10'), a command or a path.");

    /// <summary>Names the provisioner.</summary>
    public static readonly RunOption Backend = new("--backend", "NAME", false, "What builds the environment.");

    /// <summary>Names the index.</summary>
    public static readonly RunOption IndexUrl = new("--index-url", "[NAME=]URL", true, "A package index; of several, the first that has a package gives it.");

    /// <summary>Adds a source of files.</summary>
    public static readonly RunOption FindLinks = new("--find-links", "DIR|URL", true, "Look for packages in a directory or page too.");

    /// <summary>Names a conda channel.</summary>
    public static readonly RunOption Channel = new("--channel", "CHANNEL", true, "A conda channel, in place of those that the environment file names.");

    /// <summary>Hides new files.</summary>
    public static readonly RunOption ExcludeNewer = new("--exclude-newer", "TIME", false, "Ignore files uploaded at or after a date (2026-01-31) or a time (2026-01-31T12:00:00Z).");

    /// <summary>Shows the base's packages.</summary>
    public static readonly RunOption SystemSitePackages = new("--system-site-packages", null, false, "Let the environment see the packages of its Python.");

    /// <summary>Resolves again.</summary>
    public static readonly RunOption Refresh = new("--refresh", null, false, "Resolve again, whatever is remembered.");

    /// <summary>Installs a missing tool.</summary>
    public static readonly RunOption Bootstrap = new("--bootstrap", null, false, "Install the backend's tool first, if it is missing.");

    /// <summary>Uses no network.</summary>
    public static readonly RunOption Offline = new("--offline", null, false, "Use no network.");

    /// <summary>Sets a variable of the workload.</summary>
    public static readonly RunOption EnvVar = new("--env-var", "NAME=VALUE", true, "Set a variable for the workload only; every user of this machine can read a command line, so use --secret for secrets.");

    /// <summary>Passes a secret variable on.</summary>
    public static readonly RunOption Secret = new("--secret", "NAME", true, "Pass a variable of yours to the workload, and keep it from resolvers and builds.");

    /// <summary>Names the hosts.</summary>
    public static readonly RunOption On = new("--on", "HOST[,HOST]", true, "Run on a host that was added, or at an address (user@host:port); several run at once.");

    /// <summary>Passes standard input on.</summary>
    public static readonly RunOption Stdin = new("--stdin", null, false, "With --on: let the workload read standard input.");

    /// <summary>Reserves GPUs.</summary>
    public static readonly RunOption Gpus = new("--gpus", "GPUS", false, "Reserve GPUs and show no others: 2 is any two free ones; 0,1 or =0 are these.");

    /// <summary>How long GPUs are waited for.</summary>
    public static readonly RunOption GpuWait = new("--gpu-wait", "TIME", false, "How long to wait for free GPUs; 1h by default, 0 for not at all.");

    /// <summary>Runs in the background.</summary>
    public static readonly RunOption Detach = new("--detach", null, false, "Run as a job in the background, and print its id.");

    /// <summary>Names a job.</summary>
    public static readonly RunOption Name = new("--name", "NAME", false, "The name of the job; by default after the target.");

    /// <summary>Limits a job's time.</summary>
    public static readonly RunOption MaxDuration = new("--max-duration", "TIME", false, "End the job after this time: 90s, 45m, 2h, 3d.");

    /// <summary>Limits a job's logs.</summary>
    public static readonly RunOption MaxLog = new("--max-log", "BYTES", false, "End the job when one of its logs is longer than this many bytes.");

    /// <summary>Where a service listens.</summary>
    public static readonly RunOption Port = new("--port", "PORT", false, "The port that the service listens on; the workload gets it as the variable PORT.");

    /// <summary>How a service is asked.</summary>
    public static readonly RunOption Probe = new("--probe", "PROBE", false, "How readiness is found out: tcp (the default), http:/path, or command:TEXT.");

    /// <summary>How long a service may take to be ready.</summary>
    public static readonly RunOption ReadyTimeout = new("--ready-timeout", "TIME", false, "How long the service has to become ready; 300s by default.");

    /// <summary>Says why.</summary>
    public static readonly RunOption Explain = new("--explain", null, false, "Say what is decided and why, then run.");

    /// <summary>Reports a run.</summary>
    public static readonly RunOption Report = new("--report", "FILE", false, "Write how the run went as a JSON document, also when it fails; Slipway waits for its end.");

    /// <summary>Gives a terminal.</summary>
    public static readonly RunOption Tty = new("--tty", null, false, "Give the workload a terminal: with --on one on the host, with --detach one that `job attach` joins.");

    /// <summary>Resolves for a plan.</summary>
    public static readonly RunOption Resolve = new("--resolve", null, false, "Resolve if needed, to say exactly what would be built.");

    /// <summary>Builds for a plan.</summary>
    public static readonly RunOption Build = new("--build", null, false, "Have the environment ready too; nothing is started.");

    /// <summary>Says less.</summary>
    public static readonly RunOption Quiet = new("--quiet", null, false, "Say nothing but errors.");

    /// <summary>Says more.</summary>
    public static readonly RunOption Verbose = new("--verbose", null, false, "Say more about what happens.");

    /// <summary>Writes for programs.</summary>
    public static readonly RunOption Json = new("--json", null, false, "Print one JSON document.");

    /// <summary>Uses no colour.</summary>
    public static readonly RunOption NoColor = new("--no-color", null, false, "Use no colour.");

    /// <summary>Answers yes.</summary>
    public static readonly RunOption Yes = new("--yes", null, false, "Accept every default answer.");

    /// <summary>What <c>run</c> takes.</summary>
    public static ImmutableArray<RunOption> ForRun { get; } =
        [Env, With, Requirements, Extra, Group, Locked, NoLock, Python, Backend, IndexUrl, FindLinks, Channel, ExcludeNewer, SystemSitePackages, Refresh, Bootstrap, Offline, EnvVar, Secret, On, Stdin, Tty, Gpus, GpuWait, Detach, Name, MaxDuration, MaxLog, Report, Explain, Quiet, Verbose, Json, NoColor, Yes];

    /// <summary>What <c>serve</c> takes.</summary>
    public static ImmutableArray<RunOption> ForServe { get; } =
        [Env, With, Requirements, Extra, Group, Locked, NoLock, Python, Backend, IndexUrl, FindLinks, Channel, ExcludeNewer, SystemSitePackages, Refresh, Bootstrap, Offline, EnvVar, Secret, On, Gpus, GpuWait, Port, Probe, ReadyTimeout, Name, MaxDuration, MaxLog, Explain, Quiet, Verbose, Json, NoColor, Yes];

    /// <summary>What <c>plan</c> takes.</summary>
    public static ImmutableArray<RunOption> ForPlan { get; } =
        [Env, With, Requirements, Extra, Group, Locked, NoLock, Python, Backend, IndexUrl, FindLinks, Channel, ExcludeNewer, SystemSitePackages, Refresh, Offline, EnvVar, Secret, On, Stdin, Tty, Gpus, GpuWait, Detach, Name, MaxDuration, MaxLog, Report, Bootstrap, Resolve, Build, Explain, Quiet, Verbose, Json, NoColor, Yes];
}
