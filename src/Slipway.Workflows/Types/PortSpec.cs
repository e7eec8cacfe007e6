using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Workflows.Types;

/// <summary>A port of a type of nodes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What it carries.</param>
/// <param name="Description">What it is for, in a few words.</param>
public sealed record PortSpec(string Name, PortType Type, string Description)
{
    /// <summary>Whether the node cannot run without it. Of an output: whether it is always there.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Whether several edges may lead here; the node then gets their values in the order of the edges.</summary>
    public bool TakesMany { get; init; }

    /// <summary>What it is when nothing is given; null for nothing.</summary>
    public JsonElement? Default { get; init; }

    /// <summary>Whether the text names a file, relative to the workflow's file, that the node runs: a part of what is trusted.</summary>
    public bool NamesCode { get; init; }

    /// <summary>Whether the text names a model catalogue, relative to the workflow's file: what it declares is installed, and so a part of what is trusted.</summary>
    public bool NamesCatalogue { get; init; }

    /// <summary>The texts that it may be; empty for any.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>Other names under which files and other tools know it.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>A port that has to be there.</summary>
    public static PortSpec Required(string name, PortType type, string description) => new(name, type, description) { IsRequired = true };

    /// <summary>A port that may be left out.</summary>
    public static PortSpec Optional(string name, PortType type, string description) => new(name, type, description);

    /// <summary>Whether a name is this port's.</summary>
    public bool Answers(string name) => string.Equals(Name, name, StringComparison.Ordinal) || Aliases.Contains(name, StringComparer.Ordinal);

    /// <summary>What is expected where a value of a file does not fit; null where it fits.</summary>
    public string? Objection(JsonElement value) => Type.Accepts(value) is { } expected ? expected
        : Choices.Length > 0 && !Choices.Contains(value.GetString() ?? string.Empty, StringComparer.Ordinal) ? $"one of {string.Join(", ", Choices)}"
        : null;
}
