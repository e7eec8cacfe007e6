using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Slipway.TestKit.Conda;

/// <summary>
/// Makes a conda package: its files, <c>info/index.json</c> and <c>info/paths.json</c>, as <c>.tar.bz2</c> or <c>.conda</c>. Each method returns the
/// same builder, and nothing depends on the clock.
/// </summary>
/// <param name="name">The package.</param>
/// <param name="version">Its version.</param>
public sealed class CondaPackageBuilder(string name, string version)
{
    /// <summary>The text in a file that linking replaces by the prefix; as long as real ones are, so that binaries keep their length.</summary>
    public const string Placeholder = "/opt/placehold_placehold_placehold_placehold_placehold_placehold_placehold";

    private readonly List<Member> _members = [];
    private readonly List<string> _depends = [];
    private string _build = "0";
    private string _subdir = "linux-64";
    private bool _isPythonModule;
    private bool _isNewFormat;

    private sealed record Member(string Path, byte[] Content, UnixFileMode Mode, bool HasPlaceholder, string? LinkTarget);

    /// <summary>The folder of the channel that lists it.</summary>
    public string Subdir => _subdir;

    /// <summary>The file's name.</summary>
    public string FileName => $"{name}-{version}-{_build}{(_isNewFormat ? ".conda" : ".tar.bz2")}";

    /// <summary>Adds a file.</summary>
    /// <param name="path">Relative to the prefix.</param>
    /// <param name="content">Its text; <see cref="Placeholder"/> in it becomes the prefix.</param>
    /// <param name="isExecutable">Whether it is a program.</param>
    public CondaPackageBuilder WithFile(string path, string content, bool isExecutable = false)
    {
        const UnixFileMode Readable = (UnixFileMode)0x1A4; // 0644
        const UnixFileMode Program = (UnixFileMode)0x1ED; // 0755
        _members.Add(new Member(path, Encoding.UTF8.GetBytes(content), isExecutable ? Program : Readable, content.Contains(Placeholder, StringComparison.Ordinal), null));
        return this;
    }

    /// <summary>Adds a symbolic link.</summary>
    public CondaPackageBuilder WithLink(string path, string target)
    {
        _members.Add(new Member(path, [], default, HasPlaceholder: false, target));
        return this;
    }

    /// <summary>Adds what it needs: <c>python >=3.9</c>.</summary>
    public CondaPackageBuilder DependsOn(params ReadOnlySpan<string> specs)
    {
        _depends.AddRange(specs);
        return this;
    }

    /// <summary>Gives it a build.</summary>
    public CondaPackageBuilder WithBuild(string build)
    {
        _build = build;
        return this;
    }

    /// <summary>Makes it one for every platform, whose <c>site-packages</c> go where the environment's Python has its own.</summary>
    public CondaPackageBuilder AsPythonModule()
    {
        (_isPythonModule, _subdir) = (true, "noarch");
        return this.DependsOn("python");
    }

    /// <summary>Makes it a <c>.conda</c> file.</summary>
    public CondaPackageBuilder AsConda()
    {
        _isNewFormat = true;
        return this;
    }

    /// <summary>A Python that stands on a real one: its prefix is the environment's, its library the real one's.</summary>
    /// <param name="real">The real one.</param>
    public static CondaPackageBuilder Python(PythonInterpreter real)
    {
        ArgumentNullException.ThrowIfNull(real);
        var minor = $"{real.Version.Major}.{real.Version.Minor}";
        return new CondaPackageBuilder("python", real.Version.ToString())
            .WithBuild("h1_0_cpython")
            .WithLink("bin/python", $"python{minor}")
            .WithLink("bin/python3", $"python{minor}")
            .WithLink($"bin/python{minor}", real.FullPath)
            .WithFile("pyvenv.cfg", $"home = {Path.GetDirectoryName(real.FullPath)}\ninclude-system-site-packages = false\n")
            .WithFile($"lib/python{minor}/site-packages/README.txt", "of the package python\n");
    }

    /// <summary>The record of the channel's <c>repodata.json</c>.</summary>
    /// <param name="file">The bytes of the file.</param>
    public JsonObject Record(byte[] file)
    {
        var index = Index();
        index["sha256"] = Convert.ToHexStringLower(SHA256.HashData(file));
        index["size"] = file.Length;
        return index;
    }

