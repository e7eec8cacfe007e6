using System.IO.Compression;

namespace Slipway.TestKit;

/// <summary>
/// A Python installation of its own, with site-packages that a test may fill and change: a copy of a real interpreter's program whose
/// standard library consists of links to the real one.
/// </summary>
public sealed class PrivatePython : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>Makes an installation of an interpreter's version.</summary>
    /// <param name="original">The interpreter; not one of a distribution that moves its packages elsewhere.</param>
    public PrivatePython(PythonInterpreter original)
    {
        var name = $"python{original.Version.Major}.{original.Version.Minor}";
        var program = File.ResolveLinkTarget(original.FullPath, returnFinalTarget: true)?.FullName ?? original.FullPath;
        var library = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(program))!, "lib", name);
        Directory.CreateDirectory(Path.Combine(_folder.FullPath, "bin"));
        FullPath = Path.Combine(_folder.FullPath, "bin", name);
        File.Copy(program, FullPath);
        SitePackages = Path.Combine(_folder.FullPath, "lib", name, "site-packages");
        Directory.CreateDirectory(SitePackages);
        foreach (var entry in Directory.EnumerateFileSystemEntries(library).Where(entry => Path.GetFileName(entry) is not "site-packages"))
        {
            File.CreateSymbolicLink(Path.Combine(Path.GetDirectoryName(SitePackages)!, Path.GetFileName(entry)), entry);
        }
    }

    /// <summary>The absolute path of the program.</summary>
    public string FullPath { get; }

    /// <summary>The directory of its packages; empty at first.</summary>
    public string SitePackages { get; }

    /// <summary>Installs a wheel as it lies, as packagers do.</summary>
    public void Install(WheelBuilder wheel) => Install(wheel, SitePackages);

    /// <summary>Installs a wheel as it lies into a directory of packages.</summary>
    public static void Install(WheelBuilder wheel, string sitePackages)
    {
        using var archive = new ZipArchive(new MemoryStream(wheel.Build()));
        archive.ExtractToDirectory(sitePackages);
    }

    /// <summary>Removes a package and its metadata.</summary>
    /// <param name="wheel">What was installed; its modules must be single files.</param>
    public void Remove(WheelBuilder wheel)
    {
        using var archive = new ZipArchive(new MemoryStream(wheel.Build()));
        foreach (var entry in archive.Entries)
        {
            File.Delete(Path.Combine(SitePackages, entry.FullName));
        }

        Directory.Delete(Path.Combine(SitePackages, wheel.DistInfo));
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
