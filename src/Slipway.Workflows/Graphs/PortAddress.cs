using System.Buffers;

namespace Slipway.Workflows.Graphs;

/// <summary>A port of a node, written <c>node.port</c>.</summary>
/// <param name="Node">The node.</param>
/// <param name="Port">The port's name: a lower-case letter, then letters, digits and underscores.</param>
public readonly record struct PortAddress(NodeId Node, string Port) : IComparable<PortAddress>
{
    /// <summary>The address that a text is; null when it is none.</summary>
    public static PortAddress? Parse(string text)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && NodeId.Parse(text[..dot]) is { } node && IsPortName(text[(dot + 1)..]) ? new PortAddress(node, text[(dot + 1)..]) : null;
    }

    /// <summary>Whether a text can be a port's name.</summary>
    public static bool IsPortName(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length is > 0 and <= MaxLength && char.IsAsciiLetterLower(text[0]) && !text.AsSpan().ContainsAnyExcept(Characters);
    }

    /// <inheritdoc/>
    public int CompareTo(PortAddress other) => Node.CompareTo(other.Node) is var order and not 0 ? order : string.CompareOrdinal(Port, other.Port);

    /// <summary>Whether one address stands before another.</summary>
    public static bool operator <(PortAddress one, PortAddress other) => one.CompareTo(other) < 0;

    /// <summary>Whether one address stands behind another.</summary>
    public static bool operator >(PortAddress one, PortAddress other) => one.CompareTo(other) > 0;

    /// <summary>Whether one address does not stand behind another.</summary>
    public static bool operator <=(PortAddress one, PortAddress other) => one.CompareTo(other) <= 0;

    /// <summary>Whether one address does not stand before another.</summary>
    public static bool operator >=(PortAddress one, PortAddress other) => one.CompareTo(other) >= 0;

    /// <inheritdoc/>
    public override string ToString() => $"{Node}.{Port}";

    private const int MaxLength = 63;

    private static readonly SearchValues<char> Characters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");
}
