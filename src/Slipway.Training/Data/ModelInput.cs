using System.Collections.Immutable;

namespace Slipway.Training.Data;

/// <summary>What a model is given: chunks, in order.</summary>
/// <param name="Chunks">The chunks.</param>
public sealed record ModelInput(ImmutableArray<Chunk> Chunks)
{
    /// <summary>Nothing.</summary>
    public static ModelInput Empty { get; } = new([]);

    /// <summary>How many positions it takes.</summary>
    public int Length => Chunks.Sum(static chunk => chunk.Length);

    /// <summary>Whether all of it is text.</summary>
    public bool IsText => Chunks.All(static chunk => chunk is TextChunk);

    /// <summary>Tokens as one chunk.</summary>
    public static ModelInput Of(IEnumerable<int> tokens) => new([new TextChunk([.. tokens])]);

    /// <summary>The tokens.</summary>
    /// <exception cref="InvalidOperationException">There is a chunk that is no text: ask <see cref="IsText"/>.</exception>
    public ImmutableArray<int> ToTokens() =>
        [.. Chunks.SelectMany(static chunk => chunk is TextChunk text ? text.Tokens : throw new InvalidOperationException("An image has no tokens."))];

    /// <summary>The same and a token more; text at the end grows, so that no chunk of one token is made.</summary>
    public ModelInput Append(int token) => Chunks is [.., TextChunk last]
        ? new(Chunks.SetItem(Chunks.Length - 1, new TextChunk(last.Tokens.Add(token))))
        : new(Chunks.Add(new TextChunk([token])));

    /// <summary>The same and a chunk more.</summary>
    public ModelInput Append(Chunk chunk) => new(Chunks.Add(chunk));

    /// <summary>The same without text chunks that hold nothing: services refuse them.</summary>
    public ModelInput WithoutEmpty() => Chunks.Any(static chunk => chunk is TextChunk { Tokens.Length: 0 })
        ? new([.. Chunks.Where(static chunk => chunk is not TextChunk { Tokens.Length: 0 })])
        : this;

    /// <inheritdoc/>
    public bool Equals(ModelInput? other) => other is not null && Chunks.AsSpan().SequenceEqual(other.Chunks.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Chunks.Length, Length);
}
