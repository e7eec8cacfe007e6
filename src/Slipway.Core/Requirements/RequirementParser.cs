using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Core.Versions;

namespace Slipway.Core.Requirements;

/// <summary>The requirement grammar of PEP 508, for one requirement.</summary>
internal sealed class RequirementParser(string text, Func<int, FailureLocation> locate)
{
    private readonly TextCursor _cursor = new(text, 0, text.Length);
    private Failure? _failure;

    public Result<Requirement> Parse()
    {
        if (!CheckCharacters())
        {
            return _failure!;
        }

        var start = _cursor.Position;
        if (TakeName() is not { } name || TakeExtras() is not { } extras)
        {
            return _failure!;
        }

        _cursor.SkipBlanks();
        string? url = null;
        var specifiers = VersionSpecifierSet.Any;
        if (_cursor.TryTake('@'))
        {
            if ((url = TakeUrl()) is null)
            {
                return _failure!;
            }
        }
        else if (TakeSpecifiers() is { } taken)
        {
            specifiers = taken;
        }
        else
        {
            return _failure!;
        }

        return TakeMarker(out var marker)
            ? new Requirement(name, extras, specifiers, url, marker, text.Trim()) { Location = locate(start) }
            : _failure!;
    }

    private bool CheckCharacters()
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (char.IsControl(text[index]) && text[index] != '\t')
            {
                var what = text[index] is '\r' or '\n' ? "a line break" : "a control character";
                return Fail(index, $"The requirement holds {what}.");
            }
        }

        _cursor.SkipBlanks();
        return _cursor.Current switch
        {
            _ when _cursor.AtEnd => Fail(_cursor.Position, "The requirement is empty."),
            '-' => Fail(_cursor.Position, $"{Shown.Quote(text.Trim())} begins with '-': options are not requirements."),
            _ when BareSource.Is(_cursor.Rest.TrimEnd()) => FailBare(),
            _ => true,
        };
    }

    private bool FailBare()
    {
        _failure = BareSource.Refuse(text, locate(_cursor.Position));
        return false;
    }

    private PackageName? TakeName()
    {
        var start = _cursor.Position;
        var name = _cursor.TakeWhile(NameSyntax.IsNameCharacter);
        if (name.Length == 0)
        {
            Fail(start, $"The requirement {Shown.Quote(text.Trim())} does not begin with the name of a project.");
            return null;
        }

        if (PackageName.Parse(name).TryGet(out var parsed, out var failure))
        {
            return parsed;
        }

        _failure = failure with { Location = locate(start) };
        return null;
    }

    private ImmutableArray<ExtraName>? TakeExtras()
    {
        _cursor.SkipBlanks();
        if (!_cursor.TryTake('['))
        {
            return [];
        }

        var extras = new SortedSet<ExtraName>();
        _cursor.SkipBlanks();
        if (_cursor.TryTake(']'))
        {
            return [];
        }

        do
        {
            _cursor.SkipBlanks();
            var start = _cursor.Position;
            if (!ExtraName.Parse(_cursor.TakeWhile(NameSyntax.IsNameCharacter)).TryGet(out var extra, out var failure))
            {
                _failure = failure with { Location = locate(start) };
                return null;
            }

            extras.Add(extra);
            _cursor.SkipBlanks();
        }
        while (_cursor.TryTake(','));
        if (!_cursor.TryTake(']'))
        {
            Fail(_cursor.Position, "The extras must be names separated by commas and closed by ']'.");
            return null;
        }

        return [.. extras];
    }

    private string? TakeUrl()
    {
        _cursor.SkipBlanks();
        var start = _cursor.Position;
        var url = _cursor.TakeWhile(static c => c is not (' ' or '\t'));
        if (url.Length == 0)
        {
            Fail(start, "The URL after '@' is missing.");
            return null;
        }

        if (RequirementUrl.WhatIsWrong(url) is { } wrong)
        {
            _failure = wrong.Failure with { Location = locate(start + wrong.Offset) };
            return null;
        }

        _cursor.SkipBlanks();
        if (_cursor.AtEnd || _cursor.Current == ';')
        {
            return url;
        }

        Fail(_cursor.Position, url.EndsWith(';')
            ? "A blank is needed between the URL and the ';' of its marker."
            : "Only a marker, after ' ;', may follow the URL.");
        return null;
    }

    private VersionSpecifierSet? TakeSpecifiers()
    {
        var isEnclosed = _cursor.TryTake('(');
        var start = _cursor.Position;
        var length = _cursor.Rest.IndexOfAny(isEnclosed ? ")" : ";");
        if (length < 0 && isEnclosed)
        {
            Fail(start - 1, "The parenthesis around the version specifiers is not closed.");
            return null;
        }

        var end = length < 0 ? _cursor.End : start + length;
        if (!VersionSpecifierSet.Parse(text, start, end, out var failedAt).TryGet(out var specifiers, out var failure))
        {
            _failure = failure with { Location = locate(failedAt), Hint = HintForJunk(start) };
            return null;
        }

        _cursor.Position = isEnclosed ? end + 1 : end;
        return specifiers;
    }

    private string? HintForJunk(int start) => text.AsSpan(start).TrimStart() switch
    {
        ['-', ..] => "Options are not part of a requirement.",
        ['=', not '=', ..] => "One version exactly is asked for with '=='.",
        _ => null,
    };

    private bool TakeMarker(out Marker? marker)
    {
        marker = null;
        _cursor.SkipBlanks();
        if (_cursor.AtEnd)
        {
            return true;
        }

        if (!_cursor.TryTake(';'))
        {
            return Fail(_cursor.Position, "Only a marker, after ';', may follow here.");
        }

        if (!Marker.Parse(_cursor, locate, allowSets: false).TryGet(out marker, out var failure))
        {
            _failure = failure;
            return false;
        }

        return true;
    }

    private bool Fail(int offset, string message)
    {
        _failure = CoreFailures.RequirementInvalid.Because(message, locate(offset));
        return false;
    }
}
