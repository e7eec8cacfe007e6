using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Training.Tokenizers;

/// <summary>
/// A tokenizer of bytes: ids 0 to 255 are the bytes of UTF-8, the special tokens of all renderers follow, and the rest of the vocabulary is never used, so that
/// its size is a multiple of 32. It needs no file, and every text has exactly one encoding.
/// </summary>
public sealed class ByteTokenizer : ITokenizer
{
    /// <summary>The name of its kind.</summary>
    public const string Kind = "byte";

    private const int Bytes = 256;

    private static readonly ImmutableArray<string> Order =
    [
        "<bos>", "<eos>",
        SpecialTexts.BeginOfText, "<|end_of_text|>", SpecialTexts.StartHeader, SpecialTexts.EndHeader, SpecialTexts.EndOfTurn,
        SpecialTexts.MessageStart, SpecialTexts.MessageEnd, SpecialTexts.Think, SpecialTexts.EndThink,
        SpecialTexts.ToolCall, SpecialTexts.EndToolCall, SpecialTexts.ToolResponse, SpecialTexts.EndToolResponse,
        SpecialTexts.SentenceBegin, SpecialTexts.SentenceEnd, SpecialTexts.User, SpecialTexts.Assistant,
        SpecialTexts.CallsBegin, SpecialTexts.CallsEnd, SpecialTexts.CallBegin, SpecialTexts.CallEnd, SpecialTexts.CallSeparator,
        SpecialTexts.OutputBegin, SpecialTexts.OutputEnd,
    ];

    /// <summary>The tokenizer of a model.</summary>
    /// <param name="name">The model's name.</param>
    public ByteTokenizer(string name = Kind) => Name = name;

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int VocabularySize => 288;

    /// <summary>SHA-256 over the line <c>byte</c>, each special token as a line, and the size as a line: UTF-8, each line with its line feed.</summary>
    public string Fingerprint { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Kind}\n{string.Concat(Order.Select(static text => text + "\n"))}288\n")));

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, int> Specials { get; } =
        Order.Select(static (text, index) => KeyValuePair.Create(text, Bytes + index)).ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <inheritdoc/>
    public int? Begin => Bytes;

    /// <inheritdoc/>
    public int? End => Bytes + 1;

    /// <inheritdoc/>
    public Task<Result<ImmutableArray<ImmutableArray<int>>>> EncodeAsync(ImmutableArray<TokenChunk> chunks, CancellationToken cancellationToken) => Task.FromResult(Encode(chunks));

    /// <inheritdoc/>
    public Task<Result<ImmutableArray<string>>> DecodeAsync(ImmutableArray<ImmutableArray<int>> sequences, CancellationToken cancellationToken) => Task.FromResult(Decode(sequences));

    private Result<ImmutableArray<ImmutableArray<int>>> Encode(ImmutableArray<TokenChunk> chunks)
    {
        var encoded = ImmutableArray.CreateBuilder<ImmutableArray<int>>(chunks.Length);
        foreach (var chunk in chunks)
        {
            var tokens = ImmutableArray.CreateBuilder<int>();
            foreach (var part in chunk.Parts)
            {
                if (!part.IsSpecial)
                {
                    tokens.AddRange(Encoding.UTF8.GetBytes(part.Text).Select(static value => (int)value));
                }
                else if (Specials.TryGetValue(part.Text, out var id))
                {
                    tokens.Add(id);
                }
                else
                {
                    return new Failure(TrainingFailures.UnknownSpecial, $"The tokenizer of {Name} has no special token {Shown.Quote(part.Text)}.");
                }
            }

            encoded.Add(tokens.ToImmutable());
        }

        return encoded.MoveToImmutable();
    }

    private Result<ImmutableArray<string>> Decode(ImmutableArray<ImmutableArray<int>> sequences)
    {
        var texts = ImmutableArray.CreateBuilder<string>(sequences.Length);
        foreach (var sequence in sequences)
        {
            if (sequence.Select(static id => (int?)id).FirstOrDefault(id => id < 0 || id >= VocabularySize) is { } unknown)
            {
                return new Failure(TrainingFailures.UnknownToken, string.Create(CultureInfo.InvariantCulture, $"The tokenizer of {Name} has no token {unknown}; its ids end at {VocabularySize - 1}."));
            }

            texts.Add(Decode(sequence));
        }

        return texts.MoveToImmutable();
    }

    private static string Decode(ImmutableArray<int> sequence)
    {
        var (text, bytes) = (new StringBuilder(), new List<byte>());
        foreach (var id in sequence)
        {
            if (id < Bytes)
            {
                bytes.Add((byte)id);
                continue;
            }

            text.Append(Encoding.UTF8.GetString([.. bytes])).Append(id - Bytes < Order.Length ? Order[id - Bytes] : "\uFFFD");
            bytes.Clear();
        }

        return text.Append(Encoding.UTF8.GetString([.. bytes])).ToString();
    }
}
