using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Core.Requirements;
using Slipway.Core.Versions;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Locks;
using Slipway.Environments.Sources;

namespace Slipway.Environments.Requests;

/// <summary>What was asked for, loose. Everything that can steer resolution is in it, and nothing else.</summary>
public sealed record EnvironmentRequest
{
    /// <summary>A request for packages alone.</summary>
    /// <param name="requirements">PEP 508 requirements: <c>numpy>=2</c>.</param>
    /// <returns>The request; the first text that is no requirement is the failure.</returns>
    public static Result<EnvironmentRequest> Of(params ReadOnlySpan<string> requirements)
    {
        var packages = ImmutableArray.CreateBuilder<RequestedPackage>(requirements.Length);
        foreach (var text in requirements)
        {
            if (!Requirement.Parse(text).TryGet(out var requirement, out var failure))
            {
                return failure;
            }

            packages.Add(new RequestedPackage(requirement, []));
        }

        return new EnvironmentRequest { Requirements = packages.ToImmutable() };
    }

    /// <summary>The domain and schema number of the request digest.</summary>
    public const string Domain = "slipway.request/1";

    /// <summary>The requirements.</summary>
    public ImmutableArray<RequestedPackage> Requirements { get; init; } = [];

    /// <summary>Constraints: they bound versions but install nothing.</summary>
    public ImmutableArray<RequestedPackage> Constraints { get; init; } = [];

    /// <summary>Versions that are taken where nothing speaks against them: those that a lock had before what is declared changed.</summary>
    public ImmutableArray<PreferredVersion> Preferences { get; init; } = [];

    /// <summary>The declared range of Python versions.</summary>
    public VersionSpecifierSet RequiresPython { get; init; } = VersionSpecifierSet.Any;

    /// <summary>Where that range was declared, for messages: no part of the request's identity.</summary>
    public ImmutableArray<PythonDeclaration> PythonDeclarations { get; init; } = [];

    /// <summary>The interpreter that a flag, a variable or a pin file names; null means the first on PATH in range.</summary>
    public InterpreterRequest? Python { get; init; }

    /// <summary>What is asked of conda; null when nothing is.</summary>
    public CondaRequest? Conda { get; init; }

    /// <summary>The lock file that comes with the declaration; null for none.</summary>
    public ImportedLock? Lock { get; init; }

    /// <summary>The project that is installed so that edits of its sources take effect; null for none.</summary>
    public EditableProject? Editable { get; init; }

    /// <summary>The packages that the lock settles for the chosen interpreter; default until that is known, and where there is none.</summary>
    internal ImmutableArray<PinnedPackage> Pins { get; init; }

    /// <summary>Where packages come from.</summary>
    public PackageSources Sources { get; init; } = PackageSources.Default;

    /// <summary>What builds the environment.</summary>
    public string Provisioner { get; init; } = "pip";

    /// <summary>Whether the base's site-packages are visible.</summary>
    public SysPathMode SysPathMode { get; init; } = SysPathMode.Isolated;

    /// <summary>Whether the environment sees the packages that its base interpreter has.</summary>
    public bool SeesSite => SysPathMode is SysPathMode.SystemSitePackages || Provisioner is "system";

    /// <summary>
    /// Whether a requirement or the lock names a file or directory of this machine whose content nothing else pins. It is part of the
    /// request's identity and is read again each time, so such a request can never be answered by a launch record.
    /// </summary>
    public bool HasLocalSources => Locals.Any() || (Lock is { } imported && imported.Directories.Any());

    /// <summary>The absolute paths of the files of this machine that it names, whether they are there or not: those of requirements, constraints and the lock.</summary>
    public IEnumerable<string> NamedFiles => Requirements.Concat(Constraints).Where(static package => package.IsLocal)
        .Select(static package => LocalSources.PathOf(package.Requirement.Url!))
        .Concat(Lock?.Files ?? [])
        .Where(static path => !Directory.Exists(path))
        .Distinct(StringComparer.Ordinal);

    /// <summary>What is resolved: the packages that a lock settles, else requirements and constraints.</summary>
    internal ImmutableArray<RequestedPackage> Resolved => Pins.IsDefault ? [.. Requirements, .. Constraints] : [.. Pins.Select(pin => pin.Requested)];

    private IEnumerable<RequestedPackage> Locals => Requirements.Where(package => package.IsLocal);

    /// <summary>The absolute path of the local tree with that digest; null when the request names none.</summary>
    internal string? TreeOf(Sha256Digest digest) => Resolved
        .Where(package => package.LocalContent == $"tree:{digest}")
        .Select(package => LocalSources.PathOf(package.Requirement.Url!))
        .FirstOrDefault();

