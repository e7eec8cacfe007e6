using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Core.Locks;
using Slipway.Core.Requirements;
using Slipway.Core.Versions;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Requests;
using Slipway.Environments.Sources;
using Slipway.Projects.Configuration;

namespace Slipway.Projects.Discovery;

/// <summary>Reads what is declared for a workload, with the configuration that was found, into one request.</summary>
internal sealed class DeclarationReading(Surroundings look, EffectiveConfiguration configuration)
{
    private readonly DeclaredRequirements _declared = new(look.Observer, look.Pyprojects, configuration);
    private readonly ImmutableArray<string>.Builder _warnings = ImmutableArray.CreateBuilder<string>();
    private NearestDeclaration? _nearest;

    /// <summary>Reads it; once.</summary>
    public Result<WorkloadDeclaration> Read()
    {
        var named = look.Options.RequirementFiles.Select(look.Full).ToLookup(static path => PylockFileName.IsValid(Path.GetFileName(path)));
        if (!ReadNearest().TryGet(out _, out var failure)
            || !ReadNamed(named[false]).TryGet(out _, out failure)
            || !CheckProject().TryGet(out _, out failure)
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
        if (requirements.IsEmpty && _nearest is null && verdict.Lock is { } alone)
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
            Python = configuration[SettingKey.Python]?.Python,
            Sources = sources,
            Provisioner = configuration[SettingKey.Backend]?.Texts[0] ?? "pip",
            SysPathMode = configuration.IsOn(SettingKey.SystemSitePackages) ? SysPathMode.SystemSitePackages : SysPathMode.Isolated,
            Lock = verdict.Lock,
        };
        if (verdict.Warning is { } warning)
        {
            _warnings.Add(warning);
        }

        return new WorkloadDeclaration(request, look.Subject, Origin(verdict), look.Observer.Seen)
        {
            Warnings = _warnings.ToImmutable(),
            IsOffline = configuration.IsOn(SettingKey.Offline),
            ConstraintPlaces = _declared.ConstraintPlaces,
        };
    }

    private string Origin(LockChoice.Verdict verdict)
    {
        var declared = look.Own is not null ? "the script's own metadata" : _nearest?.Path;
        return (declared, verdict.Lock?.Path) switch
        {
            (null, null) => "no declaration",
            (null, { } path) => path,
            ({ } origin, null) => origin,
            ({ } origin, { } path) => $"{origin}, locked by {path}",
        };
    }

    private Result<Unit> ReadNearest()
    {
        if (look.Own is not null)
        {
            return Unit.Value;
        }

        if (!NearestDeclaration.Find(look.Directory, look.Home, look.Observer, look.Pyprojects).TryGet(out var found, out var failure))
        {
            return failure;
        }

        _nearest = found.OrDefault();
        if (_nearest?.PassedOver(look.Observer) is { } passed && configuration[SettingKey.Groups] is null)
        {
            _warnings.Add($"{passed} is not read: {_nearest.Path} beside it declares dependency groups, and none is asked for with --group.");
        }

        return _nearest switch
        {
            null => Unit.Value,
            { Pyproject: { } pyproject } => _declared.Read(pyproject),
            { Path: var path } => _declared.Read(path),
        };
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
                var instead = look.Own is not null ? "the script declares its own dependencies" : _nearest is null ? "no pyproject.toml was found" : $"the nearest declaration is {_nearest.Path}";
                return new Failure(ProjectFailures.NoProject, $"{origin.Name} {first}: {instead}.") { Location = origin.Location };
            }
        }

        return Unit.Value;
    }

    private Result<LockChoice.Verdict> ReadLock(ImmutableArray<string> locks, IEnumerable<string> files, ImmutableArray<RequestedPackage> with)
    {
        var choice = new LockChoice(look.Observer, look.Options.Locked);
        if (!choice.Find(locks, _nearest?.Directory).TryGet(out var maybe, out var failure))
        {
            return failure;
        }

        if (!maybe.TryGet(out var found))
        {
            return new LockChoice.Verdict(null, null);
        }

        var addition = with.IsEmpty ? files.FirstOrDefault(path => !string.Equals(path, _nearest?.Path, StringComparison.Ordinal)) is { } file ? $"--requirements {file}" : null : $"--with {with[0].Requirement}";
        var isBare = look.Own is null && _nearest is null;
        return isBare && addition is not null
            ? new Failure(ProjectFailures.LockRefused, $"{found.Path} cannot answer {addition}.") { Hint = "Leave one of the two away." }
            : choice.Judge(found, new LockNeed(Requirements(with), _declared.Extras, _declared.Groups, addition, isBare));
    }

    private ImmutableArray<RequestedPackage> Requirements(ImmutableArray<RequestedPackage> with) =>
        [.. look.Own?.Metadata.Dependencies.Select(WithoutHashes) ?? [], .. _declared.Requirements, .. with];

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
