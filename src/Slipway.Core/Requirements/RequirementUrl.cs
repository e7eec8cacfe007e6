using System.Buffers;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Core.Requirements;

/// <summary>The rules for the URL of a direct reference. Whether a scheme may be used is decided elsewhere.</summary>
internal static class RequirementUrl
{
    private const string GitUser = "git@";

    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>What is wrong with the URL, and at which offset in it; null when it can be accepted.</summary>
    public static (Failure Failure, int Offset)? WhatIsWrong(string url)
    {
        var schemeEnd = url.IndexOf(':', StringComparison.Ordinal);
        var scheme = schemeEnd < 0 ? string.Empty : url[..schemeEnd].ToLowerInvariant();
        if (scheme is not ("https" or "http" or "file" or "git+https" or "git+ssh" or "git+file"))
        {
            return (CoreFailures.UrlInvalid.Because(scheme.Length == 0
                ? $"{Shown.Quote(url)} is not a URL."
                : $"The URL scheme {Shown.Quote(scheme)} is not accepted."), 0);
        }

        if (!url.AsSpan(schemeEnd).StartsWith("://", StringComparison.Ordinal))
        {
            return (CoreFailures.UrlInvalid.Because($"The URL {Shown.Quote(url)} must continue with '://' after its scheme."), schemeEnd);
        }

        // The account that every git host has for everybody; whoever connects is known by a key.
        var authorityStart = schemeEnd + 3;
        authorityStart += scheme is "git+ssh" && url.AsSpan(authorityStart).StartsWith(GitUser, StringComparison.Ordinal) ? GitUser.Length : 0;
        if (UrlMask.UserinfoLength(url.AsSpan(authorityStart)) > 0)
        {
            return (CoreFailures.UrlHoldsUserinfo.Because("The URL holds a user name or a password, which is refused and not repeated here."), authorityStart);
        }

        if (UrlText.IndexOfForeign(url) is >= 0 and var bad)
        {
            return (CoreFailures.UrlInvalid.Because($"The URL {Shown.Quote(url)} holds a character that must be percent-encoded."), bad);
        }

        return Subdirectory.IndexOfEscape(url) is >= 0 and var escape
            ? (CoreFailures.UrlInvalid.Because($"The subdirectory of the URL {Shown.Quote(url)} must be a relative path that stays inside."), escape)
            : WhatIsWrongAfterScheme(url, scheme, authorityStart);
    }

    private static (Failure Failure, int Offset)? WhatIsWrongAfterScheme(string url, string scheme, int authorityStart)
    {
        var length = url.AsSpan(authorityStart).IndexOfAny("/?#");
        var authorityEnd = length < 0 ? url.Length : authorityStart + length;
        var authority = url.AsSpan(authorityStart, authorityEnd - authorityStart);
        if (scheme is "file" or "git+file")
        {
            if (authority is not ("" or "localhost") || authorityEnd == url.Length || url[authorityEnd] != '/')
            {
                return (CoreFailures.UrlInvalid.Because($"The URL {Shown.Quote(url)} must name an absolute path, as in file:///srv/wheels/x.whl."), authorityStart);
            }
        }
        else if (!IsHostAndPort(authority))
        {
            return (CoreFailures.UrlInvalid.Because($"The URL {Shown.Quote(url)} has no valid host name."), authorityStart);
        }

        return scheme.StartsWith("git+", StringComparison.Ordinal) ? WhatIsWrongWithGitRef(url, authorityEnd) : null;
    }

    // A ref reaches git as an argument of its own, so it must not be able to look like an option.
    private static (Failure Failure, int Offset)? WhatIsWrongWithGitRef(string url, int pathStart)
    {
        var pathEnd = url.AsSpan(pathStart).IndexOfAny("?#");
        var path = url.AsSpan(pathStart, pathEnd < 0 ? url.Length - pathStart : pathEnd);
        var at = path.LastIndexOf('@');
        if (at < 0)
        {
            return null;
        }

        var reference = path[(at + 1)..];
        var isValid = !reference.IsEmpty && char.IsAsciiLetterOrDigit(reference[0]);
        foreach (var character in reference)
        {
            isValid &= char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or '/' or '-';
        }

        return isValid ? null : (CoreFailures.UrlInvalid.Because(
            $"The git reference {Shown.Quote(reference.ToString())} must begin with a letter or digit and hold only letters, digits, '_', '.', '/' and '-'."), pathStart + at + 1);
    }

    private static bool IsHostAndPort(ReadOnlySpan<char> authority)
    {
        var hostEnd = authority.StartsWith("[", StringComparison.Ordinal) ? authority.IndexOf(']') + 1 : authority.IndexOf(':');
        var host = hostEnd < 0 ? authority : authority[..hostEnd];
        var port = authority[host.Length..];
        return IsHost(host)
            && (port.IsEmpty || (port.Length is > 1 and <= 6 && port[0] == ':' && !port[1..].ContainsAnyExceptInRange('0', '9')));
    }

    private static bool IsHost(ReadOnlySpan<char> host)
    {
        if (host.StartsWith("[", StringComparison.Ordinal))
        {
            return host.Length > 3 && host[^1] == ']' && !host[1..^1].ContainsAnyExcept(AddressCharacters);
        }

        var isValid = !host.IsEmpty && host[0] is not ('-' or '.');
        foreach (var character in host)
        {
            isValid &= char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or '-';
        }

        return isValid;
    }
}
