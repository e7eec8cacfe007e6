using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Slipway.Core.Requirements;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.Processes;

namespace Slipway.Projects.Checks;

/// <summary>
/// What an environment's tree is worth, found by running it: a link or a file that exists proves nothing. Serves trees of the store, private ones, and
/// virtual environments that another tool made.
/// </summary>
/// <param name="machine">Runs the probes.</param>
/// <param name="root">The absolute path of the tree.</param>
/// <param name="subject">What it is called, for people.</param>
/// <param name="remedy">What to do when it is broken.</param>
/// <param name="declared">The packages that a lock of ours has pip install there; nobody's surprise.</param>
internal sealed partial class TreeChecks(IMachine machine, string root, string subject, string remedy, ImmutableArray<PackageName> declared)
{
    private const int LongestShebang = 4096;
    private static readonly EnumerationOptions Readable = new() { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None };
    private static readonly TimeSpan ProbeTime = TimeSpan.FromSeconds(10);

    /// <summary>Looks.</summary>
    public async Task<ImmutableArray<CheckFinding>> LookAsync(CancellationToken cancellationToken)
    {
        var python = $"{root}/bin/python";
        var findings = ImmutableArray.CreateBuilder<CheckFinding>();
        findings.Add(await RunsAsync("interpreter", python, cancellationToken).ConfigureAwait(false) is { } dead
            ? Error("interpreter-gone", $"its Python does not run: {dead}")
            : new CheckFinding("interpreter", CheckLevel.Pass, subject, "its Python runs"));
        findings.AddRange(await ShebangsAsync(cancellationToken).ConfigureAwait(false));
        if (Moved() is { } before)
        {
            findings.Add(Error("moved", $"it was made at {before}, and lies at {root} now: its commands and its activation still name the old place"));
        }

        foreach (var site in SiteDirectories())
        {
            findings.AddRange(DuplicateMetadata(site));
            findings.AddRange(SyncCopies(site));
            findings.AddRange(PipInConda(site));
        }

        return findings.ToImmutable();
    }

    // Null when it runs.
    private async Task<string?> RunsAsync(string what, string executable, CancellationToken cancellationToken)
    {
        var command = new ProcessCommand(executable, ["-I", "-c", "pass"]) { Timeout = ProbeTime, CaptureLimit = 4096 };
        var ran = await machine.RunAsync(command, output: null, cancellationToken).ConfigureAwait(false);
        return !ran.TryGet(out var outcome, out var failure) ? failure.Message
            : outcome.Succeeded ? null
            : $"the {what} {executable} ended with {outcome.Describe()}{(outcome.ErrorText.Trim() is { Length: > 0 } words ? $": {words.Split('\n')[^1]}" : string.Empty)}";
    }

    // Many commands share few interpreters: each of those is run once, and named with the first command that needs it.
    private async Task<IEnumerable<CheckFinding>> ShebangsAsync(CancellationToken cancellationToken)
    {
        var users = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var command in Entries($"{root}/bin"))
        {
            if (ShebangOf(command) is { } interpreter && Path.GetFileName(interpreter).StartsWith("python", StringComparison.Ordinal))
            {
                users.TryAdd(interpreter, Path.GetFileName(command));
            }
        }

        var findings = new List<CheckFinding>();
        foreach (var (interpreter, command) in users)
        {
            if (await RunsAsync("interpreter", interpreter, cancellationToken).ConfigureAwait(false) is not null)
            {
                findings.Add(Error("dead-shebang", $"its command {command} begins with {interpreter}, which does not run"));
            }
        }

