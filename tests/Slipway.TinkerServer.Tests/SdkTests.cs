using System.Runtime.CompilerServices;
using Slipway.TestKit;
using Slipway.TinkerApi.Tests.Support;

namespace Slipway.TinkerApi.Tests;

/// <summary>Tinker's own SDK against this server: a client that neither the server's authors nor the clients' wrote.</summary>
public sealed class SdkTests(TorchPlace place) : IClassFixture<TorchPlace>
{
    [RequiresFact(Capability.SystemTorch, Capability.TinkerSdk, Timeout = 300_000)]
    public async Task Sdk_trains_saves_and_samples()
    {
        await using var server = await place.StartAsync(place.Options with { ParallelChunks = true });
        var run = await CommandRunner.RunAsync(
            Environment.GetEnvironmentVariable("SLIPWAY_TEST_TINKER")!, [Script(), server.BaseUrl.ToString(), place.Options.ApiKey, "tiny-byte"], new CommandOptions { Timeout = TimeSpan.FromSeconds(240) });
        Assert.True(run.ExitCode == 0, run.Stdout + run.Stderr + string.Join('\n', server.Requests.Where(static request => request.Status is not 200)));
        Assert.EndsWith("all of it holds\n", run.Stdout, StringComparison.Ordinal);
        Assert.Equal(server.Accepted.Count(static accepted => accepted.RequestId is not null), server.Applied.Count);
    }

    private static string Script([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "python", "checks", "tinker_sdk.py");
}
