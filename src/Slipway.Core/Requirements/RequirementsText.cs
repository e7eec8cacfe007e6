using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Core.Requirements;

/// <summary>
/// One line of a requirements file after continuations were joined and comments removed, which still knows
/// where each of its characters stood.
/// </summary>
internal sealed class RequirementsText(string source)
{
    private readonly StringBuilder _text = new();
    private readonly List<(int Offset, int Line, string LineText)> _pieces = [];

    /// <summary>The joined text.</summary>
    public string Text => _text.ToString();

    /// <summary>The lines that hold more than blanks and comments.</summary>
    public static IEnumerable<RequirementsText> LogicalLines(string text, string source)
    {
        var physical = (text.StartsWith('\uFEFF') ? text[1..] : text).Split('\n');
        RequirementsText? current = null;
        for (var index = 0; index < physical.Length; index++)
        {
            var line = physical[index].EndsWith('\r') ? physical[index][..^1] : physical[index];
            current ??= new RequirementsText(source);
            var comment = StartOfComment(line);

            // A comment ends a continuation: its own backslash does not count.
            var continues = comment < 0 && line.EndsWith('\\');
            current.Add(continues ? line[..^1] : comment < 0 ? line : line[..comment], index + 1, line);
            if (continues && index + 1 < physical.Length)
            {
                continue;
            }

            if (!current._text.ToString().AsSpan().IsWhiteSpace())
            {
                yield return current;
            }

            current = null;
        }
    }

    /// <summary>Where the character at an offset of <see cref="Text"/> stood in the file.</summary>
    public FailureLocation Locate(int offset)
    {
        var piece = _pieces.FindLast(piece => piece.Offset <= offset);
        return new FailureLocation(source, piece.Line, offset - piece.Offset + 1, Shown.Line(piece.LineText));
    }

    private static int StartOfComment(string line)
    {
        for (var index = 0; index < line.Length; index++)
        {
            if (line[index] == '#' && (index == 0 || char.IsWhiteSpace(line[index - 1])))
            {
                return index;
            }
        }

        return -1;
    }

    private void Add(string piece, int line, string lineText)
    {
        _pieces.Add((_text.Length, line, lineText));
        _text.Append(piece);
    }
}
