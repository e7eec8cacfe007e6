using System.Collections.Immutable;

namespace Slipway.Core.Requirements;

/// <summary>A part of a marker: alternatives, conditions that all must hold, or one comparison.</summary>
internal abstract record MarkerNode
{
    public abstract bool Holds(MarkerContext context);

    public abstract string Render();
}

/// <summary>Holds when one part holds.</summary>
internal sealed record MarkerAnyOf(ImmutableArray<MarkerNode> Parts) : MarkerNode
{
    public override bool Holds(MarkerContext context) => Parts.Any(part => part.Holds(context));

    public override string Render() => string.Join(" or ", Parts.Select(static part => part.Render()));
}

/// <summary>Holds when all parts hold.</summary>
internal sealed record MarkerAllOf(ImmutableArray<MarkerNode> Parts) : MarkerNode
{
    public override bool Holds(MarkerContext context) => Parts.All(part => part.Holds(context));

    public override string Render() =>
        string.Join(" and ", Parts.Select(static part => part is MarkerAnyOf ? $"({part.Render()})" : part.Render()));
}

/// <summary>One side of a comparison: a variable, or text in quotes.</summary>
internal readonly record struct MarkerOperand(MarkerVariable? Variable, string Text)
{
    public string Value(MarkerContext context) => Variable switch
    {
        null => Text,
        MarkerVariable.Extra => context.Extra,
        { } variable => MarkerVariables.Value(variable, context.Environment),
    };

    public string Render() => Variable is { } variable
        ? MarkerVariables.Name(variable)
        : Text.Contains('"') ? $"'{Text}'" : $"\"{Text}\"";
}

/// <summary>What a marker is judged by; one extra at a time, because <c>extra</c> holds one name.</summary>
internal sealed record MarkerContext(
    MarkerEnvironment Environment,
    string Extra,
    IReadOnlySet<string> Extras,
    IReadOnlySet<string> DependencyGroups);
