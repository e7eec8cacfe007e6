using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Core.Toml;

/// <summary>
/// Turns offsets of a document into lines and columns. A document that is a part of another text names that
/// text's lines instead.
/// </summary>
internal sealed class TomlPlaces
{
    private readonly string _text;
    private readonly string _source;
    private readonly Func<int, int> _lineOf;
    private readonly Func<int, string>? _outerLine;
    private readonly List<int> _lineStarts = [0];
    private readonly Dictionary<int, string> _lineTexts = [];

    /// <param name="text">The document.</param>
    /// <param name="source">The name of the outer text.</param>
    /// <param name="lineOf">The outer line of a line of the document; both count from 1.</param>
    /// <param name="outerLine">The text of an outer line, which ends in the document's line; null when the lines are the same.</param>
    public TomlPlaces(string text, string source, Func<int, int> lineOf, Func<int, string>? outerLine = null)
    {
        _text = text;
        _source = source;
        _lineOf = lineOf;
        _outerLine = outerLine;
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] == '\n')
            {
                _lineStarts.Add(index + 1);
            }
        }
    }

    public FailureLocation Locate(int offset)
    {
        var found = _lineStarts.BinarySearch(offset);
        var line = found >= 0 ? found : ~found - 1;
        if (!_lineTexts.TryGetValue(line, out var shown))
        {
            shown = Shown.Line(_outerLine?.Invoke(_lineOf(line + 1)) ?? LineText(line));
            _lineTexts.Add(line, shown);
        }

        var prefix = _outerLine is null ? 0 : Math.Max(0, shown.Length - LineText(line).Length);
        return new FailureLocation(_source, _lineOf(line + 1), offset - _lineStarts[line] + prefix + 1, shown);
    }

    private string LineText(int line)
    {
        var start = _lineStarts[line];
        var end = line + 1 < _lineStarts.Count ? _lineStarts[line + 1] - 1 : _text.Length;
        return _text[start..end].TrimEnd('\r');
    }
}
