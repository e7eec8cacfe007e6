using Slipway.Core.Failures;
using Slipway.Core.Toml;

namespace Slipway.Projects.Discovery;

/// <summary>The nearest file that declares what is needed.</summary>
/// <param name="Path">The file.</param>
/// <param name="Pyproject">The file as a <c>pyproject.toml</c>; null for a requirements file.</param>
internal sealed record NearestDeclaration(string Path, PyprojectFile? Pyproject)
{
    private const string RequirementsName = "requirements.txt";

    /// <summary>The directory of the file.</summary>
    public string Directory => System.IO.Path.GetDirectoryName(Path)!;

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
        var path = System.IO.Path.Combine(Directory, RequirementsName);
        return Pyproject is { Document.HasProject: false } && observer.Exists(path) ? path : null;
    }

    private static Result<Maybe<NearestDeclaration>> Look(string directory, FileObserver observer, PyprojectFiles pyprojects)
    {
        if (!pyprojects.Find(directory).TryGet(out var found, out var failure))
        {
            return failure;
        }

        if (found.TryGet(out var pyproject) && (pyproject.Document.HasProject || pyproject.Document.HasGroups))
        {
            return Maybe<NearestDeclaration>.Of(new NearestDeclaration(pyproject.Path, pyproject));
        }

        var path = System.IO.Path.Combine(directory, RequirementsName);
        return observer.Exists(path) ? Maybe<NearestDeclaration>.Of(new NearestDeclaration(path, null)) : Maybe<NearestDeclaration>.None;
    }
}
