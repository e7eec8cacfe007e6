using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Core.Locks;
using Slipway.Core.Requirements;
using Slipway.Core.Toml;
using Slipway.Core.Versions;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Requests;
using Slipway.Environments.Sources;
using Slipway.Environments.Subjects;
using Slipway.Projects.Backends;
using Slipway.Projects.Configuration;
using Slipway.Projects.Locks;

namespace Slipway.Projects.Discovery;

/// <summary>Reads what is declared for a workload, with the configuration that was found, into one request.</summary>
internal sealed class DeclarationReading(Surroundings look, EffectiveConfiguration configuration)
{
    private readonly DeclaredRequirements _declared = new(look.Observer, look.Pyprojects, configuration);
    private readonly ImmutableArray<string>.Builder _warnings = ImmutableArray.CreateBuilder<string>();
    private NearestDeclaration? _nearest;
    private BackendChoice _backend = BackendDetector.Choose(null, new BackendSigns(null, null, null), () => false);
    private CondaDeclaration? _conda;
    private string? _origin;
    private EditableProject? _editable;

    /// <summary>Reads it; once.</summary>
    public Result<WorkloadDeclaration> Read()
    {
        if (look.Own is null && configuration is { Environment: null, Environments.IsEmpty: false })
        {
            return EnvironmentSelection.NoneChosen(configuration.Environments);
        }

        var named = look.Options.RequirementFiles.Select(look.Full).ToLookup(static path => PylockFileName.IsValid(Path.GetFileName(path)));
        if (!ReadDeclared().TryGet(out _, out var failure)
            || !ReadNamed(named[false]).TryGet(out _, out failure)
            || !CheckProject().TryGet(out _, out failure)
            || !ReadEditable().TryGet(out _, out failure)
            || !ParseWith(look.Options.With).TryGet(out var with, out failure)
            || !ReadLock([.. named[true]], named[false], with).TryGet(out var verdict, out failure)
            || !SourceSettings.Read(configuration).TryGet(out var sources, out failure))
        {
            return failure;
        }

        return Declare(verdict, with, sources);
    }

    private WorkloadDeclaration Declare(LockChoice.Verdict verdict, ImmutableArray<RequestedPackage> with, PackageSources sources)
    {
        var requirements = Requirements(with);
        if (requirements.IsEmpty && _origin is null && verdict.Lock is { } alone)
        {
            requirements = LockFacts.Of(alone.Document)?.ToPackages(alone.Path) ?? [];
        }

        var pythons = look.Own?.Metadata is { RequiresPython: { } range, RequiresPythonAt: { } at } ? _declared.Pythons.Add(new PythonDeclaration(range, at)) : _declared.Pythons;
        var request = new EnvironmentRequest
        {
            Requirements = requirements,
            Constraints = _declared.Constraints,
            RequiresPython = pythons.Aggregate(VersionSpecifierSet.Any, static (all, declared) => all.Intersect(declared.Range)),
            PythonDeclarations = pythons,
            Python = _conda is null ? configuration[SettingKey.Python]?.Python : null,
            Sources = sources,
            Provisioner = _backend.Kind,
            SysPathMode = configuration.IsOn(SettingKey.SystemSitePackages) ? SysPathMode.SystemSitePackages : SysPathMode.Isolated,
            Lock = verdict.Lock,
            Conda = _conda?.Request,
            Editable = _editable,
        };
        if (verdict.Warning is { } warning)
        {
            _warnings.Add(warning);
        }

        return new WorkloadDeclaration(request, Subject, Origin(verdict), look.Observer.Seen)
        {
            Warnings = [.. configuration.Warnings, .. _warnings],
            Backend = _backend,
            Environment = configuration.Environment?.Name,
            ProjectPath = ProjectPath(),
            LockStanding = verdict.Standing,
            LockWarning = verdict.Warning,
            LockPath = verdict.Lock?.Path ?? (LockDirectory is { } directory ? Path.Combine(directory, LockChoice.FileNameOf(configuration.Environment?.Name)) : null),
            CondaSources = _conda?.Sources,
            IsOffline = configuration.IsOn(SettingKey.Offline),
            ConstraintPlaces = _declared.ConstraintPlaces,
        };
    }

    // The project is never installed into what others share: its sources are seen where they lie.
    private string? ProjectPath()
    {
        if (configuration[SettingKey.Project]?.Texts[0] is { } and not "path" || _nearest is not { Pyproject.Document.HasProject: true, Directory: var directory })
        {
            return null;
        }

        var sources = Path.Combine(directory, "src");
        return look.Observer.IsBoundary(sources) ? sources : directory;
    }

    private bool IsEditable => look.Own is null && configuration[SettingKey.Project]?.Texts[0] is "editable";

