using System.Text.RegularExpressions;
using Slipway.Core.Failures;
using Slipway.Core.Requirements;
using Slipway.Core.Text;
using Slipway.Machines;

namespace Slipway.Environments.Provisioners.Pip;

/// <summary>
/// Names pip's failures, from its own words and from the notes of <c>pip_driver.py</c>. Read from pip 23.0, 23.2 and 24.2.
/// The order of the rules matters: a failing index, for example, also makes pip say that no version was found.
/// </summary>
internal static partial class PipDiagnosis
{
    private static readonly Func<PipWords, Finding?>[] Rules =
    [
        FullDisk, Project, PipIndexFindings.Sources, Repository, MissingOffline, PipIndexFindings.Words, WrongHash, MissingHashes, Conflict, Inconsistent, OtherPython, OtherPlatform,
        Invalid, Build, Unsatisfiable,
    ];

    /// <summary>What a rule found: a code, one sentence without its end, and a remedy when the code's is too general.</summary>
    internal sealed record Finding(FailureCode Code, string Reason, string? Hint = null)
    {
        /// <summary>The package that nothing satisfies, as the tool spells it.</summary>
        public string? Package { get; init; }
    }

    /// <summary>The failure that some output of pip describes.</summary>
    /// <param name="failure">The failure of the step that ran pip.</param>
    /// <param name="output">Everything pip wrote.</param>
    public static Failure Name(Failure failure, string output)
    {
        var words = new PipWords(UrlMask.Apply(output));
        return Name(failure, words, Rules) ?? (words.Errors.LastOrDefault() is { } last
            ? Named(failure, new Finding(failure.Code, PipWords.Clip(last)), words)
            : failure with { Detail = words.Shortened() });
    }

    /// <summary>The failure as the first of some rules names it that knows the words; null when none does.</summary>
    public static Failure? Name(Failure failure, PipWords words, IEnumerable<Func<PipWords, Finding?>> rules)
    {
        foreach (var rule in rules)
        {
            if (rule(words) is { } found)
            {
                return Named(failure, WithSources(found, words), words);
            }
        }

        return null;
    }

    /// <summary>The failure of a step that was not pip's, better named only when the disk was full.</summary>
    public static Failure NameFullDisk(Failure failure, string output) =>
        FullDisk(new PipWords(output)) is { } found ? Named(failure, found, new PipWords(output)) : failure;

    /// <summary>What people should know about an environment that was just built.</summary>
    public static IEnumerable<string> WarningsOf(string output) => new PipWords(output).Notes("compiled").Select(static name =>
        $"{name} has compiled modules: edits of their sources take effect once `slipway sync --refresh` has built them again.");

    private static Finding? Project(PipWords words) =>
        words.Notes("project-changed").FirstOrDefault() is { } file ? new Finding(EnvironmentFailures.ProjectChanged, $"{file} is not what the environment is made for")
        : words.Notes("not-editable").Any() || words.Has("missing the 'build_editable' hook") ? new Finding(EnvironmentFailures.NotEditable, "its build backend makes no editable wheel")
        : null;

    // What the gate knows of a name for which nothing would do: who answered for it, who was not asked, what a time limit left out.
    private static Finding WithSources(Finding found, PipWords words)
    {
        if (found.Code != EnvironmentFailures.Unsatisfiable && found.Code != EnvironmentFailures.Conflict && found.Code != EnvironmentFailures.WrongPlatform)
        {
            return found;
        }

        var known = words.Notes("why").Where(why => !found.Reason.Contains(why, StringComparison.Ordinal)).Concat(words.Notes("besides"));
        var hints = string.Join(' ', words.Notes("hint"));
        return found with { Reason = string.Join("; ", known.Prepend(found.Reason)), Hint = hints.Length > 0 ? hints : found.Hint };
    }

    private static Failure Named(Failure failure, Finding found, PipWords words) => failure with
    {
        Code = found.Code,
        Message = $"{ExitCode().Replace(failure.Message, string.Empty)}: {PipWords.Ended(found.Reason)}",
        Hint = found.Hint,
        Package = found.Package is { } text && Requirement.Parse(text).TryGet(out var requirement, out _) ? requirement.Name.Normalized : null,
        Detail = words.Shortened(),
    };

    /// <summary>No space was left, in the words of any program.</summary>
    public static Finding? FullDisk(PipWords words) => words.Has("No space left on device") || words.Has("Disk quota exceeded")
        ? new Finding(MachinesFailures.DiskFull, "no space is left on the file system of the store or of TMPDIR")
        : null;

