using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Core.Locks;

namespace Slipway.Environments.Requests;

/// <summary>A lock file (PEP 751) that a request brings along.</summary>
/// <param name="Document">What it says.</param>
/// <param name="Path">The absolute path that it was read from: for messages, and what paths in it are relative to.</param>
/// <param name="IsStrict">Whether the lock is followed or the request refused; else its versions may serve as constraints only.</param>
public sealed record ImportedLock(Pylock Document, string Path, bool IsStrict)
{
    // A lock is long, and its digest is asked for several times in a run.
    private static readonly ConditionalWeakTable<Pylock, string> Digests = [];

    /// <summary>The extras of the lock that are asked for.</summary>
    public ImmutableArray<string> Extras { get; init; } = [];

    /// <summary>The dependency groups of the lock that are asked for; the lock's own default groups when none are.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>
    /// What each of <see cref="Directories"/> held when the request was read (<see cref="RequestedPackage.LocalContent"/>), or why it cannot be used: that
    /// matters only where the lock is followed.
    /// </summary>
    internal ImmutableSortedDictionary<string, Result<string>> Trees { get; init; } = ImmutableSortedDictionary.Create<string, Result<string>>(StringComparer.Ordinal);

    /// <summary>The absolute paths of the directories that the lock names, each once. Only paths relative to the lock are taken.</summary>
    internal IEnumerable<string> Directories => Document.Packages
        .Where(package => package.Directory is { } directory && !System.IO.Path.IsPathRooted(directory.Path))
        .Select(package => FullPath(package.Directory!.Path))
        .Distinct(StringComparer.Ordinal);

    /// <summary>The absolute paths of the files that the lock names beside it.</summary>
    internal IEnumerable<string> Files => Document.Packages
        .SelectMany(static package => package.Wheels.Append(package.Sdist!).Append(package.Archive!))
        .Where(static file => file?.Path is not null)
        .Select(file => FullPath(file.Path!));

    /// <summary>The digest of what the lock says, in hexadecimal digits.</summary>
    internal string Digest => Digests.GetValue(Document, static document => Sha256Digest.Of(PylockWriter.Write(document)).Hex);

    /// <summary>The absolute path that a path in the lock means.</summary>
    internal string FullPath(string path) => System.IO.Path.GetFullPath(path, System.IO.Path.GetDirectoryName(Path)!).TrimEnd('/');
}