        return findings;
    }

    private static string? ShebangOf(string path)
    {
        if (LocalPaths.StatusOf(path).Kind is not FileKind.File)
        {
            return null;
        }

        var text = Head(path);
        var line = text.Split('\n', 2)[0];

        // What stands longer than a kernel reads is written as a shell script that executes the interpreter.
        return line is "#!/bin/sh" && ShellShebang().Match(text) is { Success: true } wrapped ? wrapped.Groups[1].Value
            : line.StartsWith("#!/", StringComparison.Ordinal) ? line[2..].Trim().Split(' ')[0]
            : null;
    }

    // What may not be read has nothing to say; whoever runs it is told by the system.
    private static string Head(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var head = new byte[LongestShebang];
            return Encoding.UTF8.GetString(head, 0, stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false));
        }
        catch (Exception unreadable) when (unreadable is UnauthorizedAccessException or IOException)
        {
            return string.Empty;
        }
    }

    // What venv writes into pyvenv.cfg since Python 3.11, else what activate says.
    private string? Moved()
    {
        var stated = Lines($"{root}/pyvenv.cfg").Select(line => CreatedBy().Match(line)).FirstOrDefault(match => match.Success)?.Groups[1].Value
            ?? Lines($"{root}/bin/activate").Select(line => ActivatePath().Match(line)).FirstOrDefault(match => match.Success)?.Groups[1].Value;
        return stated is null || string.Equals(Real(stated), Real(root), StringComparison.Ordinal) ? null : stated;
    }

    private IEnumerable<CheckFinding> DuplicateMetadata(string site) => Entries(site)
        .Select(path => MetadataName().Match(Path.GetFileName(path)))
        .Where(match => match.Success)
        .GroupBy(match => NormalName().Replace(match.Groups[1].Value, "-").ToLowerInvariant(), StringComparer.Ordinal)
        .Where(group => group.Count() > 1)
        .Select(group => Error("duplicate-metadata", $"it has the metadata of {group.Key} more than once ({string.Join(", ", group.Select(match => match.Value))}): an installation was interrupted, or a copy was synchronised"));

    // Clients that synchronise folders put a copy beside what changed at two places.
    private IEnumerable<CheckFinding> SyncCopies(string site) => Entries(site)
        .Where(path => SyncCopyName().IsMatch(Path.GetFileName(path)))
        .Take(1)
        .Select(path => Error("sync-copy", $"{path} is a copy that a synchronising client made"));

    private List<CheckFinding> PipInConda(string site)
    {
        if (!Directory.Exists($"{root}/conda-meta"))
        {
            return [];
        }

        var byPip = Entries(site).Where(path => path.EndsWith(".dist-info", StringComparison.Ordinal) && Lines($"{path}/INSTALLER").FirstOrDefault()?.Trim() is "pip" or "uv")
            .Select(path => Path.GetFileName(path).Split('-')[0]).ToList();
        if (byPip.Count == 0)
        {
            return [];
        }

        var surprises = byPip.Where(name => !PackageName.Parse(name).TryGet(out var parsed, out _) || !declared.Contains(parsed)).ToList();
        List<CheckFinding> findings = surprises.Count == 0 ? [] : [new("pip-in-conda", CheckLevel.Warning, subject, $"pip installed into this conda environment, and nothing declares it: {string.Join(", ", surprises)}") { Remedy = "Prefer the channel's own packages where they exist: the solver does not see what pip brings." }];
        string[] heavy = ["torch", "tensorflow", "jax", "jaxlib", "scikit_learn"];
        string[] runtimes = ["llvm-openmp", "libgomp", "intel-openmp", "_openmp_mutex"];
        if (byPip.FirstOrDefault(name => heavy.Contains(name, StringComparer.OrdinalIgnoreCase)) is { } clash && Entries($"{root}/conda-meta").Any(path => runtimes.Any(runtime => Path.GetFileName(path).StartsWith($"{runtime}-", StringComparison.Ordinal))))
        {
            findings.Add(new CheckFinding("openmp-clash", CheckLevel.Warning, subject, $"{clash} from pip brings its own OpenMP beside conda's: two in one process crash or slow down") { Remedy = $"Take {clash} from the channel." });
        }

        return findings;
    }

    private IEnumerable<string> SiteDirectories() => Entries($"{root}/lib").Where(path => Path.GetFileName(path).StartsWith("python", StringComparison.Ordinal)).Select(path => $"{path}/site-packages").Where(Directory.Exists);

    private static IEnumerable<string> Entries(string directory) => Directory.Exists(directory) ? Directory.EnumerateFileSystemEntries(directory, "*", Readable).Order(StringComparer.Ordinal) : [];

    private static string[] Lines(string path) => LocalFiles.Read(path, 1024 * 1024).TryGet(out var bytes, out _) ? Encoding.UTF8.GetString(bytes).Split('\n') : [];

    private static string Real(string path) => LocalPaths.Resolve(path).TryGet(out var real, out _) ? real : path;

    private CheckFinding Error(string id, string message) => new(id, CheckLevel.Error, subject, message) { Remedy = remedy };

    [GeneratedRegex("^'''exec' \"?([^\" ]+)\"? ", RegexOptions.Multiline)]
    private static partial Regex ShellShebang();

    [GeneratedRegex(@"^command = .* -m venv (?:--\S+ )*(/.*?)\s*$")]
    private static partial Regex CreatedBy();

    [GeneratedRegex("""^\s*(?:export )?VIRTUAL_ENV=["']?(/[^"']*?)["']?\s*$""")]
    private static partial Regex ActivatePath();

    [GeneratedRegex(@"^(.+?)-[^-]+\.dist-info$")]
    private static partial Regex MetadataName();

    [GeneratedRegex("[-_.]+")]
    private static partial Regex NormalName();

    [GeneratedRegex(@" \d+(\.[A-Za-z0-9]+)?$|\(conflicted copy|\(.*'s conflicted copy")]
    private static partial Regex SyncCopyName();
}