    // Files that an environment names count in place of the nearest declaration, but not in place of the project itself.
    private Result<Maybe<PyprojectFile>> FindProject() =>
        _nearest is { Pyproject: { Document.HasProject: true } nearest } ? Maybe<PyprojectFile>.Of(nearest)
        : _nearest is null && configuration.ProjectDirectory is { } directory ? look.Pyprojects.Find(directory).Map(static found => found.TryGet(out var file) && file.Document.HasProject ? found : Maybe<PyprojectFile>.None)
        : Maybe<PyprojectFile>.None;

    private Result<Unit> ReadEditable()
    {
        if (!IsEditable)
        {
            return Unit.Value;
        }

        var origin = configuration[SettingKey.Project]!.Origin;
        if (_backend.Kind is not ("pip" or BackendDetector.Uv))
        {
            return new Failure(ProjectFailures.EditableUnfit, $"{origin.Name}: the backend {_backend.Kind} cannot install the project editable.") { Location = origin.Location };
        }

        if (!FindProject().TryGet(out var maybe, out var failure))
        {
            return failure;
        }

        return !maybe.TryGet(out var file)
            ? new Failure(ProjectFailures.NothingEditable, $"{origin.Name}: {(_nearest is null ? "no pyproject.toml with [project] was found" : $"{_origin}, the nearest declaration, has no [project]")}.") { Location = origin.Location }
            : new EditableInputs(look.Observer).Read(file).Map(project =>
            {
                _editable = project;
                return Unit.Value;
            });
    }

    // Two environments of one project have two histories.
    private Subject Subject => configuration.Environment is { } environment ? new Subject($"{look.Subject.Name} with {environment.Name}") : look.Subject;

    private string Origin(LockChoice.Verdict verdict)
    {
        var declared = look.Own is not null ? "the script's own metadata" : _origin;
        return (declared, verdict.Lock?.Path) switch
        {
            (null, null) => "no declaration",
            (null, { } path) => path,
            ({ } origin, null) => origin,
            ({ } origin, { } path) => $"{origin}, locked by {path}",
        };
    }

    // The files that an environment names count in place of the nearest declaration.
    private Result<Unit> ReadDeclared()
    {
        if (look.Own is not null)
        {
            return Choose(new BackendSigns(null, null, null));
        }

        if (configuration[SettingKey.Requirements] is not null || configuration[SettingKey.EnvFile] is not null)
        {
            return ReadConfigured();
        }

        if (!NearestDeclaration.Find(look.Directory, look.Home, look.Observer, look.Pyprojects).TryGet(out var found, out var failure))
        {
            return failure;
        }

        _nearest = found.OrDefault();
        return Choose(new BackendSigns(_nearest?.Conda, _nearest?.Python, _nearest?.UvSign(look.Observer))).Then(_ => ReadNearest());
    }

    private Result<Unit> ReadConfigured()
    {
        var files = configuration[SettingKey.Requirements]?.Texts ?? [];
        if (IsEditable && FindProject().TryGet(out var found, out _) && found.TryGet(out var project) && !files.Contains(project.Path, StringComparer.Ordinal))
        {
            // Who installs a project needs what it depends on.
            files = files.Add(project.Path);
        }

        var read = Choose(new BackendSigns(configuration[SettingKey.EnvFile]?.Texts[0], files.FirstOrDefault(), null))
            .Then(_ => _backend.Kind is BackendDetector.Micromamba ? ReadConda(_origin!) : Unit.Value)
            .Then(_ => ReadNamed(files));
        var key = _backend.Kind is BackendDetector.Micromamba ? SettingKey.EnvFile : SettingKey.Requirements;
        return read.TryGet(out _, out var failure) ? read : failure with { Location = failure.Location ?? configuration[key]?.Origin.Location };
    }

    private Result<Unit> Choose(BackendSigns signs)
    {
        _backend = BackendDetector.Choose(configuration[SettingKey.Backend], signs, look.HasUv);
        _origin = _backend.Kind is BackendDetector.Micromamba ? signs.Conda : signs.Python;
        if (_backend.Warning is { } warning)
        {
            _warnings.Add(warning);
        }

        return (_backend.Kind, signs) switch
        {
            (BackendDetector.Micromamba, { Conda: null }) => new Failure(
                ProjectFailures.BackendUnfit, $"The backend micromamba needs an environment.yml or a conda-lock.yml{(look.Own is null ? $", and {look.Directory} has none" : $", and {look.Own.Path} declares its own dependencies")}."),
            (not BackendDetector.Micromamba, { Conda: { } conda, Python: null }) => new Failure(
                ProjectFailures.BackendUnfit, $"{conda} declares conda packages, which the backend {_backend.Kind} cannot install ({_backend.Sentence})."),
            _ => Unit.Value,
        };
    }

