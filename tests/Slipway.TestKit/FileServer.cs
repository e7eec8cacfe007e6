using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Slipway.TestKit;

/// <summary>A server on loopback that has exactly one file, whose path may change its content; everything else is 404.</summary>
public sealed class FileServer : IAsyncDisposable
{
    private readonly WebApplication _server;

    private FileServer(WebApplication server) => _server = server;

    /// <summary>The address without a path and without a last slash.</summary>
    public string Url { get; private set; } = string.Empty;

    /// <summary>Starts a server.</summary>
    /// <param name="path">The path of the file, with a first slash.</param>
    /// <param name="content">Its bytes.</param>
    public static async Task<FileServer> StartAsync(string path, byte[] content)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        server.Run(async context =>
        {
            if (context.Request.Path != path)
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            await context.Response.Body.WriteAsync(content).ConfigureAwait(false);
        });
        await server.StartAsync().ConfigureAwait(false);
        return new FileServer(server) { Url = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() };
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
