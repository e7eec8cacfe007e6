namespace Slipway.Core.Text;

/// <summary>A position within a part of a text, for hand-written parsers of one line.</summary>
internal sealed class TextCursor(string text, int start, int end)
{
    public string Text => text;

    public int Position { get; set; } = start;

    public int End => end;

    public bool AtEnd => Position >= end;

    /// <summary>The character here; NUL at the end.</summary>
    public char Current => Position < end ? text[Position] : '\0';

    public ReadOnlySpan<char> Rest => text.AsSpan(Position, end - Position);

    public void SkipBlanks()
    {
        while (Current is ' ' or '\t')
        {
            Position++;
        }
    }

    public bool TryTake(char character)
    {
        if (AtEnd || text[Position] != character)
        {
            return false;
        }

        Position++;
        return true;
    }

    /// <summary>Takes a word that is not followed by another character of a word.</summary>
    public bool TryTakeWord(string word)
    {
        if (!Rest.StartsWith(word, StringComparison.Ordinal)
            || (Rest.Length > word.Length && IsWordCharacter(Rest[word.Length])))
        {
            return false;
        }

        Position += word.Length;
        return true;
    }

    public string TakeWhile(Func<char, bool> isWanted)
    {
        var from = Position;
        while (!AtEnd && isWanted(text[Position]))
        {
            Position++;
        }

        return text[from..Position];
    }

    private static bool IsWordCharacter(char character) => char.IsLetterOrDigit(character) || character == '_';
}
