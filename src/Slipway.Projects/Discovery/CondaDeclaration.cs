using System.Collections.Immutable;
using Slipway.Core.Conda;
using Slipway.Core.Failures;
using Slipway.Core.Locks;
using Slipway.Core.Requirements;
using Slipway.Core.Versions;
using Slipway.Environments.Requests;
using Slipway.Projects.Configuration;

namespace Slipway.Projects.Discovery;

/// <summary>What conda-lock would lock, and where.</summary>
/// <param name="File">The absolute path of the environment file.</param>
/// <param name="LockPath">The absolute path of its lock, which need not be there.</param>
/// <param name="Channels">The channels that the configuration puts in place of the file's own; empty for the file's.</param>
public sealed record CondaSources(string File, string LockPath, ImmutableArray<string> Channels);

/// <summary>What conda files declare.</summary>
/// <param name="Request">What is asked of conda, with the lock that answers it.</param>
/// <param name="Pip">What is asked of pip beside it.</param>
/// <param name="Standing">How a conda lock stands to what is needed.</param>
internal sealed record CondaDeclaration(CondaRequest Request, ImmutableArray<RequestedPackage> Pip, LockStanding Standing)
{
    /// <summary>Why the lock was left out; null when it was not.</summary>
    public string? LockWarning { get; init; }

    /// <summary>What conda-lock would lock; null where no environment file declares anything.</summary>
    public CondaSources? Sources { get; init; }

    /// <summary>What the files say and is not followed.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];
}

/// <summary>Reads conda files: an <c>environment.yml</c> and the lock beside it, a lock alone, or an explicit list.</summary>
/// <param name="observer">Reads the files.</param>
/// <param name="configuration">The settings: channels in place of the file's.</param>
/// <param name="policy">What becomes of a lock that does not answer the file.</param>
internal sealed class CondaFiles(FileObserver observer, EffectiveConfiguration configuration, LockPolicy policy)
{
    private const string LockName = "conda-lock.yml";
    private const string LockEnding = "-lock.yml";
    private static readonly string[] EnvironmentNames = ["environment.yml", "environment.yaml"];

    /// <summary>The environment file that a conda file is, or that lies beside it; null when there is none.</summary>
    /// <param name="path">An environment file or a lock.</param>
    /// <param name="observer">Looks.</param>
    public static string? EnvironmentFileOf(string path, FileObserver observer)
    {
        var name = Path.GetFileName(path);
        if (!name.EndsWith(LockEnding, StringComparison.Ordinal))
        {
            return path;
        }

        string[] named = [$"{name[..^LockEnding.Length]}.yml", $"{name[..^LockEnding.Length]}.yaml"];
        return (name is LockName ? EnvironmentNames : named).Select(other => Path.Combine(Path.GetDirectoryName(path)!, other)).FirstOrDefault(observer.Exists);
    }

    /// <summary>What an environment file calls its environment; null when it does not say, or cannot be read.</summary>
    /// <param name="path">An environment file or a lock.</param>
    /// <param name="observer">Reads it.</param>
    public static string? NameOf(string path, FileObserver observer) =>
        EnvironmentFileOf(path, observer) is { } file
        && observer.Read(file, Observation.Content).Then(text => CondaEnvironmentFile.Parse(text, file, Path.GetDirectoryName(file)!)).TryGet(out var read, out _) ? read.Name : null;

    /// <summary>Reads what a file and what lies beside it declare.</summary>
    /// <param name="path">An environment file, a lock or an explicit list.</param>
    public Result<CondaDeclaration> Read(string path)
    {
        var directory = Path.GetDirectoryName(path)!;
        if (EnvironmentFileOf(path, observer) is not { } file)
        {
            return ReadLock(path).Map(Alone);
        }

        if (!observer.Read(file, Observation.Content).TryGet(out var text, out var failure))
        {
            return failure;
        }

        if (CondaExplicitList.IsMarked(text))
        {
            return CondaExplicitList.Parse(text, file).Then(list => Explicit(file, list)).Map(Alone);
        }

        var beside = Beside(file);
        return CondaEnvironmentFile.Parse(text, file, directory)
            .Map(read => Declared(read) with { Sources = new CondaSources(file, beside, Channels([])) })
            .Then(declared => policy is not LockPolicy.Ignore && observer.Exists(beside) ? ReadLock(beside).Then(locked => Judge(declared, locked)) : declared);
    }

    private CondaDeclaration Declared(CondaEnvironmentFile file) => new(
        new CondaRequest(Channels(file.Channels), file.Specs) { Variables = file.Variables },
        [.. file.Pip.Select(static line => new RequestedPackage(line.Requirement, line.Hashes))],
        LockStanding.Missing) { Warnings = file.Warnings };

    // Nothing but the lock says what is needed.
    private CondaDeclaration Alone(ImportedCondaLock locked) =>
        new(new CondaRequest(Channels([]), []) { Lock = locked }, [], LockStanding.Used);

    private ImmutableArray<string> Channels(ImmutableArray<string> declared) => configuration[SettingKey.Channels] is { } setting ? [.. setting.Texts] : declared;

    // As conda-lock and people name them: beside environment.yml, and beside environment.gpu.yml.
    private static string Beside(string file) => Path.Combine(
        Path.GetDirectoryName(file)!, EnvironmentNames.Contains(Path.GetFileName(file), StringComparer.Ordinal) ? LockName : $"{Path.GetFileNameWithoutExtension(file)}{LockEnding}");

    private Result<ImportedCondaLock> ReadLock(string path) =>
        observer.Read(path, Observation.Content).Then(text => CondaLockFile.Parse(text, path)).Then(file => Import(path, file));

