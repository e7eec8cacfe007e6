using System.Text;
using Microsoft.AspNetCore.Http;
using Slipway.SkyPilotApi.Catalogue;
using Slipway.SkyPilotApi.Faults;

namespace Slipway.SkyPilotApi.Http;

/// <summary>Sends an answer, whole or as a fault has it.</summary>
internal sealed class Sending(SkyPilotServerOptions options)
{
    private const string RequestId = "X-Skypilot-Request-ID", StreamId = "X-SkyPilot-Stream-Request-ID";

    /// <summary>What the server says it is.</summary>
    internal const string Release = "1.0.0-dev0";

    /// <summary>Gives the status that was sent; null when the connection was broken instead.</summary>
    internal async Task<int?> SendAsync(HttpContext context, Reply reply, bool withVersions, Fault? fault)
    {
        if (fault?.Kind is FaultKind.Drop or FaultKind.RestartForgetting)
        {
            context.Abort();
            return null;
        }

        if (fault?.Kind is FaultKind.Slow)
        {
            await fault.Gate.WaitAsync(context.RequestAborted);
        }

        var response = context.Response;
        response.StatusCode = reply.Status;
        response.ContentType = reply.ContentType;
        if (!reply.IsBare)
        {
            response.Headers[RequestId] = reply.Request?.Id ?? Guid.NewGuid().ToString();
        }

        if (withVersions && !reply.IsBare)
        {
            response.Headers[Incoming.ApiVersion] = options.ApiVersion.ToString(System.Globalization.CultureInfo.InvariantCulture);
            response.Headers[Incoming.Version] = $"{Release} (commit: of-the-tests)";
        }

        if (reply.Location is { } location)
        {
            response.Headers.Location = location;
        }

        if (reply.HomePath is { } home)
        {
            response.Headers["X-Home-Path"] = home;
        }

        if (reply.Stream is { } stream)
        {
            await StreamAsync(context, stream, fault);
        }
        else
        {
            response.ContentLength = reply.Body.Length;
            await response.Body.WriteAsync(reply.Body, context.RequestAborted);
        }

        return reply.Status;
    }

    private async Task StreamAsync(HttpContext context, LogStream stream, Fault? fault)
    {
        var (log, offset) = (stream.Request.Log, stream.Request.Log.OffsetOfTail(stream.Tail));
        if (stream.NamesRequest)
        {
            context.Response.Headers[StreamId] = stream.Request.Id;
        }

        var writer = new ChunkWriter(context, options.StreamChunk, fault);
        await context.Response.StartAsync(context.RequestAborted);
        var filter = new ControlLines(stream.IsPlain);
        while (true)
        {
            var (bytes, isComplete, grown) = log.Read(offset);
            offset += bytes.Length;
            await writer.WriteAsync(filter.Pass(bytes, isComplete || !stream.Follow));
            if (isComplete || !stream.Follow || writer.IsCut)
            {
                return;
            }

            await WaitAsync(grown, stream, writer, context.RequestAborted);
        }
    }

    private async Task WaitAsync(Task grown, LogStream stream, ChunkWriter writer, CancellationToken aborted)
    {
        try
        {
            await grown.WaitAsync(stream.IsPlain ? Timeout.InfiniteTimeSpan : options.Heartbeat, options.Clock, aborted);
        }
        catch (TimeoutException)
        {
            await writer.WriteAsync(Encoding.UTF8.GetBytes(Optimizer.Control("heartbeat", string.Empty)));
        }
    }
}

/// <summary>Takes control lines out of a stream, also when they come in pieces.</summary>
internal sealed class ControlLines(bool isPlain)
{
    private readonly List<byte> _line = [];

    internal byte[] Pass(byte[] bytes, bool isEnd)
    {
        if (!isPlain)
        {
            return bytes;
        }

        var passed = new List<byte>();
        foreach (var value in bytes)
        {
            _line.Add(value);
            if (value == '\n')
            {
                Move(passed);
            }
        }

        if (isEnd)
        {
            Move(passed);
        }

        return [.. passed];
    }

    private void Move(List<byte> passed)
    {
        if (!Encoding.UTF8.GetString([.. _line]).StartsWith("<sky-payload", StringComparison.Ordinal))
        {
            passed.AddRange(_line);
        }

        _line.Clear();
    }
}

/// <summary>Writes a stream in chunks, and ends it where a fault says so.</summary>
internal sealed class ChunkWriter(HttpContext context, int chunk, Fault? fault)
{
    private long _written;

    internal bool IsCut { get; private set; }

    internal async Task WriteAsync(byte[] bytes)
    {
        var most = fault?.Kind is FaultKind.CutStream or FaultKind.RetryStream ? Math.Min(bytes.Length, fault.Number - _written) : bytes.Length;
        for (var i = 0; i < most; i += chunk)
        {
            await context.Response.Body.WriteAsync(bytes.AsMemory(i, (int)Math.Min(chunk, most - i)), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }

        _written += most;
        if (fault is not null && _written == fault.Number && fault.Kind is FaultKind.CutStream or FaultKind.RetryStream)
        {
            IsCut = true;
            await EndAsync();
        }
    }

    private async Task EndAsync()
    {
        if (fault!.Kind is FaultKind.CutStream)
        {
            // What was written arrives, and the end does not: aborting could lose both.
            throw new IOException("The stream is cut here, as its fault says.");
        }

        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("\n" + Optimizer.Control("retry", string.Empty)), context.RequestAborted);
    }
}
