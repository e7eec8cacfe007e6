using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Tests.Support;

/// <summary>One token for each character of Unicode, by its number, and one for each special token. It counts its calls.</summary>
internal sealed class CharTokenizer(bool begins = true) : ITokenizer
{
    private const int First = 0x110000;
    private static readonly ByteTokenizer Bytes = new();

    public string Name => "characters";

    public int VocabularySize => First + Specials.Count;

    public string Fingerprint => "characters";

    public ImmutableSortedDictionary<string, int> Specials { get; } = Bytes.Specials.ToImmutableSortedDictionary(static pair => pair.Key, static pair => First + pair.Value - 256, StringComparer.Ordinal);

    public int? Begin => begins ? First : null;

    public int? End => First + 1;

    internal int Calls { get; private set; }

    internal int Chunks { get; private set; }

    public Task<Result<ImmutableArray<ImmutableArray<int>>>> EncodeAsync(ImmutableArray<TokenChunk> chunks, CancellationToken cancellationToken)
    {
        (Calls, Chunks) = (Calls + 1, Chunks + chunks.Length);
        return Task.FromResult<Result<ImmutableArray<ImmutableArray<int>>>>(chunks.Select(chunk => chunk.Parts.SelectMany(Encode).ToImmutableArray()).ToImmutableArray());
    }

    public Task<Result<ImmutableArray<string>>> DecodeAsync(ImmutableArray<ImmutableArray<int>> sequences, CancellationToken cancellationToken)
    {
        Calls++;
        return Task.FromResult<Result<ImmutableArray<string>>>(sequences.Select(sequence => Decode(sequence)).ToImmutableArray());
    }

    internal string Decode(IEnumerable<int> ids) => string.Concat(ids.Select(id => id < First ? new Rune(id).ToString() : Specials.First(pair => pair.Value == id).Key));

    /// <summary>Tokens of a text in which special tokens are spelled.</summary>
    internal ImmutableArray<int> Spelled(string text)
    {
        var ids = ImmutableArray.CreateBuilder<int>();
        for (var i = 0; i < text.Length;)
        {
            var rest = text[i..];
            var special = Specials.Keys.FirstOrDefault(key => rest.StartsWith(key, StringComparison.Ordinal));
            ids.Add(special is null ? Rune.GetRuneAt(text, i).Value : Specials[special]);
            i += special?.Length ?? Rune.GetRuneAt(text, i).Utf16SequenceLength;
        }

        return ids.ToImmutable();
    }

    private IEnumerable<int> Encode(TokenText part) => part.IsSpecial ? [Specials[part.Text]] : part.Text.EnumerateRunes().Select(static rune => rune.Value);
}