    /// <summary>Whether <see cref="Build"/> leaves the compression to someone else.</summary>
    internal bool NeedsBzip2 => !_isNewFormat;

    /// <summary>The bytes of the file; of a <c>.tar.bz2</c> before its compression, for which the runtime has nothing.</summary>
    internal byte[] Build()
    {
        var info = Tar([new Member("info/index.json", Bytes(Index()), default, false, null), new Member("info/paths.json", Bytes(Paths()), default, false, null)]);
        if (!_isNewFormat)
        {
            return Tar([.. _members, new Member("info/index.json", Bytes(Index()), default, false, null), new Member("info/paths.json", Bytes(Paths()), default, false, null)]);
        }

        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            var stem = $"{name}-{version}-{_build}";
            Store(zip, "metadata.json", "{\"conda_pkg_format_version\": 2}"u8.ToArray());
            Store(zip, $"pkg-{stem}.tar.zst", Zstandard(Tar(_members)));
            Store(zip, $"info-{stem}.tar.zst", Zstandard(info));
        }

        return buffer.ToArray();
    }

    private JsonObject Index()
    {
        var index = new JsonObject
        {
            ["name"] = name,
            ["version"] = version,
            ["build"] = _build,
            ["build_number"] = 0,
            ["subdir"] = _subdir,
            ["timestamp"] = 1_600_000_000_000,
            ["depends"] = new JsonArray([.. _depends.Select(spec => (JsonNode)spec)]),
        };
        if (_isPythonModule)
        {
            index["noarch"] = "python";
        }

        return index;
    }

    private JsonObject Paths() => new()
    {
        ["paths_version"] = 1,
        ["paths"] = new JsonArray([.. _members.Select(member => (JsonNode)Entry(member))]),
    };

    private static JsonObject Entry(Member member)
    {
        var entry = new JsonObject
        {
            ["_path"] = member.Path,
            ["path_type"] = member.LinkTarget is null ? "hardlink" : "softlink",
            ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(member.Content)),
            ["size_in_bytes"] = member.Content.Length,
        };
        if (member.HasPlaceholder)
        {
            entry["prefix_placeholder"] = Placeholder;
            entry["file_mode"] = "text";
        }

        return entry;
    }

    private static byte[] Tar(IReadOnlyList<Member> members)
    {
        using var buffer = new MemoryStream();
        using (var writer = new TarWriter(buffer, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var member in members)
            {
                var entry = new UstarTarEntry(member.LinkTarget is null ? TarEntryType.RegularFile : TarEntryType.SymbolicLink, member.Path)
                {
                    ModificationTime = DateTimeOffset.UnixEpoch,
                };
                if (member.LinkTarget is { } target)
                {
                    entry.LinkName = target;
                }
                else
                {
                    entry.DataStream = new MemoryStream(member.Content);
                    entry.Mode = member.Mode == default ? (UnixFileMode)0x1A4 : member.Mode;
                }

                writer.WriteEntry(entry);
            }
        }

        return buffer.ToArray();
    }

    // A frame (RFC 8878) of blocks that are stored as they are: there is no compressor here, and none is needed.
    private static byte[] Zstandard(byte[] content)
    {
        const int LargestBlock = 128 * 1024;
        using var frame = new MemoryStream();
        frame.Write([0x28, 0xB5, 0x2F, 0xFD, 0xA0]);
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(number, content.Length);
        frame.Write(number);
        for (var start = 0; start < content.Length; start += LargestBlock)
        {
            var length = Math.Min(LargestBlock, content.Length - start);
            BinaryPrimitives.WriteInt32LittleEndian(number, (length << 3) | (start + length == content.Length ? 1 : 0));
            frame.Write(number[..3]);
            frame.Write(content.AsSpan(start, length));
        }

        return frame.ToArray();
    }

    private static void Store(ZipArchive zip, string path, byte[] content)
    {
        using var stream = zip.CreateEntry(path, CompressionLevel.NoCompression).Open();
        stream.Write(content);
    }

    private static byte[] Bytes(JsonObject json) => JsonSerializer.SerializeToUtf8Bytes(json);
}
