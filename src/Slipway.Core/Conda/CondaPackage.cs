using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Core.Conda;

/// <summary>One exact conda package: a file of a channel.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version, which need not be one of PEP 440.</param>
/// <param name="Build">Its build: <c>py311h64a7726_0</c>.</param>
/// <param name="Url">Its file: <c>…/linux-64/numpy-2.1.0-py311h64a7726_0.conda</c>; https, http or file, without userinfo.</param>
/// <param name="Hash">What pins the file: <c>sha256:</c> or <c>md5:</c> and lower-case hexadecimal digits.</param>
public sealed record CondaPackage(string Name, string Version, string Build, string Url, string Hash)
{
    private const int Sha256Digits = 64;
    private const int Md5Digits = 32;
    private static readonly string[] Schemes = ["https://", "http://", "file://"];
    private static readonly string[] Endings = [".conda", ".tar.bz2"];

    /// <summary>The channel's URL, without the platform.</summary>
    public string Channel => Url[..Url.LastIndexOf('/', Url.LastIndexOf('/') - 1)];

    /// <summary>The platform that the channel lists it under: <c>linux-64</c> or <see cref="CondaPlatform.Any"/>.</summary>
    public string Platform => Url[(Channel.Length + 1)..Url.LastIndexOf('/')];

    /// <summary>The line of an explicit list that installs it.</summary>
    public string ToExplicitLine() => Hash.StartsWith("md5:", StringComparison.Ordinal) ? $"{Url}#{Hash[4..]}" : $"{Url}#{Hash}";

    /// <summary>A package by its URL and hashes.</summary>
    /// <param name="url">The URL; name, version and build are those of its file's name.</param>
    /// <param name="sha256">Its SHA-256 in hexadecimal digits; empty when it is not known.</param>
    /// <param name="md5">Its MD5, which counts where there is no SHA-256.</param>
    /// <param name="at">Where it stands.</param>
    /// <returns>The package, or <see cref="CoreFailures.CondaLockInvalid"/>.</returns>
    public static Result<CondaPackage> Create(string url, string sha256, string md5, FailureLocation at)
    {
        ArgumentNullException.ThrowIfNull(url);
        ArgumentNullException.ThrowIfNull(sha256);
        ArgumentNullException.ThrowIfNull(md5);
        if (url.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme && UrlMask.UserinfoLength(url.AsSpan(scheme + 3)) > 0)
        {
            return CoreFailures.UrlHoldsUserinfo.Because("The URL of a package holds a user name or a password.", at);
        }

        var parts = url.Split('/');
        var file = parts[^1];
        var ending = Endings.FirstOrDefault(known => file.EndsWith(known, StringComparison.Ordinal));
        var pieces = file[..^(ending?.Length ?? 0)].Split('-');
        if (ending is null || pieces.Length < 3 || pieces.Any(piece => piece.Length == 0) || parts.Length < 5 || parts[^2].Length == 0
            || !UrlText.IsPlain(url) || url.AsSpan().ContainsAny('?', '#') || !Schemes.Any(known => url.StartsWith(known, StringComparison.Ordinal)))
        {
            return CoreFailures.CondaLockInvalid.Because($"{Shown.Quote(url)} is not the URL of a conda package: channel, platform, name-version-build and .conda or .tar.bz2.", at);
        }

        return HashOf(sha256, md5) is { } hash
            ? new CondaPackage(string.Join('-', pieces[..^2]).ToLowerInvariant(), pieces[^2], pieces[^1], url, hash)
            : CoreFailures.CondaLockInvalid.Because($"{Shown.Quote(url)} has neither a SHA-256 nor an MD5, so nothing says what it must be.", at);
    }

    private static string? HashOf(string sha256, string md5) =>
        IsHash(sha256, Sha256Digits) ? $"sha256:{sha256.ToLowerInvariant()}"
        : sha256.Length == 0 && IsHash(md5, Md5Digits) ? $"md5:{md5.ToLowerInvariant()}"
        : null;

    private static bool IsHash(string text, int digits) => text.Length == digits && text.All(char.IsAsciiHexDigit);
}
