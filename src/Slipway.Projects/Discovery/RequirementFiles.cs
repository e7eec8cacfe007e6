using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Requirements;
using Slipway.Environments.Requests;
using Slipway.Environments.Sources;

namespace Slipway.Projects.Discovery;

/// <summary>Reads requirement files with everything that they include.</summary>
internal sealed class RequirementFiles(FileObserver observer)
{
    private readonly ImmutableArray<RequestedPackage>.Builder _requirements = ImmutableArray.CreateBuilder<RequestedPackage>();
    private readonly ImmutableArray<RequestedPackage>.Builder _constraints = ImmutableArray.CreateBuilder<RequestedPackage>();
    private readonly ImmutableArray<ConstraintPlace>.Builder _places = ImmutableArray.CreateBuilder<ConstraintPlace>();

    /// <summary>The requirements read so far.</summary>
    public ImmutableArray<RequestedPackage> Requirements => _requirements.ToImmutable();

    /// <summary>The constraints read so far.</summary>
    public ImmutableArray<RequestedPackage> Constraints => _constraints.ToImmutable();

    /// <summary>Where the constraints stand.</summary>
    public ImmutableArray<ConstraintPlace> Places => _places.ToImmutable();

    /// <summary>Reads a file of requirements.</summary>
    /// <param name="path">Its absolute path.</param>
    public Result<Unit> Read(string path) => Read(path, isConstraint: false, including: [], at: null);

    private Result<Unit> Read(string path, bool isConstraint, ImmutableList<string> including, FailureLocation? at)
    {
        if (including.Contains(path))
        {
            return new Failure(ProjectFailures.IncludeCycle, $"{path} includes itself, through {string.Join(", ", including.Skip(1).Append(path))}.")
            {
                Location = at,
            };
        }

        if (!observer.Read(path, Observation.Content).TryGet(out var text, out var failure))
        {
            return failure with { Location = at };
        }

        if (!RequirementsFile.Parse(text, path).TryGet(out var file, out failure))
        {
            return failure;
        }

        var target = isConstraint ? _constraints : _requirements;
        target.AddRange(file.Requirements.Select(line => new RequestedPackage(line.Requirement, line.Hashes)));
        foreach (var line in isConstraint ? file.Requirements : [])
        {
            if (DirectSources.CheckConstraint(new RequestedPackage(line.Requirement, line.Hashes), line.Location) is { } refused)
            {
                return refused;
            }

            _places.Add(new ConstraintPlace(line.Requirement.Name.Normalized, line.Location));
        }

        foreach (var local in file.Paths)
        {
            if (!LocalRequirement.Read(local, Path.GetDirectoryName(path)!).TryGet(out var package, out failure))
            {
                return failure;
            }

            if (isConstraint && DirectSources.CheckConstraint(package, local.Location) is { } refused)
            {
                return refused;
            }

            target.Add(package);
        }

        foreach (var include in file.Includes)
        {
            var included = Path.GetFullPath(include.Path, Path.GetDirectoryName(path)!);
            var read = Read(included, isConstraint || include.IsConstraint, including.Add(path), include.Location);
            if (!read.IsOk)
            {
                return read;
            }
        }

        return Unit.Value;
    }
}
