using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Slipway.TestKit;

/// <summary>
/// Makes a wheel (binary distribution format 1.0) in memory, correct unless a test asks for one that is not. Each
/// method returns the same builder. Members keep the order of the calls, and nothing depends on the clock.
/// </summary>
public sealed class WheelBuilder : IPackageFile
{
    // The earliest time that a zip archive can hold.
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly CoreMetadata _metadata;
    private readonly List<WheelMember> _members = [];
    private readonly List<(string Group, string Name, string Target)> _entryPoints = [];
    private readonly HashSet<string> _wrongInRecord = new(StringComparer.Ordinal);
    private readonly HashSet<string> _missingInRecord = new(StringComparer.Ordinal);
    private string _tag = "py3-none-any";
    private string? _buildTag;
    private bool _withRecord = true;

    /// <summary>Begins a wheel of no modules and the tag <c>py3-none-any</c>.</summary>
    public WheelBuilder(string name, string version) => _metadata = new CoreMetadata(name, version);

    /// <inheritdoc/>
    public string Name => _metadata.Name;

    /// <inheritdoc/>
    public string Version => _metadata.Version;

    /// <inheritdoc/>
    public string? PythonRequirement => _metadata.RequiresPython;

    /// <inheritdoc/>
    public string? Metadata => _metadata.Render();

    /// <inheritdoc/>
    public string FileName => _metadata.FileStem + (_buildTag is null ? "-" : $"-{_buildTag}-") + _tag + ".whl";

    /// <summary>The name of the wheel's <c>.dist-info</c> folder.</summary>
    public string DistInfo => _metadata.FileStem + ".dist-info";

    /// <summary>Adds requirements (PEP 508), each with its marker if it has one.</summary>
    public WheelBuilder Requires(params ReadOnlySpan<string> requirements)
    {
        foreach (var requirement in requirements)
        {
            _metadata.Require(requirement);
        }

        return this;
    }

    /// <summary>Sets Requires-Python, for example <c>>=3.9</c>.</summary>
    public WheelBuilder RequiresPython(string specifier)
    {
        _metadata.RequiresPython = specifier;
        return this;
    }

    /// <summary>Declares an extra and what it needs.</summary>
    public WheelBuilder Extra(string extra, params ReadOnlySpan<string> requirements)
    {
        _metadata.AddExtra(extra, requirements);
        return this;
    }

    /// <summary>Sets the one-line summary.</summary>
    public WheelBuilder Summary(string summary)
    {
        _metadata.Summary = summary;
        return this;
    }

    /// <summary>Adds any other field of the core metadata, for example <c>License-Expression</c>.</summary>
    public WheelBuilder MetadataField(string field, string value)
    {
        _metadata.AddField(field, value);
        return this;
    }

    /// <summary>Adds a text file of the installed package, for example <c>demo/__init__.py</c>.</summary>
    public WheelBuilder Module(string path, string content) => Member(WheelMember.File(path, content));

    /// <summary>Adds a file by any name at all; names that leave the target folder are written as they are.</summary>
    public WheelBuilder RawFile(string path, byte[] content) => Member(WheelMember.File(path, content));

    /// <summary>Adds a file for an install scheme: <c>scripts</c>, <c>data</c>, <c>headers</c>, <c>purelib</c>, <c>platlib</c>.</summary>
    public WheelBuilder Data(string scheme, string path, string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        var name = $"{_metadata.FileStem}.data/{scheme}/{path}";
        return Member(string.Equals(scheme, "scripts", StringComparison.Ordinal)
            ? WheelMember.Program(name, bytes)
            : WheelMember.File(name, bytes));
    }

    /// <summary>Adds a command, for example <c>demo</c> for <c>demo_pkg.cli:main</c>.</summary>
    public WheelBuilder ConsoleScript(string name, string target) => EntryPoint("console_scripts", name, target);

    /// <summary>Adds an entry point of any group.</summary>
    public WheelBuilder EntryPoint(string group, string name, string target)
    {
        _entryPoints.Add((group, name, target));
        return this;
    }

