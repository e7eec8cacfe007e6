using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Core.Locks;
using Slipway.Core.Requirements;
using Slipway.Core.Versions;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Requests;

namespace Slipway.Environments.Locks;

/// <summary>The exact set that a request resolved to: a PEP 751 document and what we read out of it.</summary>
/// <param name="Document">The document.</param>
/// <param name="Files">One file for each package, sorted by name.</param>
/// <param name="Digest">The lock digest.</param>
public sealed record ResolvedLock(Pylock Document, ImmutableArray<LockedFile> Files, Sha256Digest Digest)
{
    /// <summary>The packages that are used where the interpreter has them, sorted by name.</summary>
    public ImmutableArray<InstalledPackage> Installed { get; init; } = [];

    /// <summary>What conda installs; null when nothing is asked of it.</summary>
    public CondaSet? Conda { get; init; }

    /// <summary>The project that is installed so that edits of its sources take effect; null for none.</summary>
    public EditableProject? Editable { get; init; }

    /// <summary>The lock of a request, from one file for each package that is installed and the packages that are used as they stand.</summary>
    public static ResolvedLock For(
        EnvironmentRequest request, Interpreter interpreter, IEnumerable<LockedFile> files, ImmutableArray<InstalledPackage> installed)
    {
        // What depends on the project gets the project.
        var sorted = Sorted(files.Where(file => file.Name != request.Editable?.Name));
        ImmutableArray<InstalledPackage> used = [.. installed.Where(package => package.Name != request.Editable?.Name)];
        return new ResolvedLock(LockDocument.Create(request, interpreter, sorted, used), sorted, DigestOf(sorted, used, conda: null, request.Editable))
        {
            Installed = used,
            Editable = request.Editable,
        };
    }

    /// <summary>The lock of a request whose packages bring their own interpreter, or need none.</summary>
    public static ResolvedLock For(EnvironmentRequest request, CondaSet conda, IEnumerable<LockedFile> files)
    {
        var sorted = Sorted(files);
        return new ResolvedLock(LockDocument.Create(request, conda, sorted), sorted, DigestOf(sorted, [], conda, project: null)) { Conda = conda };
    }

    private static ImmutableArray<LockedFile> Sorted(IEnumerable<LockedFile> files) => [.. files.OrderBy(file => file.Name.Normalized, StringComparer.Ordinal)];

    /// <summary>Reads a lock back from its text.</summary>
    /// <param name="text">A <c>pylock.toml</c>.</param>
    /// <param name="source">Its name, for messages.</param>
    public static Result<ResolvedLock> Read(string text, string source) => PylockReader.Read(text, source).Then(document =>
        LockDocument.FilesOf(document, source).Map(files =>
        {
            var (installed, conda, project) = (LockDocument.InstalledOf(document), CondaSet.Of(document), LockedProject.Of(document));
            return new ResolvedLock(document, files, DigestOf(files, installed, conda, project)) { Installed = installed, Conda = conda, Editable = project };
        }));

    /// <summary>The lock as <c>pylock.toml</c>.</summary>
    public string ToText() => PylockWriter.Write(Document);

    /// <summary>The Python of an environment that is made from it: the one that its packages bring, else the base interpreter.</summary>
    /// <param name="interpreter">The base interpreter; null where there is none.</param>
    public PythonIdentity PythonOn(Interpreter? interpreter) => Conda?.PythonIdentity ?? interpreter?.ToIdentity() ?? PythonIdentity.None;

    /// <summary>The names and versions of all packages for people, what was asked for by name first.</summary>
    public IEnumerable<string> Names =>
        [.. Editable is { } project ? [$"{project.Name} (editable)"] : Array.Empty<string>(), .. Conda?.Names ?? [], .. Files.Select(file => $"{file.Name} {file.Version}"), .. Installed.Select(package => $"{package.Name} {package.Version}")];

    /// <summary>For people: <c>3 packages</c>.</summary>
    public string Describe() => (Files.Length + Installed.Length + (Conda?.Packages.Length ?? 0) + (Editable is null ? 0 : 1)) switch
    {
        0 => "no packages",
        1 => "1 package",
        var count => $"{count} packages",
    };

    // Of the project only that it is there: where it lies and what its build reads are of this machine, and stand in the environment key.
    private static Sha256Digest DigestOf(ImmutableArray<LockedFile> files, ImmutableArray<InstalledPackage> installed, CondaSet? conda, EditableProject? project) => LockDigest.Compute(
        [
            .. project is null ? Array.Empty<LockedPackage>() : [new LockedPackage(project.Name, string.Empty, "editable")],
            .. files.Select(file => new LockedPackage(file.Name, file.Version.ToString(), file.Content)),
            .. installed.Select(package => new LockedPackage(package.Name, package.Version, package.Pin)),
        ],
        conda?.ToFields());
}
