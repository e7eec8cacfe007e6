using System.Net;
using System.Text.Json.Nodes;
using Slipway.TestKit;
using Slipway.TinkerApi.Faults;
using Slipway.TinkerApi.Tests.Support;

namespace Slipway.TinkerApi.Tests;

/// <summary>How the server misbehaves when it is told to, and what of a request counts then.</summary>
public sealed class FaultTests(BarePlace place) : IClassFixture<BarePlace>
{
    [Fact]
    public async Task Request_that_met_a_fault_counts_or_does_not_as_the_fault_says()
    {
        await using var server = await place.StartAsync();
        using var client = new RawClient(server);
        var model = await client.ModelAsync();
        var number = 0;
        foreach (var (fault, counts) in ((Fault, bool)[])
            [(Fault.DropBeforeAccept, false), (Fault.DropAfterAccept, true), (Fault.CutBody, true), (Fault.StatusAfterAccept(502), true), (Fault.Status(503), false), (Fault.Html, false), (Fault.HtmlStatus(502), false)])
        {
            number++;
            server.Faults.Next("optim_step", fault);
            await Assert.ThrowsAsync<FaultException>(() => SendAsync(client, ApiBody.Step(model, number)));
            Assert.Equal(counts, server.Accepted.Any(accepted => accepted.SeqId == number && accepted.Owner == model));
            Assert.StartsWith("{\"request_id\":", await SendAsync(client, ApiBody.Step(model, number)), StringComparison.Ordinal);
            Assert.Single(server.Accepted, accepted => accepted.SeqId == number && accepted.Owner == model);
        }

        Assert.Equal(7, server.Faults.Happened);
        Assert.Equal([null, 200, null, 200, 200, 200], server.Requests.Where(static request => request.Path is "optim_step").Take(6).Select(static request => request.Status));
        Assert.Throws<ArgumentException>(() => server.Faults.Next("optim_step", Fault.Forget));
    }

    [Fact]
    public async Task Headers_of_a_status_and_the_rest_of_a_slow_body_arrive()
    {
        await using var server = await place.StartAsync();
        server.Faults.Next("healthz", Fault.Status(429, ("retry-after-ms", "5"), ("x-should-retry", "true")));
        using var http = new HttpClient { BaseAddress = new Uri(server.BaseUrl, "api/v1/") };
        using var busy = await http.GetAsync("healthz");
        Assert.Equal((HttpStatusCode.TooManyRequests, "5", "true"), (busy.StatusCode, busy.Headers.GetValues("retry-after-ms").Single(), busy.Headers.GetValues("x-should-retry").Single()));
        var gate = new TaskCompletionSource();
        server.Faults.Next("healthz", Fault.SlowBody(gate.Task));
        using var slow = await http.GetAsync("healthz", HttpCompletionOption.ResponseHeadersRead);
        var body = slow.Content.ReadAsStringAsync();
        Assert.False(body.IsCompleted);
        gate.SetResult();
        Assert.Equal("""{"status":"ok"}""", await body);
        server.Faults.Choose(static path => path is "healthz" ? Fault.Status(500) : null);
        Assert.Equal(HttpStatusCode.InternalServerError, (await http.GetAsync("healthz")).StatusCode);
        server.Faults.Choose(choose: null);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("healthz")).StatusCode);
    }

    [Fact]
    public async Task Futures_answer_in_every_form()
    {
        await using var server = await place.StartAsync(place.Options with { MetadataFrom = 1 });
        using var client = new RawClient(server);
        var model = await client.ModelAsync();
        var accepted = await client.DoAsync("optim_step", ApiBody.Step(model, 1));
        var failed = await client.WaitAsync(accepted);
        Assert.EndsWith("}", failed, StringComparison.Ordinal);
        Assert.Contains("\"error\":", failed, StringComparison.Ordinal);
        Assert.Equal(failed, await client.WaitAsync(accepted));
        var poll = $$"""{"request_id":"{{accepted["request_id"]}}","allow_metadata_only":true}""";
        Assert.Equal($$"""{"status":"complete_metadata","response_payload_size":{{failed.Length}}}""", (await client.PostAsync("retrieve_future", poll, string.Empty)).Body);
        server.Faults.Next("retrieve_future", Fault.Queue("paused_rate_limit", "too many"), Fault.Error("server", "lost"), Fault.Status(408), Fault.Status(402), Fault.Forget);
        Assert.Equal($$"""{"type":"try_again","request_id":"{{accepted["request_id"]}}","queue_state":"paused_rate_limit","queue_state_reason":"too many"}""", (await client.PostAsync("retrieve_future", poll, string.Empty)).Body);
        Assert.Equal("""{"error":"lost","category":"server"}""", (await client.PostAsync("retrieve_future", poll, string.Empty)).Body);
        foreach (var status in (int[])[408, 402, 410, 410])
        {
            Assert.Equal(status, (int)(await client.PostAsync("retrieve_future", poll, string.Empty)).Status);
        }

        // Sent again, it is not done again: what came of it has another name.
        var again = await client.DoAsync("optim_step", ApiBody.Step(model, 1));
        Assert.NotEqual($"{accepted["request_id"]}", $"{again["request_id"]}", StringComparer.Ordinal);
        Assert.Equal(failed, await client.WaitAsync(again));
        Assert.Single(server.Applied, static applied => applied.Path is "optim_step");
    }

    [Fact]
    public async Task Older_form_says_the_status()
    {
        await using var server = await place.StartAsync(place.Options with { OlderForm = true, PollHold = TimeSpan.FromSeconds(60) });
        using var client = new RawClient(server);
        var accepted = await client.DoAsync("optim_step", ApiBody.Step(await client.ModelAsync(), 1));
        server.Faults.Next("retrieve_future", Fault.Queue("active"));
        Assert.Equal("""{"status":"pending"}""", await client.WaitAsync(accepted));
        Assert.StartsWith("{\"status\":\"failed\",\"result\":{\"error\":", await client.WaitAsync(accepted), StringComparison.Ordinal);
    }

    // What is no answer of the API, whichever way.
    private static async Task<string> SendAsync(RawClient client, string body)
    {
        try
        {
            var (status, said) = await client.PostAsync("optim_step", body);
            return status is HttpStatusCode.OK && said.StartsWith('{') ? said : throw new FaultException();
        }
        catch (HttpRequestException)
        {
            throw new FaultException();
        }
    }

    private sealed class FaultException : Exception;
}