    /// <summary>Sets the compatibility tag; a compressed set such as <c>py2.py3-none-any</c> is expanded in WHEEL.</summary>
    public WheelBuilder Tag(string tag)
    {
        _tag = tag;
        return this;
    }

    /// <summary>Sets the build tag, which begins with a digit.</summary>
    public WheelBuilder BuildTag(string buildTag)
    {
        _buildTag = buildTag;
        return this;
    }

    /// <summary>Hostile: adds a symbolic link as an archive member.</summary>
    public WheelBuilder Symlink(string path, string target) => Member(WheelMember.Link(path, target));

    /// <summary>Hostile: RECORD states the hash of other bytes for this member.</summary>
    public WheelBuilder WrongRecord(string path)
    {
        _wrongInRecord.Add(path);
        return this;
    }

    /// <summary>Hostile: RECORD does not mention this member.</summary>
    public WheelBuilder MissingFromRecord(string path)
    {
        _missingInRecord.Add(path);
        return this;
    }

    /// <summary>Hostile: there is no RECORD.</summary>
    public WheelBuilder NoRecord()
    {
        _withRecord = false;
        return this;
    }

    /// <inheritdoc/>
    public byte[] Build()
    {
        List<WheelMember> members = [.. _members, WheelMember.File(DistInfo + "/METADATA", _metadata.Render())];
        members.Add(WheelMember.File(DistInfo + "/WHEEL", RenderWheel()));
        if (_entryPoints.Count > 0)
        {
            members.Add(WheelMember.File(DistInfo + "/entry_points.txt", RenderEntryPoints()));
        }

        if (_withRecord)
        {
            members.Add(WheelMember.File(DistInfo + "/RECORD", RenderRecord(members)));
        }

        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            members.ForEach(member => Write(archive, member));
        }

        return bytes.ToArray();
    }

    private static void Write(ZipArchive archive, WheelMember member)
    {
        // Stored, not compressed: another zlib gives other bytes, and hashes of wheels stand in snapshots.
        var entry = archive.CreateEntry(member.Path, CompressionLevel.NoCompression);
        entry.LastWriteTime = Epoch;
        entry.ExternalAttributes = member.Mode << 16;
        using var content = entry.Open();
        content.Write(member.Content);
    }

    private static string Field(string value) =>
        value.AsSpan().ContainsAny(",\"\r\n") ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;

    private WheelBuilder Member(WheelMember member)
    {
        _members.Add(member);
        return this;
    }

    private string RenderWheel()
    {
        var sets = _tag.Split('-').Select(part => part.Split('.')).ToList();
        var tags = from python in sets[0]
                   from abi in sets[1]
                   from platform in sets[2]
                   select $"Tag: {python}-{abi}-{platform}\n";
        var pure = _tag.EndsWith("-none-any", StringComparison.Ordinal) ? "true" : "false";
        var build = _buildTag is null ? string.Empty : $"Build: {_buildTag}\n";
        return $"Wheel-Version: 1.0\nGenerator: slipway-testkit\nRoot-Is-Purelib: {pure}\n{string.Concat(tags)}{build}";
    }

    private string RenderEntryPoints()
    {
        var groups = _entryPoints.GroupBy(point => point.Group, StringComparer.Ordinal);
        return string.Join('\n', groups.Select(group =>
            $"[{group.Key}]\n" + string.Concat(group.Select(point => $"{point.Name} = {point.Target}\n"))));
    }

    private string RenderRecord(IEnumerable<WheelMember> members)
    {
        var record = new StringBuilder();
        foreach (var member in members.Where(member => !_missingInRecord.Contains(member.Path)))
        {
            byte[] hashed = _wrongInRecord.Contains(member.Path) ? [.. member.Content, 0] : member.Content;
            var hash = Convert.ToBase64String(SHA256.HashData(hashed)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
            record.Append($"{Field(member.Path)},sha256={hash},{member.Content.Length}\n");
        }

        return record.Append($"{DistInfo}/RECORD,,\n").ToString();
    }
}
