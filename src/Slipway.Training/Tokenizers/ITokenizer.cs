using System.Collections.Immutable;
using Slipway.Core.Failures;

namespace Slipway.Training.Tokenizers;

/// <summary>The tokenizer of a model. No token is added at beginnings or ends by itself.</summary>
public interface ITokenizer
{
    /// <summary>What it is of: a model's name.</summary>
    string Name { get; }

    /// <summary>How many ids there are.</summary>
    int VocabularySize { get; }

    /// <summary>A digest of the vocabulary: two models whose fingerprints are equal number their tokens alike.</summary>
    string Fingerprint { get; }

    /// <summary>The special tokens by their text.</summary>
    ImmutableSortedDictionary<string, int> Specials { get; }

    /// <summary>The token that begins a text, where there is one.</summary>
    int? Begin { get; }

    /// <summary>The token that ends a text, where there is one.</summary>
    int? End { get; }

    /// <summary>Encodes chunks, each by itself.</summary>
    /// <param name="chunks">The chunks.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The tokens of each chunk; a failure when a special token is unknown.</returns>
    Task<Result<ImmutableArray<ImmutableArray<int>>>> EncodeAsync(ImmutableArray<TokenChunk> chunks, CancellationToken cancellationToken);

    /// <summary>Decodes sequences, special tokens included. Bytes that are no UTF-8 become U+FFFD.</summary>
    /// <param name="sequences">The sequences.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<Result<ImmutableArray<string>>> DecodeAsync(ImmutableArray<ImmutableArray<int>> sequences, CancellationToken cancellationToken);
}
