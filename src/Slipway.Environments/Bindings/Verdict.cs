using System.Collections.Immutable;
using Slipway.Core.Contracts;
using Slipway.Core.Failures;

namespace Slipway.Environments.Bindings;

/// <summary>Why the work on some bindings does not go on.</summary>
/// <param name="Code">The code, with its state.</param>
/// <param name="Message">One sentence for people.</param>
internal sealed record Verdict(DependencyCode Code, string Message)
{
    /// <summary>The failure behind it.</summary>
    public Failure? Failure { get; init; }

    /// <summary>The bindings concerned; empty for all that are selected.</summary>
    public ImmutableArray<string> Bindings { get; init; } = [];

    /// <summary>The requirement concerned, normalised; null for all.</summary>
    public string? Requirement { get; init; }

    /// <summary>What a person would have to name.</summary>
    public ImmutableArray<NeededInput> Needed { get; init; } = [];

    /// <summary>Whether a binding is concerned.</summary>
    public bool Concerns(string bindingId) => Bindings.IsEmpty || Bindings.Contains(bindingId, StringComparer.Ordinal);

    /// <summary>The message with the tool's own words after it.</summary>
    public string Text => Failure?.Detail is { Length: > 0 } words ? $"{Message}\n{words.Trim()}" : Message;
}
