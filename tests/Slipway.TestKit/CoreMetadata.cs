using System.Text;

namespace Slipway.TestKit;

/// <summary>What METADATA of a wheel and PKG-INFO of a source distribution have in common (core metadata 2.1).</summary>
internal sealed class CoreMetadata(string name, string version)
{
    private readonly List<string> _extras = [];
    private readonly List<string> _requirements = [];
    private readonly List<KeyValuePair<string, string>> _fields = [];

    internal string Name { get; } = name;

    internal string Version { get; } = version;

    internal string? Summary { get; set; }

    internal string? RequiresPython { get; set; }

    /// <summary>The name as it begins a file name (binary distribution format, PEP 625).</summary>
    internal string FileStem => NormalizedName.Replace('-', '_') + "-" + Version.Replace('-', '_');

    /// <summary>The name as it stands in an index (PEP 503).</summary>
    internal string NormalizedName => Normalize(Name);

    internal static string Normalize(string name)
    {
        var normalized = new StringBuilder(name.Length);
        foreach (var character in name)
        {
            if (character is not ('-' or '_' or '.'))
            {
                normalized.Append(char.ToLowerInvariant(character));
            }
            else if (normalized.Length == 0 || normalized[^1] != '-')
            {
                normalized.Append('-');
            }
        }

        return normalized.ToString();
    }

    internal void Require(string requirement) => _requirements.Add(requirement);

    /// <summary>Declares an extra; its requirements get the marker that PEP 508 asks for.</summary>
    internal void AddExtra(string extra, ReadOnlySpan<string> requirements)
    {
        if (!_extras.Contains(extra, StringComparer.Ordinal))
        {
            _extras.Add(extra);
        }

        foreach (var requirement in requirements)
        {
            var parts = requirement.Split(';', 2);
            var marker = parts.Length == 1 ? string.Empty : $"({parts[1].Trim()}) and ";
            _requirements.Add($"{parts[0].Trim()} ; {marker}extra == '{extra}'");
        }
    }

    internal void AddField(string field, string value) => _fields.Add(KeyValuePair.Create(field, value));

    internal string Render()
    {
        var text = new StringBuilder();
        Line("Metadata-Version", "2.1");
        Line("Name", Name);
        Line("Version", Version);
        Line("Summary", Summary);
        Line("Requires-Python", RequiresPython);
        _extras.ForEach(extra => Line("Provides-Extra", extra));
        _requirements.ForEach(requirement => Line("Requires-Dist", requirement));
        _fields.ForEach(field => Line(field.Key, field.Value));
        return text.ToString();

        void Line(string field, string? value)
        {
            if (value is not null)
            {
                text.Append(field).Append(": ").Append(value).Append('\n');
            }
        }
    }
}
