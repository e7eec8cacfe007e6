using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Core.Locks;
using Slipway.Core.Requirements;
using Slipway.Core.Scripts;
using Slipway.Core.Versions;
using Slipway.Environments;
using Slipway.Environments.Requests;
using Slipway.Environments.Subjects;
using Slipway.Projects.Configuration;

namespace Slipway.Projects.Discovery;

/// <summary>
/// Turns what files, variables and options say into one request. A script with its own metadata (PEP 723) is complete by
/// itself; anything else takes the nearest <c>pyproject.toml</c> or <c>requirements.txt</c>. Options add to both. The project
/// itself is never installed.
/// </summary>
/// <param name="variable">Reads an environment variable; null or empty means unset.</param>
public sealed class WorkloadDiscovery(Func<string, string?> variable)
{
    /// <summary>Discovers what a workload needs.</summary>
    /// <param name="script">The absolute path of the script; null for a command.</param>
    /// <param name="workingDirectory">The absolute working directory: what relative paths in options are relative to.</param>
    /// <param name="options">What the options say.</param>
    public Result<WorkloadDeclaration> Discover(string? script, string workingDirectory, RequestSettings options)
    {
        var look = new Look(variable, script, workingDirectory, options);
        return look.ReadConfiguration().Then(configuration => new Reading(look, configuration).Read());
    }

    /// <summary>Reads the configuration of a workload alone.</summary>
    /// <param name="script">The absolute path of the script; null for the working directory's.</param>
    /// <param name="workingDirectory">The absolute working directory.</param>
    /// <param name="options">What the options say.</param>
    public Result<EffectiveConfiguration> ReadConfiguration(string? script, string workingDirectory, RequestSettings options) =>
        new Look(variable, script, workingDirectory, options).ReadConfiguration();

    /// <summary>One discovery: what it is about, and what it has looked at.</summary>
    private sealed class Look(Func<string, string?> variable, string? script, string workingDirectory, RequestSettings options)
    {
        public FileObserver Observer { get; } = new();

        public PyprojectFiles Pyprojects => field ??= new PyprojectFiles(Observer);

        public OwnMetadata? Own { get; private set; }

        public RequestSettings Options => options;

        public string? Home => variable("HOME");

        public string Directory => script is null ? workingDirectory : Path.GetDirectoryName(script)!;

        public Subject Subject => new(script ?? $"commands in {Directory}");

        public string Full(string path) => Path.GetFullPath(path, workingDirectory);

        public Result<EffectiveConfiguration> ReadConfiguration()
        {
            if (script is not null)
            {
                if (!Observer.Read(script, Observation.ScriptBlock).TryGet(out var text, out var failure)
                    || !ScriptMetadata.Parse(text, script).TryGet(out var metadata, out failure))
                {
                    return failure;
                }

                Own = metadata.IsPresent ? new OwnMetadata(script, metadata) : null;
            }

            return new ConfigurationReader(Observer, Pyprojects, variable).Read(Directory, Own, workingDirectory, options);
        }
    }

    private sealed class Reading(Look look, EffectiveConfiguration configuration)
    {
        private readonly DeclaredRequirements _declared = new(look.Observer, look.Pyprojects, configuration);
        private readonly ImmutableArray<string>.Builder _warnings = ImmutableArray.CreateBuilder<string>();
        private NearestDeclaration? _nearest;

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

        private WorkloadDeclaration Declare(LockChoice.Verdict verdict, ImmutableArray<Requirement> with, PackageSources sources)
        {
            var requirements = Requirements(with);
            if (requirements.IsEmpty && _nearest is null && verdict.Lock is { } alone)
            {
                requirements = LockFacts.Of(alone.Document)?.ToPackages(alone.Path) ?? [];
            }

            var request = new EnvironmentRequest
            {
                Requirements = requirements,
                Constraints = _declared.Constraints,
                RequiresPython = _declared.RequiresPython.Intersect(look.Own?.Metadata.RequiresPython ?? VersionSpecifierSet.Any),
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

        private Result<LockChoice.Verdict> ReadLock(ImmutableArray<string> locks, IEnumerable<string> files, ImmutableArray<Requirement> with)
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

            var addition = with.IsEmpty ? files.FirstOrDefault() is { } file ? $"--requirements {file}" : null : $"--with {with[0]}";
            var isBare = look.Own is null && _nearest is null;
            return isBare && addition is not null
                ? new Failure(ProjectFailures.LockRefused, $"{found.Path} cannot answer {addition}.") { Hint = "Leave one of the two away." }
                : choice.Judge(found, new LockNeed(Requirements(with), _declared.Extras, _declared.Groups, addition, isBare));
        }

        private ImmutableArray<RequestedPackage> Requirements(ImmutableArray<Requirement> with) =>
            [.. look.Own?.Metadata.Dependencies.Select(WithoutHashes) ?? [], .. _declared.Requirements, .. with.Select(WithoutHashes)];

        private static RequestedPackage WithoutHashes(Requirement requirement) => new(requirement, []);

        private static Result<ImmutableArray<Requirement>> ParseWith(ImmutableArray<string> texts)
        {
            var requirements = ImmutableArray.CreateBuilder<Requirement>(texts.Length);
            foreach (var text in texts)
            {
                if (!Requirement.Parse(text, new FailureLocation("--with")).TryGet(out var requirement, out var failure))
                {
                    return failure;
                }

                requirements.Add(requirement);
            }

            return requirements.ToImmutable();
        }
    }
}