    private static Finding? Repository(PipWords words)
    {
        if (!words.Has("git clone ") && !words.Has("git fetch ") && !words.Has("git checkout ") && !words.Has("git rev-parse ") && !words.Has("Did not find branch or tag"))
        {
            return null;
        }

        var said = words.Lines.Select(line => line.Trim()).LastOrDefault(line => line.StartsWith("fatal: ", StringComparison.Ordinal)
            || line.StartsWith("error: pathspec", StringComparison.Ordinal) || line.Contains("Permission denied", StringComparison.Ordinal));
        return said is null ? null : new Finding(EnvironmentFailures.RepositoryUnavailable, $"git says: {PipWords.Clip(said.TrimEnd('.'))}");
    }

    private static Finding? MissingOffline(PipWords words) => words.Notes("missing").ToList() is { Count: > 0 } missing
        ? new Finding(EnvironmentFailures.Offline, $"the network may not be used and the store lacks {string.Join(", ", missing)}")
        : null;

    private static Finding? WrongHash(PipWords words)
    {
        var match = HashReport().Match(words.Text);
        if (!match.Success)
        {
            return null;
        }

        // pip forgets the name of a file that it only looked into.
        var file = match.Groups["file"].Success ? PipWords.FileName(match.Groups["file"].Value) : words.LastPackage() ?? "a file";
        return new Finding(
            EnvironmentFailures.HashMismatch, $"{file} has the SHA-256 {match.Groups["got"].Value}, and {match.Groups["expected"].Value} is expected");
    }

    private static Finding? MissingHashes(PipWords words)
    {
        if (!words.Has("in --require-hashes mode"))
        {
            return null;
        }

        var names = words.Lines.Where(line => Unhashed().IsMatch(line)).Select(line => Unhashed().Match(line).Groups[1].Value).ToList();
        return new Finding(EnvironmentFailures.HashesIncomplete, $"hashes are given for some packages, and not for {string.Join(", ", names)}");
    }

    private static Finding? Conflict(PipWords words)
    {
        if (!words.Has("conflicting dependencies") && !words.Has("ResolutionImpossible"))
        {
            return null;
        }

        const int Shown = 4;
        var causes = words.Lines
            .SkipWhile(line => !line.Contains("The conflict is caused by:", StringComparison.Ordinal))
            .Skip(1)
            .TakeWhile(line => line.Trim().Length > 0)
            .Select(line => line.Trim()
                .Replace("The user requested (constraint)", "the constraint is", StringComparison.Ordinal)
                .Replace("The user requested", "the request is", StringComparison.Ordinal))
            .Take(Shown)
            .ToList();
        return new Finding(EnvironmentFailures.Conflict, causes.Count > 0 ? string.Join("; ", causes) : "the requirements contradict each other");
    }

    // Of an index's files pip tries the next one; of a file that the request names it says the same as an error.
    private static Finding? Inconsistent(PipWords words) => words.Has("No matching distribution found") && words.Notes("inconsistent").FirstOrDefault() is { } text
        ? new Finding(EnvironmentFailures.InvalidArtifact, PipWords.Clip(text))
        : null;

    private static Finding? OtherPython(PipWords words)
    {
        var package = OtherPythonPackage().Match(words.Text);
        if (package.Success)
        {
            return new Finding(
                EnvironmentFailures.Unsatisfiable, $"{package.Groups[1].Value} needs Python {package.Groups[3].Value}, and this is {package.Groups[2].Value}", PythonHint);
        }

        var ignored = IgnoredVersions().Match(words.Text);
        var nothing = NotFound().Match(words.Text);
        return ignored.Success && nothing.Success && nothing.Groups[2].Value is "none"
            ? new Finding(
                EnvironmentFailures.Unsatisfiable,
                $"no version of {nothing.Groups[1].Value} is for this Python: {PipWords.Clip(ignored.Groups[1].Value.Trim())}",
                PythonHint)
            : null;
    }

    internal const string PythonHint = "Name another Python with --python, or choose another version of the package.";

    private static Finding? OtherPlatform(PipWords words)
    {
        var wheel = UnsupportedWheel().Match(words.Text);
        if (wheel.Success)
        {
            return new Finding(EnvironmentFailures.WrongPlatform, $"{wheel.Groups[1].Value} is not for this platform and Python");
        }

        const int Shown = 3;
        var others = words.Notes("platform").Take(Shown).ToList();
        var nothing = NotFound().Match(words.Text);
        return others.Count > 0 && nothing.Success && nothing.Groups[2].Value is "none"
            ? new Finding(EnvironmentFailures.WrongPlatform, $"no file of {nothing.Groups[1].Value} fits this platform and Python ({string.Join("; ", others)})")
            : null;
    }

