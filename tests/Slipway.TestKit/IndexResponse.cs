using System.Text;
using Microsoft.AspNetCore.Http;

namespace Slipway.TestKit;

/// <summary>One answer of a <see cref="LocalIndex"/>.</summary>
internal sealed record IndexResponse(byte[] Body, string ContentType)
{
    internal static IndexResponse Missing { get; } = Text(StatusCodes.Status404NotFound, "Not found.");

    internal int Status { get; init; } = StatusCodes.Status200OK;

    internal string? Location { get; init; }

    internal static IndexResponse Text(int status, string text) =>
        new(Encoding.UTF8.GetBytes(text + "\n"), "text/plain; charset=utf-8") { Status = status };

    internal static IndexResponse Page(string html) => new(Encoding.UTF8.GetBytes(html), "text/html; charset=utf-8");

    internal static IndexResponse RedirectTo(int status, string location) => Text(status, "See " + location) with { Location = location };

    /// <summary>Sends it; <paramref name="cut"/> sends half and closes the connection.</summary>
    internal async Task SendAsync(HttpContext context, bool cut = false)
    {
        var response = context.Response;
        response.StatusCode = Status;
        response.ContentType = ContentType;
        response.ContentLength = Body.Length;
        if (Location is not null)
        {
            response.Headers.Location = Location;
        }

        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        // The server closes the connection of a response that stays short of its announced length.
        await response.Body.WriteAsync(cut ? Body.AsMemory(0, Body.Length / 2) : Body, context.RequestAborted);
    }
}
