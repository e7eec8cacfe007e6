using System.Collections.Immutable;

namespace Slipway.Mcp.Tools;

/// <summary>What a parameter holds.</summary>
public enum ParameterKind
{
    /// <summary>A text without control characters.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Whole,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>A list of texts.</summary>
    List,

    /// <summary>An object that another part of Slipway reads.</summary>
    Object,
}

/// <summary>What a parameter names, where the server's scope has a say.</summary>
public enum ParameterRole
{
    /// <summary>Nothing of the kind.</summary>
    Plain,

    /// <summary>A host; absent means this machine, <c>local</c>.</summary>
    Host,

    /// <summary>A host where only some backends need one.</summary>
    BackendHost,

    /// <summary>A backend; absent means any.</summary>
    Backend,
}

/// <summary>One parameter of a tool: its schema for the assistant and its check for us, from one row.</summary>
/// <param name="Name">The name, in snake case.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Description">One sentence for the assistant.</param>
public sealed record ToolParameter(string Name, ParameterKind Kind, string Description)
{
    /// <summary>Whether it must be given.</summary>
    public bool IsRequired { get; init; }

    /// <summary>A regular expression that a text, or each text of a list, matches as a whole; valid in ECMA 262 and .NET alike. Null for any.</summary>
    public string? Pattern { get; init; }

    /// <summary>The longest text, in UTF-16 units.</summary>
    public int MaxLength { get; init; } = 1024;

    /// <summary>The least number.</summary>
    public long Least { get; init; }

    /// <summary>The greatest number.</summary>
    public long Most { get; init; } = int.MaxValue;

    /// <summary>The longest list.</summary>
    public int MaxItems { get; init; } = 64;

    /// <summary>The texts that are allowed; empty for any.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>The value when absent, for the assistant to know; null where nothing is assumed.</summary>
    public string? Default { get; init; }

    /// <summary>What it names.</summary>
    public ParameterRole Role { get; init; }

    /// <summary>Whether the record of calls may hold its value.</summary>
    public bool IsRecorded { get; init; } = true;
}
