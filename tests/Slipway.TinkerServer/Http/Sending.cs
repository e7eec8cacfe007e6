using Microsoft.AspNetCore.Http;
using Slipway.TinkerApi.Faults;

namespace Slipway.TinkerApi.Http;

/// <summary>Sends an answer, whole or as a fault has it.</summary>
internal static class Sending
{
    /// <summary>What is sent; null when the connection is broken instead.</summary>
    internal static Reply? Answer(Reply? reply, Fault? fault) => fault switch
    {
        Fault.Drop => null,
        Fault.Code code => Reply.Error(code.Number, "this service is out of order") with { Headers = code.Headers },
        Fault.Page page => Reply.Page(page.Number),
        _ => reply,
    };

    /// <summary>Sends it.</summary>
    internal static async Task SendAsync(HttpContext context, Reply? sent, Fault? fault)
    {
        if (sent is null)
        {
            context.Abort();
            return;
        }

        var response = context.Response;
        response.StatusCode = sent.Status;
        foreach (var (name, value) in sent.Headers)
        {
            response.Headers[name] = value;
        }

        if (sent.Body.Length == 0)
        {
            return;
        }

        response.ContentType = sent.ContentType;
        response.ContentLength = sent.Body.Length;
        var half = fault is Fault.Cut or Fault.Slow ? sent.Body.Length / 2 : sent.Body.Length;
        await response.Body.WriteAsync(sent.Body.AsMemory(0, half), context.RequestAborted);
        await response.Body.FlushAsync(context.RequestAborted);
        if (fault is Fault.Slow slow)
        {
            await slow.Gate.WaitAsync(context.RequestAborted);
            await response.Body.WriteAsync(sent.Body.AsMemory(half), context.RequestAborted);
        }
        else if (fault is Fault.Cut)
        {
            context.Abort();
        }
    }
}
