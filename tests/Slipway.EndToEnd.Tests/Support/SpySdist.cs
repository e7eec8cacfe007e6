using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests.Support;

/// <summary>
/// A source distribution whose build, foreign code by definition, writes down all that it can see: its variables and the
/// command lines of itself and of all that started it, up to the test.
/// </summary>
internal sealed class SpySdist(string seen) : IPackageFile
{
    private const string Stem = "spy_pkg-1.0";
    private const string Metadata21 = "Metadata-Version: 2.1\nName: spy-pkg\nVersion: 1.0\n";

    public string Name => "spy-pkg";

    public string Version => "1.0";

    public string FileName => $"{Stem}.tar.gz";

    public string? PythonRequirement => null;

    public string? Metadata => null;

    public byte[] Build()
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (var archive = new TarWriter(gzip, TarEntryFormat.Ustar, leaveOpen: true))
        {
            Write(archive, "PKG-INFO", Metadata21);
            Write(archive, "pyproject.toml", "[build-system]\nrequires = []\nbuild-backend = \"spy\"\nbackend-path = [\".\"]\n");
            Write(archive, "spy.py", Backend(seen));
        }

        return bytes.ToArray();
    }

    private static void Write(TarWriter archive, string path, string content)
    {
        using var data = new MemoryStream(Encoding.UTF8.GetBytes(content));
        archive.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"{Stem}/{path}") { DataStream = data });
    }

    private static string Backend(string seen) =>
        $"""""
        import os, zipfile
        with open({$"'{seen}'"}, "ab") as out:
            out.write(repr(dict(os.environb)).encode())
            pid = os.getpid()
            while pid > 1:
                line = open(f"/proc/{"{pid}"}/cmdline", "rb").read()
                if line.split(b"\0")[0].endswith(b"/slipway"):
                    break
                out.write(line)
                pid = int(open(f"/proc/{"{pid}"}/stat").read().rsplit(")", 1)[1].split()[1])


        def build_wheel(folder, config_settings=None, metadata_directory=None):
            name = "spy_pkg-1.0-py3-none-any.whl"
            info = "spy_pkg-1.0.dist-info/"
            with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
                wheel.writestr("spy_pkg.py", "V = 1\n")
                wheel.writestr(info + "METADATA", {Quoted(Metadata21)})
                wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\nGenerator: spy\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
                wheel.writestr(info + "RECORD", "spy_pkg.py,,\n" + info + "METADATA,,\n" + info + "WHEEL,,\n" + info + "RECORD,,\n")
            return name

        """"";

    private static string Quoted(string text) => $"\"{text.Replace("\n", "\\n", StringComparison.Ordinal)}\"";
}