    private static Result<ImportedCondaLock> Import(string path, CondaLockFile file)
    {
        var platforms = file.Platforms.Distinct(StringComparer.Ordinal).ToList();
        var packages = platforms.ToDictionary(platform => platform, _ => ImmutableArray.CreateBuilder<CondaPackage>(), StringComparer.Ordinal);
        var pip = platforms.ToDictionary(platform => platform, _ => ImmutableArray.CreateBuilder<RequestedPackage>(), StringComparer.Ordinal);
        foreach (var entry in file.Entries.Where(entry => entry.Category is CondaLockFile.MainCategory))
        {
            if (!packages.TryGetValue(entry.Platform, out var ofPlatform))
            {
                return new Failure(CoreLockInvalid, $"{entry.Name} is for {Core.Text.Shown.Quote(entry.Platform)}, which metadata.platforms does not name.") { Location = entry.At };
            }

            if (entry.IsPip)
            {
                if (!PipFile(entry).TryGet(out var named, out var refused))
                {
                    return refused;
                }

                pip[entry.Platform].Add(named);
            }
            else if (CondaPackage.Create(entry.Url, entry.Sha256, entry.Md5, entry.At).TryGet(out var package, out var failure))
            {
                ofPlatform.Add(package);
            }
            else
            {
                return failure;
            }
        }

        return new ImportedCondaLock(path, Sorted(packages)) { Pip = Sorted(pip) };
    }

    // With the hash in its address, so that what an option adds to it needs none.
    private static Result<RequestedPackage> PipFile(CondaLockEntry entry) => entry.Sha256.Length == 0
        ? new Failure(CoreLockInvalid, $"{entry.Name} {entry.Version} has no SHA-256, so nothing says which file pip must install.") { Location = entry.At }
        : Requirement.Parse($"{entry.Name} @ {entry.Url.Split('#')[0]}#sha256={entry.Sha256}", entry.At).Map(static requirement => new RequestedPackage(requirement, []));

    private static ImmutableSortedDictionary<string, ImmutableArray<T>> Sorted<T>(Dictionary<string, ImmutableArray<T>.Builder> found) =>
        found.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value.ToImmutable(), StringComparer.Ordinal);

    private static FailureCode CoreLockInvalid => Core.CoreFailures.CondaLockInvalid;

    // A list does not say its platform; that of its packages does.
    private static Result<ImportedCondaLock> Explicit(string path, CondaExplicitList list)
    {
        string[] platforms = [.. list.Packages.Select(package => package.Platform).Where(platform => platform is not CondaPlatform.Any).Distinct(StringComparer.Ordinal)];
        if (platforms.Length > 1)
        {
            return new Failure(CoreLockInvalid, $"{path} holds packages of several platforms: {string.Join(", ", platforms)}.");
        }

        var all = (platforms.Length == 0 ? ["linux-64", "linux-aarch64"] : platforms).ToImmutableSortedDictionary(platform => platform, _ => list.Packages, StringComparer.Ordinal);
        return new ImportedCondaLock(path, all);
    }

    // By what it holds: the hash that conda-lock records cannot be made again, and times of files mean nothing after a checkout.
    private Result<CondaDeclaration> Judge(CondaDeclaration declared, ImportedCondaLock locked)
    {
        if (Difference(declared, locked) is not { } difference)
        {
            return declared with { Request = declared.Request with { Lock = locked }, Standing = LockStanding.Used };
        }

        var message = $"{locked.Path} is out of date: {difference}.";
        return policy is LockPolicy.Strict
            ? new Failure(ProjectFailures.LockRefused, $"{LockChoice.Option}{message}") { Hint = "Make it anew with `slipway lock`, which runs conda-lock; or run without --locked." }
            : declared with { Standing = LockStanding.LeftOut, LockWarning = LockChoice.LeftOutBecause(message) };
    }

    private static string? Difference(CondaDeclaration declared, ImportedCondaLock locked)
    {
        foreach (var (platform, packages) in locked.Packages)
        {
            foreach (var spec in declared.Request.Specs)
            {
                if (packages.FirstOrDefault(package => package.Name == spec.Name) is not { } package)
                {
                    return $"{spec} is needed, and it has no {spec.Name} for {platform}";
                }

                if (!spec.Allows(package.Version))
                {
                    return $"{spec} is needed, and it has {package.Name} {package.Version} for {platform}";
                }
            }
        }

        return PipDifference(declared, locked);
    }

    private static string? PipDifference(CondaDeclaration declared, ImportedCondaLock locked)
    {
        foreach (var (platform, packages) in locked.Pip)
        {
            foreach (var requirement in declared.Pip.Select(package => package.Requirement))
            {
                if (packages.FirstOrDefault(package => package.Requirement.Name == requirement.Name) is not { } there)
                {
                    // What conda brings along satisfies pip too.
                    if (locked.Packages[platform].All(package => package.Name != requirement.Name.Normalized))
                    {
                        return $"{requirement} is needed of pip, and it has none for {platform}";
                    }
                }
                else if (VersionOf(there) is { } version && !requirement.Specifiers.IsEmpty && !requirement.Specifiers.Contains(version, prereleases: true))
                {
                    return $"{requirement} is needed of pip, and it has {requirement.Name} {version} for {platform}";
                }
            }
        }

        return null;
    }

    // Only a wheel tells its version in its name without doubt; of what is built pip says so.
    private static PepVersion? VersionOf(RequestedPackage package)
    {
        var path = package.Requirement.Url!.Split('#')[0];
        return WheelFileName.Parse(path[(path.LastIndexOf('/') + 1)..]).TryGet(out var wheel, out _) ? wheel.Version : null;
    }
}
