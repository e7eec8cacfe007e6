using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Requirements;
using Slipway.Core.Text;
using Slipway.Core.Yaml;

namespace Slipway.Core.Conda;

/// <summary>An <c>environment.yml</c>.</summary>
/// <param name="Name">What it calls its environment; null when it does not say.</param>
/// <param name="Channels">Its channels in order; directories are absolute.</param>
/// <param name="Specs">What is asked of conda.</param>
/// <param name="Pip">What is asked of pip (PEP 508).</param>
/// <param name="Variables">Variables that are set in the environment.</param>
/// <param name="Warnings">What is in the file and not followed.</param>
public sealed record CondaEnvironmentFile(
    string? Name,
    ImmutableArray<string> Channels,
    ImmutableArray<CondaSpec> Specs,
    ImmutableArray<RequirementLine> Pip,
    ImmutableSortedDictionary<string, string> Variables,
    ImmutableArray<string> Warnings)
{
    private const string Dependencies = "dependencies";
    private static readonly YamlValues Values = new(CoreFailures.CondaFileInvalid);
    private static readonly string[] Known = ["name", "channels", Dependencies, "variables", "prefix", "category"];

    /// <summary>Reads an environment file.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="source">Its name for messages.</param>
    /// <param name="directory">The absolute directory that relative channels are relative to.</param>
    /// <returns>The file, or the first failure with its line and column.</returns>
    public static Result<CondaEnvironmentFile> Parse(string text, string source, string directory)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!YamlReader.Read(text, source).TryGet(out var map, out var failure)
            || !Values.OptionalText(map, "name").TryGet(out var name, out failure)
            || !ReadChannels(map, directory).TryGet(out var channels, out failure)
            || !ReadVariables(map).TryGet(out var variables, out failure)
            || !ReadDependencies(map).TryGet(out var asked, out failure))
        {
            return failure;
        }

        return new CondaEnvironmentFile(name.Length == 0 ? null : name, channels, asked.Specs, asked.Pip, variables, [.. Unread(map, source)]);
    }

    private static IEnumerable<string> Unread(YamlMap map, string source)
    {
        if (map["prefix"] is not null)
        {
            yield return $"{source}: prefix is not followed: environments lie in the store.";
        }

        foreach (var entry in map.Entries.Where(entry => !Known.Contains(entry.Key.Value, StringComparer.Ordinal)))
        {
            yield return $"{entry.Key.At}: {Shown.Quote(entry.Key.Value)} is not known and not read.";
        }
    }

    private static Result<ImmutableArray<string>> ReadChannels(YamlMap map, string directory)
    {
        if (!Values.Texts(map, "channels").TryGet(out var texts, out var failure))
        {
            return failure;
        }

        var channels = ImmutableArray.CreateBuilder<string>(texts.Length);
        foreach (var text in texts)
        {
            if (!CondaChannel.Parse(text.Value, directory, "channels").TryGet(out var channel, out failure))
            {
                return failure with { Location = text.At };
            }

            channels.Add(channel);
        }

        return channels.ToImmutable();
    }

    private static Result<ImmutableSortedDictionary<string, string>> ReadVariables(YamlMap map)
    {
        if (!Values.Map(map, "variables").TryGet(out var entries, out var failure))
        {
            return failure;
        }

        var variables = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var entry in entries.Entries)
        {
            var name = entry.Key.Value;
            if (entry.Value is not YamlText value || value.Value.Contains('\0', StringComparison.Ordinal))
            {
                return CoreFailures.CondaFileInvalid.Because($"The variable {Shown.Quote(name)} is {entry.Value.Kind}, and a text is needed.", entry.Value.At);
            }

            if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            {
                return CoreFailures.CondaFileInvalid.Because($"{Shown.Quote(name)} is not the name of a variable.", entry.Key.At);
            }

            variables[name] = value.IsNull ? string.Empty : value.Value;
        }

        return variables.ToImmutable();
    }

    /// <summary>The two halves of the list of dependencies.</summary>
    private sealed record Asked(ImmutableArray<CondaSpec> Specs, ImmutableArray<RequirementLine> Pip);

    private static Result<Asked> ReadDependencies(YamlMap map)
    {
        if (!Values.List(map, Dependencies).TryGet(out var items, out var failure))
        {
            return failure;
        }

        if (items.IsEmpty)
        {
            return CoreFailures.CondaFileInvalid.Because($"{Dependencies} is missing or empty.", map.At);
        }

        var specs = ImmutableArray.CreateBuilder<CondaSpec>();
        var pip = ImmutableArray.CreateBuilder<RequirementLine>();
        foreach (var item in items)
        {
            if (item is YamlMap section)
            {
                if (!ReadPip(section).TryGet(out var more, out failure))
                {
                    return failure;
                }

                pip.AddRange(more);
            }
            else if (item is YamlText { IsNull: false } text)
            {
                if (!CondaSpec.Parse(text.Value, text.At).TryGet(out var spec, out failure))
                {
                    return failure;
                }

                specs.Add(spec);
            }
            else
            {
                return CoreFailures.CondaFileInvalid.Because($"An item of {Dependencies} is {item.Kind}, and a text or 'pip:' is needed.", item.At);
            }
        }

        return new Asked(specs.ToImmutable(), pip.ToImmutable());
    }

    private static Result<ImmutableArray<RequirementLine>> ReadPip(YamlMap section)
    {
        if (section.Entries.FirstOrDefault(entry => entry.Key.Value is not "pip") is { } other)
        {
            return CoreFailures.CondaFileInvalid.Because($"{Shown.Quote(other.Key.Value)} is no installer that is known here; 'pip' is.", other.Key.At);
        }

        if (!Values.Texts(section, "pip").TryGet(out var texts, out var failure))
        {
            return failure;
        }

        var lines = ImmutableArray.CreateBuilder<RequirementLine>(texts.Length);
        foreach (var text in texts)
        {
            if (!RequirementsFile.Parse(text.Value, text.At.Source).TryGet(out var file, out failure))
            {
                return failure with { Location = text.At };
            }

            if (file is not { Requirements: [var line], Includes.IsEmpty: true, Paths.IsEmpty: true })
            {
                return CoreFailures.CondaFileInvalid.Because($"{Shown.Quote(text.Value)} is not one requirement.", text.At, "Write names, versions and URLs below 'pip:', one an item; files are named on the command line.");
            }

            lines.Add(line with { Location = text.At });
        }

        return lines.ToImmutable();
    }
}