    private Result<Unit> ReadNearest()
    {
        if (_backend.Kind is BackendDetector.Micromamba)
        {
            return ReadConda(_nearest!.Conda!);
        }

        if (_nearest?.PassedOver(look.Observer) is { } passed && configuration[SettingKey.Groups] is null)
        {
            _warnings.Add($"{passed} is not read: {_nearest.Python} beside it declares dependency groups, and none is asked for with --group.");
        }

        return _nearest switch
        {
            { Pyproject: { } pyproject } => _declared.Read(pyproject),
            { Requirements: { } path } => _declared.Read(path),
            _ => Unit.Value,
        };
    }

    private Result<Unit> ReadConda(string path)
    {
        if (!new CondaFiles(look.Observer, configuration, Policy).Read(path).TryGet(out _conda, out var failure))
        {
            return failure;
        }

        _warnings.AddRange(_conda.Warnings);
        if (configuration[SettingKey.Python] is { } wish)
        {
            _warnings.Add($"The Python {wish.Python?.Text} of {wish.Origin} is not followed: conda's packages bring their own. Name its version in {path}.");
        }

        return Unit.Value;
    }

    private Result<Unit> ReadNamed(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            if (!_declared.Read(path).TryGet(out _, out var failure))
            {
                return failure;
            }
        }

        return Unit.Value;
    }

    // What a file says for all that is below it does not concern a script that is complete by itself.
    private Result<Unit> CheckProject()
    {
        foreach (var key in (ReadOnlySpan<SettingKey>)[SettingKey.Extras, SettingKey.Groups])
        {
            if (_declared.Project is null && configuration[key] is { Texts: [var first, ..], Origin: var origin }
                && (look.Own is null || origin.Layer >= SettingLayer.Script))
            {
                var instead = look.Own is not null ? "the script declares its own dependencies" : _origin is null ? "no pyproject.toml was found" : $"the nearest declaration is {_origin}";
                return new Failure(ProjectFailures.NoProject, $"{origin.Name} {first}: {instead}.") { Location = origin.Location };
            }
        }

        return Unit.Value;
    }

    private Result<LockChoice.Verdict> ReadLock(ImmutableArray<string> locks, IEnumerable<string> files, ImmutableArray<RequestedPackage> with)
    {
        var policy = Policy;
        if (policy is LockPolicy.Ignore && locks.IsEmpty)
        {
            return new LockChoice.Verdict(null, null, LockStanding.Ignored);
        }

        var choice = new LockChoice(look.Observer, policy);
        if (_conda is { Standing: not LockStanding.Missing } && locks.IsEmpty && !choice.Exists(LockDirectory, configuration.Environment?.Name))
        {
            return new LockChoice.Verdict(null, _conda.LockWarning, _conda.Standing);
        }

        if (!choice.Find(locks, LockDirectory, configuration.Environment?.Name).TryGet(out var maybe, out var failure))
        {
            return failure;
        }

        if (!maybe.TryGet(out var found))
        {
            return new LockChoice.Verdict(null, null, LockDirectory is null ? LockStanding.NotNeeded : LockStanding.Missing);
        }

        var addition = with.IsEmpty ? files.FirstOrDefault(path => !string.Equals(path, _origin, StringComparison.Ordinal)) is { } file ? $"--requirements {file}" : null : $"--with {with[0].Requirement}";
        var isBare = look.Own is null && _origin is null;
        return isBare && addition is not null
            ? new Failure(ProjectFailures.LockRefused, $"{found.Path} cannot answer {addition}.") { Hint = "Leave one of the two away." }
            : choice.Judge(found, new LockNeed(Requirements(with), _declared.Extras, _declared.Groups, addition, isBare, _conda?.Request, _editable));
    }

    // A script that is complete by itself has no lock that a project could ask for.
    private LockPolicy Policy => look.Options.Locked ? LockPolicy.Strict
        : look.Options.NoLock ? LockPolicy.Ignore
        : look.Own is null && configuration[SettingKey.LockPolicy] is { Texts: [var text] } ? Enum.Parse<LockPolicy>(text, ignoreCase: true)
        : LockPolicy.Warn;

    // The locks of named environments lie beside the file that declares them.
    private string? LockDirectory => configuration.Environment is null ? _nearest?.Directory : configuration.ProjectDirectory;

    private ImmutableArray<RequestedPackage> Requirements(ImmutableArray<RequestedPackage> with) =>
        [.. look.Own?.Metadata.Dependencies.Select(WithoutHashes) ?? [], .. _conda?.Pip ?? [], .. _declared.Requirements, .. with];

    private static RequestedPackage WithoutHashes(Requirement requirement) => new(requirement, []);

    private Result<ImmutableArray<RequestedPackage>> ParseWith(ImmutableArray<string> texts)
    {
        var requirements = ImmutableArray.CreateBuilder<RequestedPackage>(texts.Length);
        foreach (var text in texts)
        {
            if (!LocalRequirement.Parse(text, look.Full("."), new FailureLocation("--with")).TryGet(out var requirement, out var failure))
            {
                return failure;
            }

            requirements.Add(requirement);
        }

        return requirements.ToImmutable();
    }
}
