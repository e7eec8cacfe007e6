using System.Collections.Immutable;

namespace Slipway.Training.Tokenizers;

/// <summary>A part of a text to encode: a special token by its text, or ordinary text, which never becomes a special token whatever it says.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsSpecial">Whether it is the text of a special token.</param>
public readonly record struct TokenText(string Text, bool IsSpecial)
{
    /// <summary>Ordinary text.</summary>
    public static TokenText Plain(string text) => new(text, IsSpecial: false);

    /// <summary>A special token.</summary>
    public static TokenText Special(string text) => new(text, IsSpecial: true);
}

/// <summary>What is encoded by itself: the borders of chunks are borders of tokens.</summary>
/// <param name="Parts">Its parts.</param>
public sealed record TokenChunk(ImmutableArray<TokenText> Parts);
