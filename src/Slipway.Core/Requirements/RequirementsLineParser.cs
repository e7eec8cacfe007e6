using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Core.Requirements;

/// <summary>What one line of a requirements file holds: exactly one of the three.</summary>
internal readonly record struct RequirementsEntry(RequirementLine? Requirement, RequirementsInclude? Include, RequirementPath? Path = null);

/// <summary>Reads one joined line of a requirements file.</summary>
internal sealed class RequirementsLineParser
{
    private readonly RequirementsText _line;
    private readonly string _text;

    private RequirementsLineParser(RequirementsText line)
    {
        _line = line;
        _text = line.Text;
    }

    public static Result<RequirementsEntry> Parse(RequirementsText line) => new RequirementsLineParser(line).Parse();

    private Result<RequirementsEntry> Parse()
    {
        var start = _text.Length - _text.AsSpan().TrimStart().Length;
        if (FindVariable() is { } variable)
        {
            return CoreFailures.RequirementsVariable.Because(
                "The line holds a ${NAME} reference; Slipway does not expand variables in requirements files.", _line.Locate(variable));
        }

        if (_text[start] == '-')
        {
            return ParseOption(start);
        }

        var end = StartOfOptions(start);
        if (RequirementPath.IsPath(_text[start..end]))
        {
            return ParsePath(start, end);
        }

        if (BareSource.Is(_text.AsSpan(start, end - start).Trim()))
        {
            return BareSource.Refuse(_text[start..end], _line.Locate(start));
        }

        if (!Requirement.Parse(_text[start..end].TrimEnd(), offset => _line.Locate(start + offset)).TryGet(out var requirement, out var failure)
            || !ParseHashes(end).TryGet(out var hashes, out failure))
        {
            return failure;
        }

        return new RequirementsEntry(new RequirementLine(requirement, [.. hashes], _line.Locate(start)), null);
    }

    private Result<RequirementsEntry> ParsePath(int start, int end)
    {
        if (!RequirementPath.Parse(_text[start..end], _line.Locate(start)).TryGet(out var path, out var failure)
            || !ParseHashes(end).TryGet(out var hashes, out failure))
        {
            return failure;
        }

        return new RequirementsEntry(null, null, path with { Hashes = [.. hashes] });
    }

    private int? FindVariable()
    {
        for (var from = 0; _text.IndexOf("${", from, StringComparison.Ordinal) is >= 0 and var found; from = found + 2)
        {
            var length = _text.AsSpan(found + 2).IndexOf('}');
            if (length > 0 && !_text.AsSpan(found + 2, length).ContainsAnyExcept(RequirementsOptions.VariableCharacters))
            {
                return found;
            }
        }

        return null;
    }

    private Result<RequirementsEntry> ParseOption(int start)
    {
        var (name, value, valueStart) = RequirementsOptions.Split(_text, start);
        if (name is not ("-r" or "--requirement" or "-c" or "--constraint"))
        {
            return CoreFailures.RequirementsOption.Because(
                $"The option {Shown.Quote(name)} is not taken from a requirements file.", _line.Locate(start), RequirementsOptions.Hint(name));
        }

        if (WhatIsWrongWithPath(value) is { } problem)
        {
            return CoreFailures.RequirementsOption.Because($"{name} {problem}", _line.Locate(valueStart), $"Write: {name} path/to/file.txt");
        }

        var path = value[0] is '"' or '\'' ? value[1..^1] : value;
        return new RequirementsEntry(null, new RequirementsInclude(path, name is "-c" or "--constraint", _line.Locate(start)));
    }

    private static string? WhatIsWrongWithPath(string value)
    {
        var isQuoted = value.Length > 2 && value[0] is '"' or '\'' && value.IndexOf(value[0], 1) == value.Length - 1;
        var path = isQuoted ? value[1..^1] : value;
        return path.Length == 0 ? "needs the path of a file."
            : path.Any(char.IsControl) ? "names a path that holds a control character."
            : path.StartsWith('-') ? "names a path that begins with '-', which could be taken as an option."
            : path.Contains("://", StringComparison.Ordinal) ? "names a URL; only files are read."
            : !isQuoted && path.AsSpan().ContainsAny(" \t\"'") ? "takes one path; quote a path that holds blanks."
            : null;
    }

    /// <summary>Where the options that follow a requirement begin; the end of the text when there are none.</summary>
    private int StartOfOptions(int start)
    {
        var quote = '\0';
        for (var index = start; index < _text.Length; index++)
        {
            if (quote != '\0')
            {
                quote = _text[index] == quote ? '\0' : quote;
            }
            else if (_text[index] is '"' or '\'')
            {
                quote = _text[index];
            }
            else if (_text[index] == '-' && index > start && _text[index - 1] is ' ' or '\t')
            {
                return index;
            }
        }

        return _text.Length;
    }

    private Result<SortedSet<string>> ParseHashes(int start)
    {
        const string Algorithm = "sha256:";
        var hashes = new SortedSet<string>(StringComparer.Ordinal);
        for (var position = start; position < _text.Length;)
        {
            var (name, value, valueStart) = RequirementsOptions.SplitFirst(_text, position);
            if (name != "--hash")
            {
                return CoreFailures.RequirementsOption.Because(
                    $"{Shown.Quote(name)} is not taken from a requirements file; only --hash may follow a requirement.", _line.Locate(position), RequirementsOptions.Hint(name));
            }

            if (!value.StartsWith(Algorithm, StringComparison.Ordinal) || value.Length != Algorithm.Length + 64 || !value[Algorithm.Length..].All(char.IsAsciiHexDigit))
            {
                return CoreFailures.RequirementsHash.Because($"The hash {Shown.Quote(value)} is not 'sha256:' and 64 hexadecimal digits.", _line.Locate(valueStart));
            }

            hashes.Add(value.ToLowerInvariant());
            position = valueStart + value.Length;
            position += _text.Length - position - _text.AsSpan(position).TrimStart().Length;
        }

        return hashes;
    }
}
