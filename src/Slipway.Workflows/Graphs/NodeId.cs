using System.Buffers;
using System.Text.RegularExpressions;

namespace Slipway.Workflows.Graphs;

/// <summary>The name of a node in its graph: a lower-case letter, then at most 62 of letters, digits and dashes.</summary>
public readonly partial record struct NodeId : IComparable<NodeId>
{
    private readonly string? _text;

    private NodeId(string text) => _text = text;

    /// <summary>The name that a text is; null when it is none.</summary>
    public static NodeId? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length is > 0 and <= MaxLength && char.IsAsciiLetterLower(text[0]) && !text.AsSpan().ContainsAnyExcept(Characters) ? new NodeId(text) : null;
    }

    /// <summary>The nearest name to any text: what a file of another tool is given.</summary>
    /// <param name="text">The text.</param>
    /// <param name="taken">Names that are used already.</param>
    public static NodeId Coin(string text, IReadOnlySet<NodeId> taken)
    {
        var name = Foreign().Replace(text.ToLowerInvariant(), "-").Trim('-');
        name = name.Length > 0 && char.IsAsciiLetterLower(name[0]) ? name : $"node-{name}".TrimEnd('-');
        name = name.Length <= MaxLength ? name : name[..MaxLength].TrimEnd('-');
        for (var number = 1; ; number++)
        {
            var suffix = number == 1 ? string.Empty : $"-{number}";
            var id = new NodeId(name[..Math.Min(name.Length, MaxLength - suffix.Length)] + suffix);
            if (!taken.Contains(id))
            {
                return id;
            }
        }
    }

    /// <inheritdoc/>
    public int CompareTo(NodeId other) => string.CompareOrdinal(_text, other._text);

    /// <summary>Whether one name stands before another.</summary>
    public static bool operator <(NodeId one, NodeId other) => one.CompareTo(other) < 0;

    /// <summary>Whether one name stands behind another.</summary>
    public static bool operator >(NodeId one, NodeId other) => one.CompareTo(other) > 0;

    /// <summary>Whether one name does not stand behind another.</summary>
    public static bool operator <=(NodeId one, NodeId other) => one.CompareTo(other) <= 0;

    /// <summary>Whether one name does not stand before another.</summary>
    public static bool operator >=(NodeId one, NodeId other) => one.CompareTo(other) >= 0;

    /// <inheritdoc/>
    public override string ToString() => _text ?? string.Empty;

    private const int MaxLength = 63;

    private static readonly SearchValues<char> Characters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Foreign();
}
