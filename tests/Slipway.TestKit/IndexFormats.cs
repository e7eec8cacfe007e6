using Microsoft.Net.Http.Headers;

namespace Slipway.TestKit;

/// <summary>Chooses between the forms of an index page (PEP 691, "version + format selection").</summary>
internal static class IndexFormats
{
    internal const string Json = "application/vnd.pypi.simple.v1+json";
    internal const string Html = "application/vnd.pypi.simple.v1+html";
    internal const string PlainHtml = "text/html";

    /// <summary>The content type for an Accept header, or null when none of ours is accepted.</summary>
    internal static string? Choose(IReadOnlyList<string?> accept, bool withJson)
    {
        if (!MediaTypeHeaderValue.TryParseList([.. accept.OfType<string>()], out var accepted) || accepted.Count == 0)
        {
            return PlainHtml;
        }

        return accepted.Where(type => type.Quality is not 0)
            .OrderByDescending(type => type.Quality ?? 1)
            .Select(type => Match(type.MediaType.ToString(), withJson))
            .FirstOrDefault(type => type is not null);
    }

    private static string? Match(string mediaType, bool withJson) => mediaType.ToLowerInvariant() switch
    {
        Json or "application/vnd.pypi.simple.latest+json" => withJson ? Json : null,
        Html or "application/vnd.pypi.simple.latest+html" => Html,
        PlainHtml or "text/*" or "*/*" => PlainHtml,
        _ => null,
    };
}