    /// <summary>The same request where its lock must be followed; null when it must be already, and when there is no lock.</summary>
    internal EnvironmentRequest? AsStrict => Lock is { IsStrict: false } loose ? this with { Lock = loose with { IsStrict = true } } : null;

    /// <summary>The request in canonical form: sorted, so that the order of declarations does not matter.</summary>
    /// <param name="platformKey">The platform that it will be resolved on.</param>
    public CanonicalFields ToFields(string platformKey) => new(
        Domain,
        [
            new("requirements", Lines(Requirements)),
            new("constraints", Lines(Constraints)),
            new("requires_python", RequiresPython.ToString()),
            new("python", Python?.ToString() ?? string.Empty),
            new("index_url", string.Join('\n', Sources.Indexes.Select(index => index.Url))),
            new("find_links", string.Join('\n', Sources.FindLinks)),
            new("provisioner", Provisioner),
            new("sys_path", SysPathMode.ToString()),
            new("platform_key", platformKey),
            .. NarrowedSources(),
            .. LocalContents(),
            .. Lock is { } imported ? LockFields(imported) : [],
            .. Conda?.ToFields(platformKey) ?? [],
            .. Preferences.IsEmpty ? Array.Empty<CanonicalField>() : [new("preferences", string.Join('\n', Preferences.Select(liked => liked.ToLine()).Order(StringComparer.Ordinal)))],
            .. Editable is { } project ? ProjectFields(project) : [],
        ]);

    private static CanonicalField[] ProjectFields(EditableProject project) =>
        [new("project", $"{project.Name.Normalized} in {project.Directory}"), new("project_build", project.Build.Hex)];

    // Only where there is a lock, so that the digests of all other requests stand.
    private static CanonicalField[] LockFields(ImportedLock imported) =>
    [
        new("lock", imported.Digest),
        new("lock_use", imported.IsStrict ? "strict" : "loose"),
        new("lock_extras", string.Join(',', imported.Extras.Order(StringComparer.Ordinal))),
        new("lock_groups", string.Join(',', imported.Groups.Order(StringComparer.Ordinal))),
        .. imported.Trees.IsEmpty ? Array.Empty<CanonicalField>()
            : [new("lock_trees", string.Join('\n', imported.Trees.Select(tree => $"{tree.Key} {(tree.Value.TryGet(out var content, out _) ? content : "unusable")}")))],
    ];

    /// <summary>A few words for people: the first packages, or <c>no packages</c>.</summary>
    public string Describe()
    {
        const int Shown = 3;
        var names = (Requirements.IsEmpty && Lock is { } imported
            ? imported.Document.Packages.Select(package => package.Name.Normalized)
            : [.. Editable is { } project ? [project.Name.Normalized] : Array.Empty<string>(), .. Conda?.Specs.Select(spec => spec.Name) ?? [], .. Requirements.Select(package => package.Requirement.Name.Normalized)]).Distinct(StringComparer.Ordinal).ToList();
        return names.Count switch
        {
            0 => "no packages",
            <= Shown => string.Join(", ", names),
            _ => $"{string.Join(", ", names.Take(Shown))} +{names.Count - Shown}",
        };
    }

    private IEnumerable<CanonicalField> LocalContents()
    {
        if (Locals.Any())
        {
            yield return new("local_sources", string.Join('\n', Locals.Select(package => $"{package.Requirement.Name} {package.LocalContent}").Order(StringComparer.Ordinal)));
        }
    }

    // Only when they are used: a request without them keeps the digest that it always had.
    private IEnumerable<CanonicalField> NarrowedSources()
    {
        if (Sources.Indexes.Any(index => index.Name is not null || !index.Packages.IsEmpty || !index.Never.IsEmpty))
        {
            yield return new("indexes", string.Join('\n', Sources.Indexes.Select(index =>
                $"{index.Name ?? "-"}: {string.Join(' ', index.Packages)}{(index.Never.IsEmpty ? string.Empty : $"; not for: {string.Join(' ', index.Never)}")}")));
        }

        if (Sources is { AsksDefaultIndex: true, Indexes.IsEmpty: false })
        {
            yield return new("default_index", $"not for: {string.Join(' ', Sources.NotFromDefault)}");
        }

        if (Sources.ExcludeNewerText is { } limit)
        {
            yield return new("exclude_newer", limit);
        }
    }

    private static string Lines(ImmutableArray<RequestedPackage> packages) =>
        string.Join('\n', packages.Select(package => package.ToLine()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
}
