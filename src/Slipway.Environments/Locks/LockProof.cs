using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Requirements;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Requests;

namespace Slipway.Environments.Locks;

/// <summary>
/// What can only be said of a lock once its packages were looked into: whether they are what it says, and whether it holds what the
/// request's extras need. Other tools' locks do not say which extras they were made with.
/// </summary>
/// <param name="request">The request, settled by its lock.</param>
/// <param name="interpreter">For which interpreter.</param>
/// <param name="found">What was found for it.</param>
internal sealed class LockProof(EnvironmentRequest request, Interpreter interpreter, ResolvedLock found)
{
    private readonly ImmutableDictionary<PackageName, LockedFile> _files = found.Files.ToImmutableDictionary(file => file.Name);

    /// <summary>Checks it.</summary>
    /// <returns>
    /// <see cref="EnvironmentFailures.HashMismatch"/> when a package is another one than the lock says, <see cref="EnvironmentFailures.StaleLock"/> when the lock
    /// does not cover the request; null when all is well, and for a request without a lock.
    /// </returns>
    public Failure? Check() => request is { Pins.IsDefault: false, Lock: { } imported }
        ? request.Pins.Select(pin => CheckPin(pin, imported)).FirstOrDefault(failure => failure is not null)
            ?? Asked.Select(requirement => CheckVersion(requirement, imported)).FirstOrDefault(failure => failure is not null)
            ?? CheckExtras(imported)
        : null;

    private IEnumerable<Requirement> Asked => request.Requirements.Select(package => package.Requirement).Where(requirement => requirement.Marker?.Evaluate(interpreter.Markers) ?? true);

    private Failure? CheckPin(PinnedPackage pin, ImportedLock imported)
    {
        // What the system has, and is to be used as it stands, is no file.
        if (!_files.TryGetValue(pin.Name, out var file))
        {
            return null;
        }

        return !pin.Accepts(file)
            ? new Failure(EnvironmentFailures.HashMismatch, $"{imported.Path}: {file.FileName} from {file.Url} is not what the lock says of {pin.Name}.")
            : pin.Version is { } version && version != file.Version
                ? new Failure(EnvironmentFailures.StaleLock, $"{imported.Path} has {pin.Name} {version}, and its source is {file.Version} now.")
                : null;
    }

    private Failure? CheckVersion(Requirement requirement, ImportedLock imported) =>
        _files.TryGetValue(requirement.Name, out var file) && !requirement.Specifiers.IsEmpty && !requirement.Specifiers.Contains(file.Version, prereleases: true)
            ? new Failure(EnvironmentFailures.StaleLock, $"{imported.Path} has {file.Name} {file.Version}, and {requirement} is asked for.")
            : null;

    // Only that they are there: a lock may hold other versions than metadata wants, where its maker was told to override it.
    private Failure? CheckExtras(ImportedLock imported)
    {
        var seen = new HashSet<(PackageName, string)>();
        var ahead = new Queue<(PackageName Name, string Extra)>(Asked.SelectMany(Wanted));
        while (ahead.TryDequeue(out var next))
        {
            if (!seen.Add(next))
            {
                continue;
            }

            foreach (var need in NeedsOf(next.Name, next.Extra))
            {
                if (!_files.ContainsKey(need.Name) && !found.Installed.Any(package => package.Name == need.Name))
                {
                    return new Failure(EnvironmentFailures.StaleLock, $"{imported.Path} has no {need.Name}, which {next.Name}[{next.Extra}] needs.");
                }

                foreach (var further in Wanted(need))
                {
                    ahead.Enqueue(further);
                }
            }
        }

        return null;
    }

    private static IEnumerable<(PackageName Name, string Extra)> Wanted(Requirement requirement) => requirement.Extras.Select(extra => (requirement.Name, extra.Normalized));

    // Metadata that is not valid is the package's own business: pip has judged it.
    private IEnumerable<Requirement> NeedsOf(PackageName name, string extra) =>
        from line in _files.TryGetValue(name, out var file) ? file.Requires : []
        let need = Requirement.Parse(line)
        where need.IsOk && need.Value.Marker is { } marker && marker.Evaluate(interpreter.Markers, [extra]) && !marker.Evaluate(interpreter.Markers)
        select need.Value;
}
