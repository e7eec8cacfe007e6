using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Slipway.Training.Adapters.Tests.Support;

/// <summary>A server on loopback that answers as a test says, and keeps what it was asked: method, path with query, and credentials.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly WebApplication _server;

    private LoopbackServer(WebApplication server) => _server = server;

    /// <summary>The address without a last slash.</summary>
    public string Url { get; private set; } = string.Empty;

    public ConcurrentQueue<(string Line, string Authorization)> Requests { get; } = new();

    public static async Task<LoopbackServer> StartAsync(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(static options => options.Limits.MaxRequestBodySize = null);
        var server = new LoopbackServer(builder.Build());
        server._server.Run(async context =>
        {
            server.Requests.Enqueue(($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}", context.Request.Headers.Authorization.ToString()));
            await answer(context);
        });
        await server._server.StartAsync();
        server.Url = server._server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return server;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}

internal static class Answers
{
    public static Task JsonAsync(this HttpContext context, string json, int status = 200)
    {
        (context.Response.StatusCode, context.Response.ContentType) = (status, "application/json");
        return context.Response.WriteAsync(json);
    }
}

/// <summary>A clock of which every wait is over at once, so that tests of waits do not wait.</summary>
internal sealed class HastyTime : TimeProvider
{
    public ConcurrentQueue<TimeSpan> Waits { get; } = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        // Limits of requests are a minute and more; waits between tries are shorter.
        var isWait = dueTime < TimeSpan.FromSeconds(60) && dueTime >= TimeSpan.Zero;
        if (isWait)
        {
            Waits.Enqueue(dueTime);
        }

        return base.CreateTimer(callback, state, isWait ? TimeSpan.Zero : dueTime, period);
    }
}
