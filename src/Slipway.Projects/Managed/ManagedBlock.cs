using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;

namespace Slipway.Projects.Managed;

/// <summary>
/// The lines between two marks in a file that otherwise belongs to the user. Everything outside of them stays byte for byte, whatever its line
/// ends and its encoding; composing twice gives the same bytes, and taking the block out gives back what was there before it.
/// </summary>
/// <remarks>
/// A new block stands at the top, behind a byte order mark and a <c>#!</c> line: nothing has to be added to the user's part to keep the two apart,
/// and what the user writes below has the last word.
/// </remarks>
public sealed class ManagedBlock
{
    /// <summary>The line before the block's lines.</summary>
    public const string Begin = "# >>> slipway >>>";

    /// <summary>The line behind the block's lines.</summary>
    public const string End = "# <<< slipway <<<";

    private const string Rule = "looks after these lines; what stands outside of them is yours.";
    private const string MadeLine = $"# Slipway made this file, and {Rule}";
    private const string JoinedLine = $"# Slipway {Rule}";

    // Latin-1 is a character a byte: any file goes through it and comes out the same.
    private static readonly Encoding Bytewise = Encoding.Latin1;
    private static readonly string Mark = Bytewise.GetString([0xEF, 0xBB, 0xBF]);

    private readonly string _before;
    private readonly string _after;

    private ManagedBlock(string before, string after, bool isThere, bool madeFile)
    {
        _before = before;
        _after = after;
        IsThere = isThere;
        MadeFile = madeFile;
    }

    /// <summary>Whether the file has a block.</summary>
    public bool IsThere { get; }

    /// <summary>Whether the file came into being with its block, and not by the user's hand.</summary>
    public bool MadeFile { get; }

    /// <summary>The file without its block.</summary>
    public byte[] Outside => Bytewise.GetBytes(_before + _after);

    /// <summary>The lines of the user, without line ends and blanks around them.</summary>
    public ImmutableArray<string> UserLines => [.. Encoding.UTF8.GetString(Outside).TrimStart('\uFEFF').Split('\n').Select(static line => line.Trim())];

    /// <summary>Finds the block of a file.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="content">Its content; null when there is no file.</param>
    /// <returns>The file in its parts; <see cref="ProjectFailures.BlockDamaged"/> when the marks are no pair.</returns>
    public static Result<ManagedBlock> Find(string path, byte[]? content)
    {
        if (content is null)
        {
            return new ManagedBlock(string.Empty, string.Empty, isThere: false, madeFile: true);
        }

        var text = Bytewise.GetString(content);
        var marks = MarksOf(text);
        return marks switch
        {
            [] => new ManagedBlock(text[..Top(text)], text[Top(text)..], isThere: false, madeFile: false),
            [{ IsBegin: true } begin, { IsBegin: false } end] => new ManagedBlock(
                text[..begin.Start], text[end.End..], isThere: true, madeFile: text[begin.Start..end.End].Split('\n').Any(static line => line.Trim() is MadeLine)),
            _ => Damaged(path, marks),
        };
    }

    /// <summary>The file with these lines in its block.</summary>
    /// <param name="lines">The lines, without line ends.</param>
    public byte[] With(IEnumerable<string> lines)
    {
        string[] all = [Begin, MadeFile ? MadeLine : JoinedLine, .. lines, End];
        return [.. Bytewise.GetBytes(_before), .. Encoding.UTF8.GetBytes(string.Concat(all.Select(static line => $"{line}\n"))), .. Bytewise.GetBytes(_after)];
    }

    private static List<FoundMark> MarksOf(string text)
    {
        var marks = new List<FoundMark>();
        var number = 1;
        for (var start = 0; start < text.Length; number++)
        {
            var newline = text.IndexOf('\n', start);
            var end = newline < 0 ? text.Length : newline + 1;
            var from = start == 0 && text.StartsWith(Mark, StringComparison.Ordinal) ? Mark.Length : start;
            var line = text[from..end].Trim(' ', '\t', '\r', '\n');
            if (line is Begin or End)
            {
                marks.Add(new FoundMark(line is Begin, number, from, end));
            }

            start = end;
        }

        return marks;
    }

    // Where a new block goes: a line that names an interpreter must stay the first.
    private static int Top(string text)
    {
        var start = text.StartsWith(Mark, StringComparison.Ordinal) ? Mark.Length : 0;
        return text.AsSpan(start).StartsWith("#!") && text.IndexOf('\n', start) is >= 0 and var newline ? newline + 1 : start;
    }

    private static Failure Damaged(string path, List<FoundMark> marks)
    {
        var (odd, why) = marks switch
        {
            [{ IsBegin: true } only] => (only, $"the line '{End}' is missing"),
            [{ IsBegin: false } only] => (only, $"the line '{Begin}' is missing"),
            [{ IsBegin: false } first, { IsBegin: true }] => (first, "the two marks stand in the wrong order"),
            _ => (marks.Where((mark, index) => marks.Take(index).Any(other => other.IsBegin == mark.IsBegin)).First(), "a mark stands there twice"),
        };
        return new Failure(ProjectFailures.BlockDamaged, $"The lines of Slipway in {path} are damaged: {why}.") { Location = new FailureLocation(path, odd.Line) };
    }

    private sealed record FoundMark(bool IsBegin, int Line, int Start, int End);
}
