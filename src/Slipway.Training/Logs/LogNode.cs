using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Training.Logs;

/// <summary>A node of a log tree: an element with attributes, and children that are text or elements.</summary>
internal sealed class LogNode(string tag, ImmutableArray<(string Name, string Value)> attributes)
{
    private readonly List<(LogNode? Node, string? Text)> _children = [];

    internal string Tag => tag;

    internal ImmutableArray<(string Name, string Value)> Attributes => attributes;

    internal IReadOnlyList<(LogNode? Node, string? Text)> Children => _children;

    internal JsonElement? Data { get; set; }

    internal LogNode Add(LogNode child)
    {
        _children.Add((child, null));
        return child;
    }

    internal LogNode Add(string text)
    {
        _children.Add((null, text));
        return this;
    }
}
