using Slipway.Core.Failures;
using Slipway.Core.Pyproject;
using Slipway.Core.Toml;

namespace Slipway.Projects.Discovery;

/// <summary>A <c>pyproject.toml</c> that was read.</summary>
internal sealed record PyprojectFile(string Path, PyprojectDocument Document)
{
    /// <summary>The name of such a file.</summary>
    public const string Name = "pyproject.toml";
}

/// <summary>Reads each <c>pyproject.toml</c> once: it may hold configuration, declarations, or neither.</summary>
internal sealed class PyprojectFiles(FileObserver observer)
{
    private readonly Dictionary<string, PyprojectFile> _read = new(StringComparer.Ordinal);

    /// <summary>The file of a directory, if there is one.</summary>
    public Result<Maybe<PyprojectFile>> Find(string directory)
    {
        var path = Path.Combine(directory, PyprojectFile.Name);
        return observer.Exists(path) ? Open(path).Map(Maybe<PyprojectFile>.Of) : Maybe<PyprojectFile>.None;
    }

    /// <summary>Reads a file that must be there.</summary>
    public Result<PyprojectFile> Open(string path)
    {
        if (_read.TryGetValue(path, out var known))
        {
            return known;
        }

        var read = observer.Read(path, Observation.Content)
            .Then(text => PyprojectDocument.Parse(text, path))
            .Map(document => new PyprojectFile(path, document));
        if (read.TryGet(out var file, out _))
        {
            _read.Add(path, file);
        }

        return read;
    }
}
