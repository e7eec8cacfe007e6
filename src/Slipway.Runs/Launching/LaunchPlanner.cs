using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.Processes;
using Slipway.Projects.Discovery;
using Slipway.Runs.Arguments;
using Slipway.Store.Layout;

namespace Slipway.Runs.Launching;

/// <summary>A launch that is ready to be executed.</summary>
/// <param name="Record">What is executed, and what it depends on.</param>
/// <param name="IsRepeatable">Whether the record may serve the fast path.</param>
public sealed record PreparedLaunch(LaunchRecord Record, bool IsRepeatable);

/// <summary>Decides what exactly is executed for a target in an environment.</summary>
/// <param name="layout">The store.</param>
/// <param name="workingDirectory">The current directory.</param>
/// <param name="variable">Reads an environment variable.</param>
public sealed class LaunchPlanner(StoreLayout layout, string workingDirectory, Func<string, string?> variable)
{
    /// <summary>The absolute path of the script or directory that a target names; null when it is a command or module.</summary>
    public static Result<ScriptPath> FindScript(RunTarget target, string workingDirectory)
    {
        if (target.Form is not TargetForm.Word)
        {
            return new ScriptPath(null);
        }

        var path = Path.GetFullPath(target.Text, workingDirectory);
        if (IsDirectory(path))
        {
            return IsFile($"{path}/__main__.py")
                ? new ScriptPath($"{path}/__main__.py")
                : IsPath(target.Text) ? new Failure(RunFailures.NotRunnable, $"{target.Text} is a directory without __main__.py.") : new ScriptPath(null);
        }

        if (target.Text.EndsWith(".py", StringComparison.Ordinal))
        {
            return IsFile(path)
                ? new ScriptPath(path)
                : new Failure(RunFailures.NoSuchScript, $"There is no script {target.Text} in {workingDirectory}.");
        }

        return new ScriptPath(null);
    }

    /// <summary>A script's absolute path, or none.</summary>
    public sealed record ScriptPath(string? Path);

    /// <summary>The facts of files as they are now; null when one of them is no longer what was observed.</summary>
    /// <param name="files">The files.</param>
    public static ImmutableArray<LaunchCheck>? Observe(ImmutableArray<ObservedFile> files)
    {
        var checks = ImmutableArray.CreateBuilder<LaunchCheck>(files.Length);
        foreach (var file in files)
        {
            var kind = file.Kind switch
            {
                Observation.Content => CheckKind.Content,
                Observation.ScriptBlock => CheckKind.ScriptBlock,
                Observation.Presence => CheckKind.Presence,
                _ => CheckKind.Absence,
            };
            if (LaunchChecks.Take(kind, file.Path) is not { } check)
            {
                return null;
            }

            checks.Add(check);
        }

        return checks.ToImmutable();
    }

    /// <summary>Plans the launch.</summary>
    /// <param name="target">What to run.</param>
    /// <param name="environment">In what.</param>
    /// <param name="projectPath">Where the project's own modules are imported from; null for nowhere.</param>
    /// <param name="observed">The facts of the declaring files from before they were read; null when they are not known.</param>
    public Result<PreparedLaunch> Plan(RunTarget target, ReadyEnvironment environment, string? projectPath, ImmutableArray<LaunchCheck>? observed) =>
        Plan(target, environment, observed).Map(launch => projectPath is null ? launch : launch with
        {
            Record = launch.Record with { Prepend = launch.Record.Prepend.Add(new Assignment("PYTHONPATH", projectPath)) },
        });

    private Result<PreparedLaunch> Plan(RunTarget target, ReadyEnvironment environment, ImmutableArray<LaunchCheck>? observed)
    {
        var python = environment.Python;
        return target.Form switch
        {
            TargetForm.Module or TargetForm.StandardInput when environment.Plan.Python is null => NoPython(environment),
            TargetForm.Module => Prepared(python, [python, "-m", target.Text], environment, observed),
            TargetForm.StandardInput => Prepared(python, [python, "-"], environment, observed),
            _ => PlanWord(target, environment, observed),
        };
    }

    private Result<PreparedLaunch> PlanWord(RunTarget target, ReadyEnvironment environment, ImmutableArray<LaunchCheck>? observed)
    {
        if (!FindScript(target, workingDirectory).TryGet(out var script, out var failure))
        {
            return failure;
        }

        if (script.Path is not null)
        {
            if (environment.Plan.Python is null)
            {
                return NoPython(environment);
            }

            // Python would take a leading dash for an option of its own.
            var name = target.Text.StartsWith('-') ? $"./{target.Text}" : target.Text;
            return Prepared(environment.Python, [environment.Python, name], environment, observed);
        }

        if (IsPath(target.Text))
        {
            var path = Path.GetFullPath(target.Text, workingDirectory);
            return IsFile(path)
                ? Prepared(path, [target.Text], environment, observed: null)
                : new Failure(RunFailures.CommandNotFound, $"There is no file {target.Text} in {workingDirectory}.");
        }

        var own = $"{Path.GetDirectoryName(environment.Python)}/{target.Text}";
        if (IsFile(own))
        {
            // A directory of this name that can be run would come first.
            var directory = LaunchChecks.Take(CheckKind.Absence, Path.GetFullPath($"{target.Text}/__main__.py", workingDirectory));
            return Prepared(own, [own], environment, directory is null ? null : observed?.Add(directory));
        }

        // Not every installation has all names of its own program, and another Python on PATH would have other packages.
        if (IsPythonOf(environment, target.Text))
        {
            return Prepared(environment.Python, [environment.Python], environment, observed: null);
        }

        return OnPath(target.Text).Map(found => Prepared(found, [target.Text], environment, observed: null));
    }

