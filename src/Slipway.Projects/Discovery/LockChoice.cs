using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Locks;
using Slipway.Core.Requirements;
using Slipway.Core.Text;
using Slipway.Core.Toml;
using Slipway.Environments.Requests;
using Slipway.Projects.Locks;
using Slipway.Projects.Naming;

namespace Slipway.Projects.Discovery;

/// <summary>Finds the lock of a workload (PEP 751) and decides whether it answers what is needed now.</summary>
/// <param name="observer">Reads the files.</param>
/// <param name="policy">What becomes of a lock that does not fit, and whether there must be one.</param>
internal sealed class LockChoice(FileObserver observer, LockPolicy policy)
{
    /// <summary>How a refusal begins that only <c>--locked</c>, or the policy that means the same, is the reason for.</summary>
    public const string Option = "--locked: ";

    /// <summary>A refusal's message for who did not give that option.</summary>
    public static string WithoutOption(string message) => message.StartsWith(Option, StringComparison.Ordinal) ? message[Option.Length..] : message;

    /// <summary>What is said of a lock that is left out.</summary>
    public static string LeftOutBecause(string message) => $"{message} It is left out, and versions are resolved anew.";

    /// <summary>The name of a lock (PEP 751).</summary>
    /// <param name="environment">The named environment; null for a project without named ones.</param>
    public static string FileNameOf(EnvironmentName? environment) => environment is { } name ? $"pylock.{name}.toml" : "pylock.toml";

    /// <summary>A lock that was read.</summary>
    /// <param name="Path">Its path.</param>
    /// <param name="Document">What it says.</param>
    internal sealed record Found(string Path, Pylock Document);

    /// <summary>What became of the lock.</summary>
    /// <param name="Lock">The lock for the request; null to resolve.</param>
    /// <param name="Warning">Why it was left out; null when it was not.</param>
    /// <param name="Standing">The same in one word.</param>
    internal sealed record Verdict(ImportedLock? Lock, string? Warning, LockStanding Standing);

    /// <summary>Reads the lock that an option names, else the one beside the nearest declaration.</summary>
    /// <param name="named">The locks that options name.</param>
    /// <param name="directory">Where a lock would lie; null when there is no declaration.</param>
    /// <param name="environment">The named environment that it would be the lock of; null for a project without named ones.</param>
    public Result<Maybe<Found>> Find(ImmutableArray<string> named, string? directory, EnvironmentName? environment)
    {
        if (named.Length > 1)
        {
            return new Failure(ProjectFailures.LockRefused, $"Two locks are named: {named[0]} and {named[1]}.") { Hint = "Name one." };
        }

        if (named.Length == 1)
        {
            return Read(named[0]);
        }

        var beside = directory is null ? null : Path.Combine(directory, FileNameOf(environment));
        return beside is not null && observer.Exists(beside) ? Read(beside)
            : policy is LockPolicy.Strict ? new Failure(ProjectFailures.LockMissing, directory is null ? "--locked: there is no lock: it would lie beside the nearest declaration." : $"{Option}there is no {beside}.")
            : Maybe<Found>.None;
    }

    /// <summary>Whether there is a lock where one would lie.</summary>
    public bool Exists(string? directory, EnvironmentName? environment) => directory is not null && observer.Exists(Path.Combine(directory, FileNameOf(environment)));

    /// <summary>Decides about a lock.</summary>
    /// <param name="found">The lock.</param>
    /// <param name="need">What is needed now.</param>
    public Result<Verdict> Judge(Found found, LockNeed need)
    {
        var accepted = new Verdict(new ImportedLock(LockFacts.WithoutProject(found.Document, found.Path, need.Editable), found.Path, policy is LockPolicy.Strict) { Extras = need.Extras, Groups = need.Groups }, null, LockStanding.Used);
        if (need.IsLockAlone)
        {
            return accepted;
        }

        if (LockFacts.Of(found.Document) is { } facts)
        {
            return (facts.Difference(need.Requirements, found.Path) ?? LockFacts.CondaDifference(found.Document, need.Conda) ?? LockFacts.ProjectDifference(found.Document, need.Editable)) is { } difference
                ? LeftOut(found, need, $"{found.Path} is out of date: {difference}.", "`slipway lock` brings it up to date; or run without --locked.")
                : accepted;
        }

        // Another tool's lock does not say what it answers; that is what the project declares.
        if (need.Addition is { } addition)
        {
            return LeftOut(found, need, $"{found.Path} cannot answer {addition}, which comes on top of what it was made for.", "Leave it away, or run without --locked.");
        }

        return (Unsupported(found, "extra", need.Extras, found.Document.Extras)
            ?? Unsupported(found, "dependency group", need.Groups, found.Document.DependencyGroups)) is { } failure ? failure : accepted;
    }

    private Result<Maybe<Found>> Read(string path) => observer.Read(path, Observation.Content)
        .Then(text => PylockReader.Read(text, path))
        .Map(document => Maybe<Found>.Of(new Found(path, document)));

    // A name that the lock takes from a directory (not the project itself), a repository or an archive means what lies there. Without the lock it would come from an index, where
    // anybody may have taken it.
    private Result<Verdict> LeftOut(Found found, LockNeed need, string message, string hint)
    {
        if (policy is LockPolicy.Strict)
        {
            return new Failure(ProjectFailures.LockRefused, $"{Option}{message}") { Hint = hint };
        }

        return found.Document.Packages.FirstOrDefault(package => IsDirect(package) && !need.Requirements.Any(asked => asked.Requirement.Name == package.Name && asked.Requirement.Url is not null)) is { } direct
            ? new Failure(ProjectFailures.LockRefused, $"{message} It takes {direct.Name} from a source of its own, and without the lock that name would come from an index.")
            {
                Hint = "Lock again; or say where the package comes from (name @ path); or accept the index with --no-lock.",
            }
            : new Verdict(null, LeftOutBecause(message), LockStanding.LeftOut);
    }

    private static bool IsDirect(PylockPackage package) => package.Directory is { IsEditable: false } || package.Vcs is not null || package.Archive is not null;

    private static Failure? Unsupported(Found found, string kind, ImmutableArray<string> wanted, ImmutableArray<string> supported)
    {
        string[] known = [.. supported.Select(Normalize)];
        if (wanted.FirstOrDefault(name => !known.Contains(name, StringComparer.Ordinal)) is not { } missing)
        {
            return null;
        }

        var nearest = NearestName.Of(missing, known);
        return new Failure(
            ProjectFailures.LockRefused,
            $"{found.Path} does not support the {kind} {missing}" + (nearest is not null ? $"; did you mean {nearest}?"
                : known.Length == 0 ? $": it was made without any {kind}." : $". It supports: {string.Join(", ", known)}."))
        {
            Hint = $"Lock again with this {kind}.",
        };
    }

    private static string Normalize(string name) => ExtraName.Parse(name).TryGet(out var parsed, out _) ? parsed.Normalized : name;
}
