using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Pyproject;
using Slipway.Core.Requirements;
using Slipway.Core.Versions;
using Slipway.Environments.Requests;
using Slipway.Projects.Configuration;

namespace Slipway.Projects.Discovery;

/// <summary>
/// Collects what files declare. Extras and groups are those of one <c>pyproject.toml</c>: the nearest, else the first that an
/// option names; of any other one the dependencies count.
/// </summary>
internal sealed class DeclaredRequirements(FileObserver observer, PyprojectFiles pyprojects, EffectiveConfiguration configuration)
{
    private readonly ImmutableArray<RequestedPackage>.Builder _ofProjects = ImmutableArray.CreateBuilder<RequestedPackage>();
    private readonly RequirementFiles _files = new(observer);

    /// <summary>All requirements so far.</summary>
    public ImmutableArray<RequestedPackage> Requirements => [.. _ofProjects, .. _files.Requirements];

    /// <summary>All constraints so far.</summary>
    public ImmutableArray<RequestedPackage> Constraints => _files.Constraints;

    /// <summary>Where the constraints stand.</summary>
    public ImmutableArray<ConstraintPlace> ConstraintPlaces => _files.Places;

    /// <summary>The Python versions that all projects run on.</summary>
    public VersionSpecifierSet RequiresPython { get; private set; } = VersionSpecifierSet.Any;

    /// <summary>The file whose extras and groups were taken; null when none was read.</summary>
    public string? Project { get; private set; }

    /// <summary>The extras that were taken, normalised.</summary>
    public ImmutableArray<string> Extras { get; private set; } = [];

    /// <summary>The groups that were taken, normalised.</summary>
    public ImmutableArray<string> Groups { get; private set; } = [];

    /// <summary>Reads a file of any kind but a lock.</summary>
    /// <param name="path">Its absolute path.</param>
    public Result<Unit> Read(string path) => Path.GetFileName(path) is PyprojectFile.Name
        ? pyprojects.Open(path).Then(Read)
        : _files.Read(path);

    /// <summary>Reads a project.</summary>
    public Result<Unit> Read(PyprojectFile file)
    {
        if (!file.Document.HasProject && !file.Document.HasGroups)
        {
            return new Failure(ProjectFailures.DeclaresNothing, $"{file.Path} has neither [project] nor [dependency-groups].");
        }

        if (!file.Document.Read().TryGet(out var declaration, out var failure)
            || !Select(file.Path, declaration).TryGet(out var requirements, out failure))
        {
            return failure;
        }

        _ofProjects.AddRange(requirements.Select(static requirement => new RequestedPackage(requirement, [])));
        RequiresPython = RequiresPython.Intersect(declaration.RequiresPython ?? VersionSpecifierSet.Any);
        return Unit.Value;
    }

    private Result<ImmutableArray<Requirement>> Select(string path, PyprojectDeclaration declaration)
    {
        if (Project is not null)
        {
            return declaration.Select([], []);
        }

        if (!Find(SettingKey.Extras, path, declaration.FindExtra).TryGet(out var extras, out var failure)
            || !Find(SettingKey.Groups, path, declaration.FindGroup).TryGet(out var groups, out failure))
        {
            return failure;
        }

        Project = path;
        Extras = [.. extras.Select(static extra => extra.Normalized)];
        Groups = [.. groups.Select(static group => group.Normalized)];
        return declaration.Select(extras, groups);
    }

    // The place of an unknown name is where it was asked for; that of an unreadable declaration is in the file itself.
    private Result<ImmutableArray<T>> Find<T>(SettingKey key, string path, Func<string, Result<T>> find)
        where T : notnull
    {
        var names = ImmutableArray.CreateBuilder<T>();
        if (configuration[key] is { } setting)
        {
            foreach (var text in setting.Texts)
            {
                if (!find(text).TryGet(out var name, out var failure))
                {
                    return failure.Location is not null ? failure : failure with
                    {
                        Message = $"{setting.Origin.Name}: {failure.Message.TrimEnd('.')} (in {path})",
                        Location = setting.Origin.Location,
                    };
                }

                names.Add(name);
            }
        }

        return names.ToImmutable();
    }
}
