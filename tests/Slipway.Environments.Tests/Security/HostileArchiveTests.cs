using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Slipway.Environments.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Security;

/// <summary>Archives that try to write outside of their environment, through the product with real pip: nothing lands there.</summary>
public sealed class HostileArchiveTests : IDisposable
{
    private readonly FindLinksFolder _folder = new();
    private readonly World _world = new();

    public void Dispose()
    {
        _world.Dispose();
        _folder.Dispose();
    }

    [RequiresTheory(Capability.Python)]
    [InlineData("../evil.txt")]
    [InlineData("../../../../../evil.txt")]
    [InlineData("demo/../../../../../../evil.txt")]
    [InlineData("demo-1.0.data/purelib/../../../../../../evil.txt")]
    [InlineData("demo-1.0.data/scripts/../../evil.txt")]
    public async Task Wheel_with_a_member_outside_leaves_nothing_there(string member)
    {
        _folder.Add(new WheelBuilder("demo", "1.0").Module("demo.py", "").RawFile(member, "evil"u8.ToArray()));
        await AssertNothingOutsideAsync("evil.txt");
    }

    [RequiresFact(Capability.Python)]
    public async Task Wheel_with_an_absolute_member_leaves_nothing_there()
    {
        _folder.Add(new WheelBuilder("demo", "1.0").Module("demo.py", "").RawFile($"{_world.Store.Root}/absolute.txt", "evil"u8.ToArray()));
        await AssertNothingOutsideAsync("absolute.txt");
    }

    [RequiresFact(Capability.Python)]
    public async Task Wheel_with_a_link_and_a_file_behind_it_leaves_nothing_there()
    {
        _folder.Add(new WheelBuilder("demo", "1.0").Module("demo.py", "").Symlink("gate", _world.Store.Root).RawFile("gate/through.txt", "evil"u8.ToArray()));
        await AssertNothingOutsideAsync("through.txt");
    }

    [RequiresFact(Capability.Python)]
    public async Task Wheel_whose_record_names_files_outside_removes_none_of_them()
    {
        var precious = $"{_world.Store.Root}/precious.txt";
        await File.WriteAllTextAsync(precious, "keep");
        var record = $"demo.py,,\n{precious},,\n../../../../../../precious.txt,,\ndemo-1.0.dist-info/METADATA,,\ndemo-1.0.dist-info/WHEEL,,\ndemo-1.0.dist-info/RECORD,,\n";
        _folder.Add(new WheelBuilder("demo", "1.0").Module("demo.py", "").NoRecord().RawFile("demo-1.0.dist-info/RECORD", Encoding.UTF8.GetBytes(record)));
        _ = await _world.Service.EnsureAsync(Ask.Folder(_folder.FullPath, "demo"), World.Script, new EnsureOptions(), _world.Progress, _world.Token);
        Assert.Equal("keep", await File.ReadAllTextAsync(precious));
    }

    // Members behind a link of the archive's own are another matter: pip 23 and 24 follow it. Building a source
    // distribution runs its code in any case, so what its archive could write it could write anyhow.
    [RequiresTheory(Capability.Python)]
    [InlineData("../evil.txt")]
    [InlineData("ABSOLUTE/evil.txt")]
    public async Task Source_archive_with_a_member_outside_leaves_nothing_there(string member)
    {
        _folder.Add(new HostileSdist(member.Replace("ABSOLUTE", _world.Store.Root, StringComparison.Ordinal)));
        await AssertNothingOutsideAsync("evil.txt");
    }

    private async Task AssertNothingOutsideAsync(string name)
    {
        var before = Outside();
        var result = await _world.Service.EnsureAsync(Ask.Folder(_folder.FullPath, "demo"), World.Script, new EnsureOptions(), _world.Progress, _world.Token);
        Assert.Equal(before, Outside());
        var found = Directory.EnumerateFiles(_world.Store.Root, name, new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }).ToList();
        Assert.All(found, path => Assert.StartsWith(result.IsOk ? $"{result.Value.Root}/" : "never", path, StringComparison.Ordinal));
        if (!result.IsOk)
        {
            Assert.False(Directory.Exists(_world.Layout.Environments) && Directory.EnumerateDirectories(_world.Layout.Environments).Any(), "a refused archive leaves no slot");
        }
    }

    private string Outside() => string.Join('\n', Directory.GetFileSystemEntries(_world.Store.Root)
        .Concat(Directory.GetFileSystemEntries(_folder.FullPath))
        .Order(StringComparer.Ordinal));

    /// <summary>A source distribution with one member that does not stay inside.</summary>
    private sealed class HostileSdist(string member) : IPackageFile
    {
        private readonly SdistBuilder _honest = new SdistBuilder("demo", "1.0").Module("demo.py", "");

        public string Name => "demo";

        public string Version => "1.0";

        public string FileName => "demo-1.0.tar.gz";

        public string? PythonRequirement => null;

        public string? Metadata => null;

        public byte[] Build()
        {
            using var source = new TarReader(new GZipStream(new MemoryStream(_honest.Build()), CompressionMode.Decompress));
            using var bytes = new MemoryStream();
            using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
            using (var archive = new TarWriter(gzip, TarEntryFormat.Pax, leaveOpen: true))
            {
                while (source.GetNextEntry(copyData: true) is { } entry)
                {
                    archive.WriteEntry(entry);
                }

                using var data = new MemoryStream("evil"u8.ToArray());
                archive.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, member) { DataStream = data });
            }

            return bytes.ToArray();
        }
    }
}
