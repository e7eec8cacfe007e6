using System.Collections.Immutable;

namespace Slipway.Environments.Inspection;

/// <summary>Reads what installed distributions say of themselves: their commands, and their RECORD (both of the PyPA's specifications).</summary>
internal sealed class DistributionScan
{
    private static readonly string[] CommandGroups = ["console_scripts", "gui_scripts"];

    private readonly Dictionary<string, InspectedCommand> _commands = new(StringComparer.Ordinal);
    private readonly ImmutableArray<OutsideEntry>.Builder _outside = ImmutableArray.CreateBuilder<OutsideEntry>();
    private readonly ImmutableArray<string>.Builder _unreadable = ImmutableArray.CreateBuilder<string>();

    /// <summary>Lines of RECORD that lead out of the environment.</summary>
    public ImmutableArray<OutsideEntry> Outside => _outside.ToImmutable();

    /// <summary>Files that could not be read.</summary>
    public ImmutableArray<string> Unreadable => _unreadable.ToImmutable();

    /// <summary>The commands, by name.</summary>
    public ImmutableArray<InspectedCommand> Commands => [.. _commands.Values.OrderBy(command => command.Name, StringComparer.Ordinal)];

    /// <summary>Adds the distributions of a folder.</summary>
    public void Add(SiteFolder site)
    {
        foreach (var info in site.Names("*.dist-info"))
        {
            var package = info[..info.IndexOf('-', StringComparison.Ordinal)];
            AddRecord(site, info, package);
            AddEntryPoints(site, info, package);
        }
    }

    private void AddRecord(SiteFolder site, string info, string package)
    {
        var name = $"{info}/RECORD";
        if (site.Lines(name) is not { } lines)
        {
            _unreadable.Add($"{site.Folder}/{name}");
            return;
        }

        for (var i = 0; i < lines.Length; i++)
        {
            var path = FirstField(lines[i]);
            if (path.Length > 0 && !site.IsInside(path))
            {
                _outside.Add(new OutsideEntry($"{site.Folder}/{name}", i + 1, path));
            }
            else if (CommandName(site, path) is { } command)
            {
                _commands.TryAdd(command, new InspectedCommand(command, package, Target: null));
            }
        }
    }

    private void AddEntryPoints(SiteFolder site, string info, string package)
    {
        var group = string.Empty;
        foreach (var line in (site.Lines($"{info}/entry_points.txt") ?? []).Select(line => line.Trim()))
        {
            if (line.StartsWith('[') && line.EndsWith(']'))
            {
                group = line[1..^1].Trim();
            }
            else if (CommandGroups.Contains(group, StringComparer.Ordinal) && line.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals && line[0] is not ('#' or ';'))
            {
                var name = line[..equals].Trim();
                _commands[name] = new InspectedCommand(name, package, line[(equals + 1)..].Trim());
            }
        }
    }

    private static string? CommandName(SiteFolder site, string path)
    {
        if (!path.Contains("/bin/", StringComparison.Ordinal))
        {
            return null;
        }

        var full = Path.GetFullPath(path.StartsWith('/') ? path : $"{site.Path}/{path}");
        return string.Equals(Path.GetDirectoryName(full), $"{site.Root}/bin", StringComparison.Ordinal) ? Path.GetFileName(full) : null;
    }

    // RECORD is a CSV file: a path with a comma or a quote stands in quotes, a quote in it is doubled.
    private static string FirstField(string line)
    {
        if (!line.StartsWith('"'))
        {
            return line.Split(',')[0];
        }

        var end = 1;
        while (end < line.Length && (line[end] != '"' || (end + 1 < line.Length && line[end + 1] == '"')))
        {
            end += line[end] == '"' ? 2 : 1;
        }

        return line[1..Math.Min(end, line.Length)].Replace("\"\"", "\"", StringComparison.Ordinal);
    }
}
