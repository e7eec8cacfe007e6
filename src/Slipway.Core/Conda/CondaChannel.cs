using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Core.Conda;

/// <summary>
/// Where conda packages come from: a name such as <c>conda-forge</c> or <c>pytorch/label/nightly</c>, a URL, or a directory. A name is passed
/// on as it is: only the tool knows which server stands behind it.
/// </summary>
public static class CondaChannel
{
    private static readonly string[] Schemes = ["https://", "http://", "file://"];

    /// <summary>Validates a channel. A directory becomes an absolute path.</summary>
    /// <param name="text">The channel as it was written.</param>
    /// <param name="baseDirectory">The absolute directory that a path beginning with a dot is relative to.</param>
    /// <param name="from">Who names it, for the message.</param>
    /// <returns>The channel, or <see cref="CoreFailures.ChannelInvalid"/>; a URL with a password is not repeated.</returns>
    public static Result<string> Parse(string text, string baseDirectory, string from)
    {
        ArgumentNullException.ThrowIfNull(text);
        var isUrl = Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));
        if (isUrl && UrlMask.UserinfoLength(text.AsSpan(text.IndexOf("://", StringComparison.Ordinal) + 3)) > 0)
        {
            return CoreFailures.UrlHoldsUserinfo.Because($"{from}: a channel's URL holds a user name or a password.");
        }

        return text.Length > 0 && text[0] != '-' && UrlText.IsPlain(text) && text.IndexOfAny(['?', '#', '[', ']', '\'', '*']) < 0 && (isUrl || !text.Contains("://", StringComparison.Ordinal))
            ? text is "." or ".." || text.StartsWith("./", StringComparison.Ordinal) || text.StartsWith("../", StringComparison.Ordinal) ? Path.GetFullPath(text, baseDirectory) : text
            : CoreFailures.ChannelInvalid.Because($"{from}: {Shown.Quote(text)} is not a channel.");
    }
}