    private static Finding? Invalid(PipWords words)
    {
        var outside = OutsideTarget().Match(words.Text);
        if (outside.Success)
        {
            return new Finding(EnvironmentFailures.InvalidArtifact, $"{PipWords.FileName(outside.Groups[1].Value)} holds a file that would be written outside the environment");
        }

        var invalid = InvalidFile().Match(words.Text);
        return invalid.Success
            ? new Finding(EnvironmentFailures.InvalidArtifact, PipWords.Clip(invalid.Value["ERROR: ".Length..].TrimEnd('.')))
            : null;
    }

    private static Finding? Build(PipWords words)
    {
        if (!words.Has("subprocess-exited-with-error") && !words.Has("metadata-generation-failed") && !words.Has("Failed to build"))
        {
            return null;
        }

        var nested = NotFound().Match(words.BuildOutput());
        var compiler = words.Notes("compiler").FirstOrDefault();
        var reason = nested.Success ? $"its build requirement {nested.Groups[1].Value} is in no source"
            : compiler ?? words.BuildOutput().Split('\n').Select(line => line.Trim()).LastOrDefault(line => line.Length > 0) ?? "its build failed";
        return new Finding(
            EnvironmentFailures.BuildFailed,
            $"{words.LastPackage() ?? "a source distribution"} does not build: {PipWords.Clip(reason.TrimEnd('.'))}",
            compiler is null || nested.Success ? null : CompilerHint);
    }

    internal const string CompilerHint = "Install the compiler, headers or libraries that it lacks, or choose a version that has a wheel for this platform and Python.";

    private static Finding? Unsatisfiable(PipWords words)
    {
        var match = NotFound().Match(words.Text);
        if (!match.Success)
        {
            return null;
        }

        const int Shown = 5;
        var versions = match.Groups[2].Value.Split(", ", StringSplitOptions.RemoveEmptyEntries);
        var there = versions is ["none"] or [] ? words.Notes("why").FirstOrDefault() ?? "no source has any version of it"
            : $"the source has {string.Join(", ", versions.TakeLast(Shown))}{(versions.Length > Shown ? $" and {versions.Length - Shown} older" : string.Empty)}";
        return new Finding(EnvironmentFailures.Unsatisfiable, $"nothing satisfies {match.Groups[1].Value}: {there}") { Package = match.Groups[1].Value };
    }

    [GeneratedRegex(@" \((?:exit code \d+|signal \d+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex ExitCode();

    [GeneratedRegex(@"DO NOT MATCH THE HASHES[^\n]*\n\s+(?:[^\n]*? from (?<file>[^\s#]+)[^\n]*|[^\n]*)\n\s+Expected sha256 (?<expected>[0-9a-f]+)(?:\n\s+Expected\s+or [0-9a-f]+)*\s+Got\s+(?<got>[0-9a-f]+)", RegexOptions.CultureInvariant)]
    private static partial Regex HashReport();

    [GeneratedRegex(@"^    (\S+) ?(?:--hash=|from )", RegexOptions.CultureInvariant)]
    private static partial Regex Unhashed();

    [GeneratedRegex(@"Package '([^']+)' requires a different Python: (\S+) not in '([^']+)'", RegexOptions.CultureInvariant)]
    private static partial Regex OtherPythonPackage();

    [GeneratedRegex(@"Ignored the following versions that require a different python version: ([^\n]+)", RegexOptions.CultureInvariant)]
    private static partial Regex IgnoredVersions();

    [GeneratedRegex(@"Could not find a version that satisfies the requirement ([^\n]+?)(?: \(from [^v][^\n]*?\))? \(from versions: ([^\n]*)\)", RegexOptions.CultureInvariant)]
    private static partial Regex NotFound();

    [GeneratedRegex(@"ERROR: (\S+\.whl) is not a supported wheel on this platform", RegexOptions.CultureInvariant)]
    private static partial Regex UnsupportedWheel();

    [GeneratedRegex(@"(?:wheel|file|zip|tar)[^\n]*? '?([^'\s]+)'?\)? has a file [^\n]*outside (?:the )?target directory", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex OutsideTarget();

    [GeneratedRegex(@"ERROR: (?:Wheel '[^\n]*is invalid|[^\n]*has an invalid wheel[^\n]*|[^\n]*inconsistent (?:name|version|Name|Version)[^\n]*|[^\n]*not a zip file[^\n]*)", RegexOptions.CultureInvariant)]
    private static partial Regex InvalidFile();
}
