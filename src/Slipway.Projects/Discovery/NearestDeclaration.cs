using Slipway.Core.Failures;
using Slipway.Core.Toml;

namespace Slipway.Projects.Discovery;

/// <summary>What the nearest directory with declarations holds: a file of Python requirements, a conda file, or both.</summary>
/// <param name="Directory">The directory.</param>
/// <param name="Pyproject">Its <c>pyproject.toml</c>, when that declares anything.</param>
/// <param name="Requirements">Its <c>requirements.txt</c>, when no <c>pyproject.toml</c> declares anything.</param>
/// <param name="Conda">Its conda file.</param>
internal sealed record NearestDeclaration(string Directory, PyprojectFile? Pyproject, string? Requirements, string? Conda)
{
    private const string RequirementsName = "requirements.txt";

    // A lock says more than what it was made from; the order of the names is the order in which they count.
    private static readonly string[] CondaNames = ["conda-lock.yml", "environment.yml", "environment.yaml"];
    private static readonly string[] UvNames = ["uv.lock", "uv.toml"];

    /// <summary>The file of Python requirements; null when there is none.</summary>
    public string? Python => Pyproject?.Path ?? Requirements;

    /// <summary>
    /// Searches upwards. In one directory a <c>pyproject.toml</c> with <c>[project]</c> or <c>[dependency-groups]</c> comes
    /// before a <c>requirements.txt</c>, which is then often made from it.
    /// </summary>
    public static Result<Maybe<NearestDeclaration>> Find(string directory, string? home, FileObserver observer, PyprojectFiles pyprojects) =>
        AncestorSearch.Find(directory, home, observer, current => Look(current, observer, pyprojects));

    /// <summary>
    /// The requirements file that lies unread beside a <c>pyproject.toml</c> without a project: whoever has both may expect it
    /// to count. Null when there is none.
    /// </summary>
    public string? PassedOver(FileObserver observer)
    {
        var path = Path.Combine(Directory, RequirementsName);
        return Pyproject is { Document.HasProject: false } && observer.Exists(path) ? path : null;
    }

    /// <summary>What speaks for uv: its lock, its settings, or its table in the <c>pyproject.toml</c>; null for nothing.</summary>
    public string? UvSign(FileObserver observer)
    {
        if (Python is null)
        {
            return null;
        }

        return UvNames.Select(name => Path.Combine(Directory, name)).FirstOrDefault(observer.Exists)
            ?? (Pyproject is { } file && file.Document.Tool.TryGet("uv", out _) ? $"[tool.uv] of {file.Path}" : null);
    }

    private static Result<Maybe<NearestDeclaration>> Look(string directory, FileObserver observer, PyprojectFiles pyprojects)
    {
        if (!pyprojects.Find(directory).TryGet(out var found, out var failure))
        {
            return failure;
        }

        var pyproject = found.TryGet(out var file) && (file.Document.HasProject || file.Document.HasGroups) ? file : null;
        var path = Path.Combine(directory, RequirementsName);
        var requirements = pyproject is null && observer.Exists(path) ? path : null;
        var conda = CondaNames.Select(name => Path.Combine(directory, name)).FirstOrDefault(observer.Exists);
        return pyproject is null && requirements is null && conda is null
            ? Maybe<NearestDeclaration>.None
            : Maybe<NearestDeclaration>.Of(new NearestDeclaration(directory, pyproject, requirements, conda));
    }
}
