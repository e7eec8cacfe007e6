using System.Text.Json.Nodes;

namespace Slipway.TestKit.Conda;

/// <summary>A channel of conda in a folder: packages and <c>repodata.json</c> for each platform.</summary>
/// <param name="path">The folder; made when packages are published.</param>
public sealed class CondaChannelFolder(string path)
{
    private static readonly string[] Subdirs = ["linux-64", "linux-aarch64", "noarch"];
    private readonly List<CondaPackageBuilder> _packages = [];

    /// <summary>The folder.</summary>
    public string FullPath => path;

    /// <summary>The channel as <c>file://</c>.</summary>
    public string Url => new Uri(path).AbsoluteUri;

    /// <summary>The absolute path of a package's file.</summary>
    public string FileOf(CondaPackageBuilder package)
    {
        ArgumentNullException.ThrowIfNull(package);
        return Path.Combine(path, package.Subdir, package.FileName);
    }

    /// <summary>Adds packages to those that are there, and writes everything anew.</summary>
    public async Task<CondaChannelFolder> PublishAsync(params IReadOnlyList<CondaPackageBuilder> packages)
    {
        _packages.AddRange(packages);
        foreach (var subdir in Subdirs)
        {
            Directory.CreateDirectory(Path.Combine(path, subdir));
        }

        foreach (var package in _packages)
        {
            await File.WriteAllBytesAsync(FileOf(package), package.Build());
        }

        // The runtime has no bzip2; every Python has.
        const string Compress = "import bz2, sys\nfor name in sys.argv[1:]:\n    data = bz2.compress(open(name, 'rb').read())\n    open(name, 'wb').write(data)\n";
        var compressed = await CommandRunner.RunAsync(
            Pythons.Default.FullPath, ["-I", "-S", "-c", Compress, .. _packages.Where(package => package.NeedsBzip2).Select(FileOf)]);
        if (compressed.ExitCode != 0)
        {
            throw new InvalidOperationException(compressed.Stderr);
        }

        foreach (var subdir in Subdirs)
        {
            await WriteRepodataAsync(subdir);
        }

        return this;
    }

    private async Task WriteRepodataAsync(string subdir)
    {
        var (old, current) = (new JsonObject(), new JsonObject());
        foreach (var package in _packages.Where(package => package.Subdir == subdir))
        {
            var record = package.Record(await File.ReadAllBytesAsync(FileOf(package)));
            (package.NeedsBzip2 ? old : current)[package.FileName] = record;
        }

        var repodata = new JsonObject
        {
            ["info"] = new JsonObject { ["subdir"] = subdir },
            ["packages"] = old,
            ["packages.conda"] = current,
            ["repodata_version"] = 1,
        };
        await File.WriteAllTextAsync(Path.Combine(path, subdir, "repodata.json"), repodata.ToJsonString());
    }
}
