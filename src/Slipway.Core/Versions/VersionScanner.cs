using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace Slipway.Core.Versions;

/// <summary>Reads one version in any spelling of PEP 440's appendix B, without blanks around it.</summary>
internal ref struct VersionScanner
{
    private static readonly ImmutableArray<(string Word, PreReleaseKind Kind)> PreWords =
    [
        ("alpha", PreReleaseKind.Alpha), ("a", PreReleaseKind.Alpha),
        ("beta", PreReleaseKind.Beta), ("b", PreReleaseKind.Beta),
        ("preview", PreReleaseKind.Candidate), ("pre", PreReleaseKind.Candidate),
        ("rc", PreReleaseKind.Candidate), ("c", PreReleaseKind.Candidate),
    ];

    private static readonly ImmutableArray<string> PostWords = ["post", "rev", "r"];

    private readonly ReadOnlySpan<char> _text;
    private int _position;

    private VersionScanner(ReadOnlySpan<char> text) => _text = text;

    /// <summary>The version, or null when the text is none.</summary>
    public static PepVersion? Scan(ReadOnlySpan<char> text)
    {
        var scanner = new VersionScanner(text);
        return scanner.Scan();
    }

    private PepVersion? Scan()
    {
        if (Peek() is 'v' or 'V')
        {
            _position++;
        }

        if (TakeNumber() is not { } first)
        {
            return null;
        }

        var epoch = BigInteger.Zero;
        if (Peek() == '!')
        {
            _position++;
            epoch = first;
            if (TakeNumber() is not { } afterEpoch)
            {
                return null;
            }

            first = afterEpoch;
        }

        var release = TakeRelease(first);
        var pre = TakePre();
        var post = TakePost();
        var dev = TakeWord("dev") ? TakeSuffixNumber() : (BigInteger?)null;
        return TakeLocal() is { } local && _position == _text.Length
            ? new PepVersion(epoch, release, pre, post, dev, local)
            : null;
    }

    private ImmutableArray<BigInteger> TakeRelease(BigInteger first)
    {
        var release = ImmutableArray.CreateBuilder<BigInteger>();
        release.Add(first);
        while (Peek() == '.' && char.IsAsciiDigit(Peek(1)))
        {
            _position++;
            release.Add(TakeNumber()!.Value);
        }

        return release.ToImmutable();
    }

    private PreRelease? TakePre()
    {
        foreach (var (word, kind) in PreWords)
        {
            if (TakeWord(word))
            {
                return new PreRelease(kind, TakeSuffixNumber());
            }
        }

        return null;
    }

    private BigInteger? TakePost()
    {
        if (Peek() == '-' && char.IsAsciiDigit(Peek(1)))
        {
            _position++;
            return TakeNumber();
        }

        foreach (var word in PostWords)
        {
            if (TakeWord(word))
            {
                return TakeSuffixNumber();
            }
        }

        return null;
    }

    /// <summary>Null when a plus sign is not followed by a proper label; empty when there is no plus sign.</summary>
    private ImmutableArray<LocalSegment>? TakeLocal()
    {
        if (Peek() != '+')
        {
            return [];
        }

        var segments = ImmutableArray.CreateBuilder<LocalSegment>();
        do
        {
            _position++;
            var start = _position;
            while (char.IsAsciiLetterOrDigit(Peek()))
            {
                _position++;
            }

            if (_position == start)
            {
                return null;
            }

            segments.Add(Segment(_text[start.._position]));
        }
        while (IsSeparator(Peek()));
        return segments.ToImmutable();
    }

    private static LocalSegment Segment(ReadOnlySpan<char> text) => text.ContainsAnyExceptInRange('0', '9')
        ? new LocalSegment(null, text.ToString().ToLowerInvariant())
        : new LocalSegment(Number(text), string.Empty);

    private bool TakeWord(string word)
    {
        var start = IsSeparator(Peek()) ? _position + 1 : _position;
        if (!_text[start..].StartsWith(word, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        _position = start + word.Length;
        return true;
    }

    private BigInteger TakeSuffixNumber()
    {
        if (IsSeparator(Peek()))
        {
            _position++;
        }

        return TakeNumber() ?? BigInteger.Zero;
    }

    private BigInteger? TakeNumber()
    {
        var start = _position;
        while (char.IsAsciiDigit(Peek()))
        {
            _position++;
        }

        return _position == start ? null : Number(_text[start.._position]);
    }

    private static BigInteger Number(ReadOnlySpan<char> digits) =>
        BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    private readonly char Peek(int ahead = 0) => _position + ahead < _text.Length ? _text[_position + ahead] : '\0';

    private static bool IsSeparator(char character) => character is '.' or '-' or '_';
}
