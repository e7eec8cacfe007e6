using System.Collections.Immutable;
using Slipway.Core.Failures;

namespace Slipway.Core.Yaml;

/// <summary>A value of a YAML document and where it stands. Scalars stay texts: <c>1.10</c> is no number that could lose its zero.</summary>
/// <param name="At">Where it begins.</param>
internal abstract record YamlNode(FailureLocation At)
{
    /// <summary>What it is, for messages.</summary>
    public abstract string Kind { get; }
}

/// <summary>A scalar.</summary>
/// <param name="Value">Its text.</param>
/// <param name="IsPlain">Whether it was written without quotes.</param>
/// <param name="At">Where it begins.</param>
internal sealed record YamlText(string Value, bool IsPlain, FailureLocation At) : YamlNode(At)
{
    /// <summary>Whether it says that there is no value.</summary>
    public bool IsNull => IsPlain && Value is "" or "~" or "null" or "Null" or "NULL";

    /// <inheritdoc/>
    public override string Kind => IsNull ? "nothing" : "a text";
}

/// <summary>A sequence.</summary>
/// <param name="Items">Its items.</param>
/// <param name="At">Where it begins.</param>
internal sealed record YamlList(ImmutableArray<YamlNode> Items, FailureLocation At) : YamlNode(At)
{
    /// <inheritdoc/>
    public override string Kind => "a list";
}

/// <summary>A mapping; its keys are texts, each once.</summary>
/// <param name="Entries">Its entries in the order of the document.</param>
/// <param name="At">Where it begins.</param>
internal sealed record YamlMap(ImmutableArray<YamlEntry> Entries, FailureLocation At) : YamlNode(At)
{
    /// <inheritdoc/>
    public override string Kind => "a mapping";

    /// <summary>The value of a key; null when the key is absent or has no value.</summary>
    public YamlNode? this[string key] => Entries.FirstOrDefault(entry => string.Equals(entry.Key.Value, key, StringComparison.Ordinal))?.Value is { } value
        && value is not YamlText { IsNull: true } ? value : null;
}

/// <summary>One entry of a mapping.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">Its value.</param>
internal sealed record YamlEntry(YamlText Key, YamlNode Value);
