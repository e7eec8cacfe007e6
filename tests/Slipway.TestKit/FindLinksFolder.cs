namespace Slipway.TestKit;

/// <summary>A folder of wheels and source distributions, as <c>--find-links</c> takes it.</summary>
public sealed class FindLinksFolder : IDisposable
{
    private readonly TempFolder? _own;

    /// <summary>A temporary folder, removed on dispose.</summary>
    public FindLinksFolder()
    {
        _own = new TempFolder();
        FullPath = _own.FullPath;
    }

    /// <summary>A folder of the caller's, created if absent and left in place.</summary>
    public FindLinksFolder(string path) => FullPath = Directory.CreateDirectory(path).FullName;

    /// <summary>The absolute path of the folder.</summary>
    public string FullPath { get; }

    /// <summary>Writes a package file.</summary>
    /// <returns>Its absolute path.</returns>
    public string Add(IPackageFile package)
    {
        var path = Path.Combine(FullPath, package.FileName);
        File.WriteAllBytes(path, package.Build());
        return path;
    }

    /// <inheritdoc/>
    public void Dispose() => _own?.Dispose();
}
