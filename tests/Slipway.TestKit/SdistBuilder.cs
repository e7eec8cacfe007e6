using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Slipway.TestKit;

/// <summary>
/// Makes a source distribution (PEP 517, PEP 625) whose build backend lies in its own tree and needs only the
/// standard library: it builds without any other package. Each method returns the same builder, and the same
/// calls give the same bytes.
/// </summary>
public sealed class SdistBuilder : IPackageFile
{
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly CoreMetadata _metadata;
    private readonly List<(string Path, string Content)> _modules = [];
    private readonly List<(string Name, string Target)> _scripts = [];
    private readonly List<string> _buildRequirements = [];
    private string? _metadataFailure;
    private string? _buildFailure;
    private bool _hangs;
    private string? _hangMark;

    /// <summary>Begins a source distribution of no modules.</summary>
    public SdistBuilder(string name, string version) => _metadata = new CoreMetadata(name, version);

    /// <inheritdoc/>
    public string Name => _metadata.Name;

    /// <inheritdoc/>
    public string Version => _metadata.Version;

    /// <inheritdoc/>
    public string FileName => _metadata.FileStem + ".tar.gz";

    /// <inheritdoc/>
    public string? PythonRequirement => _metadata.RequiresPython;

    /// <summary>Always null: what a source distribution will need is known once its backend was asked.</summary>
    public string? Metadata => null;

    /// <summary>Adds requirements (PEP 508) of the built wheel.</summary>
    public SdistBuilder Requires(params ReadOnlySpan<string> requirements)
    {
        foreach (var requirement in requirements)
        {
            _metadata.Require(requirement);
        }

        return this;
    }

    /// <summary>Sets Requires-Python.</summary>
    public SdistBuilder RequiresPython(string specifier)
    {
        _metadata.RequiresPython = specifier;
        return this;
    }

    /// <summary>Declares an extra and what it needs.</summary>
    public SdistBuilder Extra(string extra, params ReadOnlySpan<string> requirements)
    {
        _metadata.AddExtra(extra, requirements);
        return this;
    }

    /// <summary>Sets the one-line summary.</summary>
    public SdistBuilder Summary(string summary)
    {
        _metadata.Summary = summary;
        return this;
    }

    /// <summary>Adds a text file of the package, for example <c>demo/__init__.py</c>.</summary>
    public SdistBuilder Module(string path, string content)
    {
        _modules.Add((path, content));
        return this;
    }

    /// <summary>Adds a command of the built wheel.</summary>
    public SdistBuilder ConsoleScript(string name, string target)
    {
        _scripts.Add((name, target));
        return this;
    }

    /// <summary>Adds a build requirement; an installer fetches it before it asks the backend anything.</summary>
    public SdistBuilder RequiresBuild(string requirement)
    {
        _buildRequirements.Add(requirement);
        return this;
    }

    /// <summary>The metadata is given, and building the wheel fails with this message on stderr.</summary>
    public SdistBuilder BuildFails(string message)
    {
        _buildFailure = message;
        return this;
    }

    /// <summary>Already asking for the metadata fails with this message on stderr.</summary>
    public SdistBuilder MetadataFails(string message)
    {
        _metadataFailure = message;
        return this;
    }

    /// <summary>
    /// Building the wheel never ends. The backend first writes its process id and a newline to
    /// <paramref name="announceTo"/>, for example a FIFO that the test reads, so that no test has to guess when.
    /// </summary>
    public SdistBuilder BuildHangs(string? announceTo = null)
    {
        _hangs = true;
        _hangMark = announceTo;
        return this;
    }

    /// <inheritdoc/>
    public byte[] Build()
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.NoCompression, leaveOpen: true))
        using (var archive = new TarWriter(gzip, TarEntryFormat.Ustar, leaveOpen: true))
        {
            Write(archive, "PKG-INFO", _metadata.Render());
            Write(archive, "pyproject.toml", RenderProject());
            Write(archive, "backend/testkit_backend.py", SdistBackend.Source);
            Write(archive, "backend/testkit_backend_plan.py", RenderPlan());
            _modules.ForEach(module => Write(archive, "src/" + module.Path, module.Content));
        }

        return bytes.ToArray();
    }

    // These escapes mean the same in a Python string literal and in a basic string of TOML.
    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var character in text)
        {
            _ = character switch
            {
                '"' or '\\' => quoted.Append('\\').Append(character),
                < ' ' or '\x7f' => quoted.Append($"\\u{(int)character:x4}"),
                _ => quoted.Append(character),
            };
        }

        return quoted.Append('"').ToString();
    }

    private static string QuoteOrNone(string? text) => text is null ? "None" : Quote(text);

    private void Write(TarWriter archive, string path, string content)
    {
        using var data = new MemoryStream(Encoding.UTF8.GetBytes(content));
        archive.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"{_metadata.FileStem}/{path}")
        {
            DataStream = data,
            ModificationTime = Epoch,
            Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
        });
    }

    private string RenderProject() =>
        $"""
        [build-system]
        requires = [{string.Join(", ", _buildRequirements.Select(Quote))}]
        build-backend = "testkit_backend"
        backend-path = ["backend"]

        """;

    private string RenderPlan() =>
        $"""
        STEM = {Quote(_metadata.FileStem)}
        SCRIPTS = [{string.Join(", ", _scripts.Select(script => Quote($"{script.Name} = {script.Target}")))}]
        METADATA_FAILURE = {QuoteOrNone(_metadataFailure)}
        BUILD_FAILURE = {QuoteOrNone(_buildFailure)}
        HANGS = {(_hangs ? "True" : "False")}
        HANG_MARK = {QuoteOrNone(_hangMark)}

        """;
}
