using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Core.Toml;

/// <summary>The characters of a document, and the first problem met in them.</summary>
internal sealed class TomlScanner(string text, TomlPlaces places)
{
    public string Text => text;

    public int Position { get; set; }

    public Failure? Failure { get; private set; }

    public bool AtEnd => Position >= text.Length;

    /// <summary>The character here; NUL at the end, where no rule accepts it.</summary>
    public char Current => Peek(0);

    public char Peek(int ahead) => Position + ahead < text.Length ? text[Position + ahead] : '\0';

    public FailureLocation Locate(int offset) => places.Locate(Math.Min(offset, text.Length));

    /// <summary>Remembers the problem and returns false.</summary>
    public bool Fail(int offset, string problem)
    {
        Failure ??= CoreFailures.TomlInvalid.Because(problem, Locate(offset));
        return false;
    }

    public bool Fail(string problem) => Fail(Position, problem);

    public bool TryTake(char character)
    {
        if (AtEnd || Current != character)
        {
            return false;
        }

        Position++;
        return true;
    }

    public bool StartsWith(string value) => text.AsSpan(Math.Min(Position, text.Length)).StartsWith(value, StringComparison.Ordinal);

    public void SkipBlanks()
    {
        while (Current is ' ' or '\t')
        {
            Position++;
        }
    }

    /// <summary>Takes LF or CRLF; false, and nothing taken, for anything else.</summary>
    public bool TryTakeNewline()
    {
        var length = Current == '\n' ? 1 : Current == '\r' && Peek(1) == '\n' ? 2 : 0;
        Position += length;
        return length > 0;
    }

    /// <summary>Skips blanks, newlines and comments. False when a comment is malformed.</summary>
    public bool SkipToContent()
    {
        do
        {
            SkipBlanks();
            if (!SkipComment())
            {
                return false;
            }
        }
        while (TryTakeNewline());
        return true;
    }

    /// <summary>Skips what may follow a statement on its line. False when there is something else.</summary>
    public bool EndLine()
    {
        SkipBlanks();
        if (!SkipComment())
        {
            return false;
        }

        return AtEnd || TryTakeNewline() || Fail($"Unexpected {Describe()}: the line should end here.");
    }

    /// <summary>The character here, as a message names it.</summary>
    public string Describe() => AtEnd ? "end of the document"
        : Current is '\n' or '\r' ? "end of the line"
        : Shown.Quote(char.IsSurrogate(Current) ? char.ConvertFromUtf32(char.ConvertToUtf32(text, Position)) : Current.ToString());

    /// <summary>Whether TOML forbids a character in comments and strings.</summary>
    public static bool IsForbidden(char character) => character is (< ' ' and not '\t') or '\u007F';

    /// <summary>Finds a surrogate without its other half, which no valid document can hold.</summary>
    public bool CheckEncoding()
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (!char.IsSurrogate(text[index]))
            {
                continue;
            }

            if (index + 1 >= text.Length || !char.IsSurrogatePair(text[index], text[index + 1]))
            {
                return Fail(index, "The document is not valid Unicode here.");
            }

            index++;
        }

        return true;
    }

    private bool SkipComment()
    {
        if (!TryTake('#'))
        {
            return true;
        }

        while (!AtEnd && Current != '\n' && !(Current == '\r' && Peek(1) == '\n'))
        {
            if (IsForbidden(Current))
            {
                return Fail("A comment must not hold a control character.");
            }

            Position++;
        }

        return true;
    }
}
