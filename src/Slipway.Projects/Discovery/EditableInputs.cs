using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Pyproject;
using Slipway.Environments.Requests;
using Slipway.Machines.Files;

namespace Slipway.Projects.Discovery;

/// <summary>Looks at a project that is to be installed editable: where it lies, and what its build reads. Its sources are not read.</summary>
/// <param name="observer">Reads the files.</param>
internal sealed class EditableInputs(FileObserver observer)
{
    // What setuptools reads; other backends' own settings stand in the first.
    private static readonly string[] Names = [PyprojectFile.Name, "setup.py", "setup.cfg", "MANIFEST.in"];

    /// <summary>Reads it.</summary>
    /// <param name="file">The project's file, which has <c>[project]</c>.</param>
    public Result<EditableProject> Read(PyprojectFile file)
    {
        var directory = Path.GetDirectoryName(file.Path)!;
        if (!file.Document.Read().TryGet(out var declaration, out var failure)
            || !file.Document.ReadBuildSystem().TryGet(out var build, out failure)
            || !LocalPaths.Resolve(directory).TryGet(out var real, out failure))
        {
            return failure;
        }

        var inputs = ImmutableArray.CreateBuilder<string>();
        foreach (var name in Names.Concat(BackendFiles(directory, build)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            if (!observer.Digest(Path.Combine(directory, name)).TryGet(out var digest, out failure))
            {
                return failure;
            }

            inputs.Add($"{digest} {name}");
        }

        return new EditableProject(declaration.Name!.Value, real, inputs.ToImmutable()) { IsReachedByLink = !string.Equals(real, directory, StringComparison.Ordinal) };
    }

    // A directory that holds nothing but the backend counts whole. In the project's own directory stand the sources too: there only the backend's module counts.
    private static IEnumerable<string> BackendFiles(string directory, BuildSystem build)
    {
        foreach (var path in build.Paths)
        {
            var whole = Path.GetFullPath(path, directory);
            var isOwn = string.Equals(whole.TrimEnd('/'), directory, StringComparison.Ordinal);
            var roots = isOwn ? build.Module is { } module ? [$"{whole.TrimEnd('/')}/{module}.py", $"{whole.TrimEnd('/')}/{module}"] : [] : new[] { whole };
            foreach (var file in roots.SelectMany(Files))
            {
                yield return Path.GetRelativePath(directory, file);
            }
        }
    }

    private static IEnumerable<string> Files(string root) => File.Exists(root) ? [root]
        : !Directory.Exists(root) ? []
        : Directory.EnumerateFiles(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Where(static path => !path.Contains("/__pycache__/", StringComparison.Ordinal));
}