    private static bool IsPythonOf(ReadyEnvironment environment, string command)
    {
        if (environment.Plan.Python is not { } python)
        {
            return false;
        }

        if (command is "python" or "python3")
        {
            return true;
        }

        var version = python.FullVersion.Split('.');
        return string.Equals(command, $"python{version[0]}.{version[1]}", StringComparison.Ordinal);
    }

    private static Failure NoPython(ReadyEnvironment environment) =>
        new(RunFailures.CommandNotFound, $"The environment {environment.Slot} has no Python to run it with.") { Hint = "Name python among the dependencies." };

    private PreparedLaunch Prepared(
        string executable, ImmutableArray<string> arguments, ReadyEnvironment environment, ImmutableArray<LaunchCheck>? observed)
    {
        var checks = Checks(environment, observed);
        var changes = environment.Activation;
        var record = new LaunchRecord
        {
            Checks = checks ?? [],
            Lease = layout.LeaseFile(environment.Slot),
            Meta = layout.Meta(environment.Slot),
            Executable = executable,
            Arguments = arguments,
            Unset = [.. changes.Unset],
            Set = [.. changes.Set.Select(Assignment.From)],
            Prepend = [.. changes.Prepend.Select(Assignment.From)],
            Warnings = environment.Plan.Warnings,
        };
        return new PreparedLaunch(record, checks is not null);
    }

    // Null when a file changed while the environment was being built: the record would tie the new content to the old environment.
    private ImmutableArray<LaunchCheck>? Checks(ReadyEnvironment environment, ImmutableArray<LaunchCheck>? observed)
    {
        if (observed is not { } files || !files.All(LaunchChecks.Holds))
        {
            return null;
        }

        var checks = files.ToBuilder();

        // The memo is replaced by every new resolution, so a record never outlives the resolution that it came from.
        string[] stamped = [.. environment.Plan.Interpreter is { } interpreter ? [interpreter.Executable] : Array.Empty<string>(), layout.Request(environment.Plan.RequestFields.Digest())];
        foreach (var path in stamped)
        {
            if (LaunchChecks.Take(CheckKind.Stamp, path) is not { } stamp)
            {
                return null;
            }

            checks.Add(stamp);
        }

        // What installs, upgrades or removes a package of the system changes one of these, and so does what makes a virtual environment another one.
        foreach (var path in (environment.Plan.Site?.Directories ?? []).Concat(environment.Plan.Interpreter?.Files ?? []))
        {
            if (ChangedSince(path, environment.Plan.Site!.Started) || (LaunchChecks.Take(CheckKind.Stamp, path) ?? LaunchChecks.Take(CheckKind.Absence, path)) is not { } check)
            {
                return null;
            }

            checks.Add(check);
        }

        return checks.ToImmutable();
    }

    private static bool ChangedSince(string path, long nanoseconds) =>
        LocalPaths.StatusOf(path) is { Exists: true } status && status.ModifiedUnixNanoseconds >= nanoseconds;

    // As a shell looks, except that an empty entry does not mean the current directory: nothing here is ever found by accident.
    private Result<string> OnPath(string command)
    {
        string? refused = null;
        foreach (var directory in (variable("PATH") ?? string.Empty).Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            var path = Path.GetFullPath($"{directory}/{command}", workingDirectory);
            if (LocalPaths.IsExecutableFile(path))
            {
                return path;
            }

            refused ??= IsFile(path) ? path : null;
        }

        return refused is null
            ? new Failure(RunFailures.CommandNotFound, $"'{command}' is neither a script here, nor a command of the environment, nor on PATH.")
            : new Failure(RunFailures.NotExecutable, $"{refused} has no execute permission.");
    }

    // Links are followed, and names need not be UTF-8.
    private static bool IsDirectory(string path) => LocalFiles.Exists($"{path}/.");

    private static bool IsFile(string path) => LocalFiles.Exists(path) && !IsDirectory(path);

    private static bool IsPath(string text) => text.Contains('/', StringComparison.Ordinal);

    /// <summary>A record and a command line as the command that a machine hands off to.</summary>
    public static ProcessCommand ToCommand(LaunchRecord record, RunArguments arguments)
    {
        var none = EnvironmentChanges.None;
        var workload = none with { Set = none.Set.SetItems(arguments.Values(RunOptions.EnvVar).Select(text => WorkloadVariables.Parse(text).ToPair())) };
        var activation = new EnvironmentChanges(none.Set.AddRange(Pairs(record.Set)), none.Prepend.AddRange(Pairs(record.Prepend)), none.Unset.Union(record.Unset));
        return new ProcessCommand(record.Executable, [.. record.Arguments.Skip(1), .. arguments.Tail])
        {
            ArgumentZero = record.Arguments[0],
            Environment = activation.Then(workload),
        };
    }

    private static IEnumerable<KeyValuePair<string, string>> Pairs(ImmutableArray<Assignment> assignments) =>
        assignments.Select(assignment => assignment.ToPair());
}
