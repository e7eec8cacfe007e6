namespace Slipway.TestKit;

/// <summary>
/// A directory with a project that can be installed editable (PEP 660) and builds without any other package: its backend lies in its own tree.
/// A file <c>native.c</c> makes it one with compiled modules, as far as its wheel says.
/// </summary>
/// <param name="directory">The absolute directory; it is made.</param>
public sealed class EditableFolder(string directory)
{
    private const string Backend =
        """"
        import base64, hashlib, os, re, zipfile


        def _wheel(directory, name, members):
            record = ""
            with zipfile.ZipFile(os.path.join(directory, name), "w") as archive:
                for path, text in members:
                    archive.writestr(path, text)
                    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
                    record += "%s,sha256=%s,%d\n" % (path, digest, len(text.encode()))
                archive.writestr(members[-1][0].split("/")[0] + "/RECORD", record)
            return name


        def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
            with open("pyproject.toml", encoding="utf-8") as stream:
                text = stream.read()
            name, version = (re.search('^%s = "(.+)"$' % key, text, re.M).group(1) for key in ("name", "version"))
            scripts = text.partition("[project.scripts]\n")[2].partition("\n[")[0].replace('"', "")
            info = "%s-%s.dist-info" % (name, version)
            where = os.path.join(os.getcwd(), "src") if os.path.isdir("src") else os.getcwd()
            return _wheel(wheel_directory, "%s-%s-py3-none-any.whl" % (name, version), [
                ("_%s.pth" % name, where + "\n"),
                (info + "/METADATA", "Metadata-Version: 2.1\nName: %s\nVersion: %s\n" % (name, version)),
                (info + "/WHEEL", "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: %s\nTag: py3-none-any\n" % ("false" if os.path.exists("native.c") else "true")),
                (info + "/entry_points.txt", "[console_scripts]\n" + scripts + "\n"),
            ])

        """";

    /// <summary>The absolute directory.</summary>
    public string FullPath => directory;

    /// <summary>Writes a file below it.</summary>
    public EditableFolder With(string name, string content)
    {
        var path = Path.Combine(directory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return this;
    }

    /// <summary>Writes its <c>pyproject.toml</c> and its backend.</summary>
    /// <param name="name">A name that is also one of a module.</param>
    /// <param name="version">Its version.</param>
    /// <param name="more">What follows in <c>[project]</c> and behind it.</param>
    public EditableFolder Declare(string name, string version, string more = "") => With(
        "pyproject.toml",
        $"[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\"build_backend\"]\n\n[project]\nname = \"{name}\"\nversion = \"{version}\"\n{more}\n")
        .With("build_backend/backend.py", Backend);
}
