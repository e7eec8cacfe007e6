using System.Net;
using System.Text.Json.Nodes;
using Slipway.TestKit;
using Slipway.TinkerApi.Faults;
using Slipway.TinkerApi.Tests.Support;

namespace Slipway.TinkerApi.Tests;

/// <summary>A run through many faults, by a sender that knows nothing but to send the same again.</summary>
public sealed class SoakTests(TorchPlace place) : IClassFixture<TorchPlace>
{
    private const int Limit = 120_000, Steps = 12;
    private static readonly Fault[] Kinds =
        [Fault.DropBeforeAccept, Fault.DropAfterAccept, Fault.CutBody, Fault.Status(503), Fault.StatusAfterAccept(502), Fault.HtmlStatus(502)];

    [RequiresFact(Capability.SystemTorch, Timeout = Limit)]
    public async Task Run_through_faults_has_the_results_of_one_without_and_does_nothing_twice()
    {
        await using var calm = await place.StartAsync();
        var expected = await RunAsync(calm);
        Assert.Equal(0, calm.Faults.Happened);

        await using var server = await place.StartAsync();
        var random = new Random(11);
        server.Faults.Choose(path => random.NextDouble() < 0.6 ? null
            : path is "retrieve_future" && random.Next(3) == 0 ? Fault.Forget
            : Kinds[random.Next(Kinds.Length)]);
        Assert.Equal(expected, await RunAsync(server), StringComparer.Ordinal);
        Assert.True(server.Faults.Happened > Steps, $"Only {server.Faults.Happened} faults happened.");
        foreach (var log in (IEnumerable<long?>[])[server.Accepted.Where(IsOfModel).Select(static one => one.SeqId), server.Applied.Where(static one => one.Owner is "m-1").Select(static one => one.SeqId)])
        {
            Assert.Equal(Enumerable.Range(1, Steps).Select(static number => (long?)number), log);
        }
    }

    private static bool IsOfModel(AcceptedRequest request) => request.Owner is "m-1";

    private static async Task<IReadOnlyList<string>> RunAsync(TinkerServer server)
    {
        using var client = new RawClient(server);
        await UntilAsync(client, "create_session", """{"tags":[],"sdk_version":"1","type":"create_session"}""", "session");
        await ResultAsync(client, "create_model", """{"session_id":"s-1","model_seq_id":0,"base_model":"tiny-byte","lora_config":{"rank":4},"type":"create_model"}""", "model");
        var results = new List<string>();
        for (var number = 1; number <= Steps; number++)
        {
            var (path, body) = number % 2 == 1 ? ("forward_backward", ApiBody.ForwardBackward("m-1", number)) : ("optim_step", ApiBody.Step("m-1", number));
            results.Add(await ResultAsync(client, path, body, $"step {number}"));
        }

        return results;
    }

    private static async Task<string> ResultAsync(RawClient client, string path, string body, string key)
    {
        while (true)
        {
            var accepted = JsonNode.Parse(await UntilAsync(client, path, body, key))!;
            var poll = $$"""{"request_id":"{{accepted["request_id"]}}"}""";
            var answer = await UntilAsync(client, "retrieve_future", poll, string.Empty);
            while (answer.Contains("try_again", StringComparison.Ordinal))
            {
                answer = await UntilAsync(client, "retrieve_future", poll, string.Empty);
            }

            // A result that has expired is asked for by sending the request again.
            if (answer is not "gone")
            {
                return answer;
            }
        }
    }

    private static async Task<string> UntilAsync(RawClient client, string path, string body, string key)
    {
        while (true)
        {
            try
            {
                var (status, said) = await client.PostAsync(path, body, key);
                if (status is HttpStatusCode.OK or HttpStatusCode.Gone)
                {
                    return status is HttpStatusCode.OK ? said : "gone";
                }

                Assert.True((int)status >= 500, $"{path}: {status} {said}");
            }
            catch (HttpRequestException)
            {
                // It broke; the same goes again.
            }
        }
    }
}
