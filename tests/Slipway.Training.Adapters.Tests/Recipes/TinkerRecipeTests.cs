using Slipway.TestKit;
using Slipway.TinkerApi;
using Slipway.Workers.Tests.Support;

namespace Slipway.Training.Adapters.Tests.Recipes;

/// <summary>
/// All recipes over HTTP, against the strict server of the tests with a worker behind it, measure what they measure with a worker of their own: server and client
/// were written from the interface's description by different hands. The service itself was never tried.
/// </summary>
public sealed class TinkerRecipeTests(QuickRecipePlace place) : IClassFixture<QuickRecipePlace>
{
    [RequiresTheory(Capability.SystemTorch)]
    [InlineData("sl_basic", "max_steps=4", "num_epochs=2", "batch_size=4", "save_every=2", "eval_every=2", "test_rows=1")]
    [InlineData("rl_grpo", "num_epochs=2", "groups_per_batch=9", "group_size=2", "save_every=1", "eval_every=0", "max_tokens=4", "kl_penalty_coef=0.1", "kl_reference=start", "num_substeps=2")]
    [InlineData("dpo", "max_steps=3", "batch_size=6", "save_every=2", "eval_every=0")]
    [InlineData("distill", "num_epochs=2", "groups_per_batch=9", "group_size=2", "save_every=0", "max_tokens=4")]
    [InlineData("distill", "mode=soft", "max_steps=2", "batch_size=4", "save_every=0", "top_k=3")]
    public async Task Recipe_over_HTTP_measures_what_it_measures_here(string recipe, params string[] settings)
    {
        var name = $"{recipe}-{string.Concat(settings).GetHashCode(StringComparison.Ordinal):x}";
        await place.RunAsync($"{name}-here", recipe, settings).OkAsync();

        await using var worker = (await place.OpenWorkerAsync()).Ok();
        await using var server = await TinkerServer.StartAsync(worker, new TinkerServerOptions { Folder = place.Folder.CreateFolder($"{name}-server") });
        string? Variable(string variable) => variable switch
        {
            "TINKER_API_KEY" => "tml-of-tests",
            "TINKER_BASE_URL" => server.BaseUrl.ToString(),
            _ => null,
        };
        await place.RunAsync($"{name}-there", recipe, settings, "default", Variable).OkAsync();

        // What only one of the two tells is left out: a service says less of its optimiser.
        Assert.Equal(Common($"{name}-here", $"{name}-there"), Common($"{name}-there", $"{name}-here"));
        Assert.NotEmpty(server.Applied);
        Assert.Equal(server.Applied.Count, server.Applied.DistinctBy(static one => (one.Owner, one.SeqId, one.Path)).Count());
    }

    private string Common(string folder, string other)
    {
        var known = place.Metrics(other).SelectMany(static row => row.EnumerateObject().Select(static member => member.Name)).ToHashSet(StringComparer.Ordinal);
        return string.Join('\n', place.Metrics(folder).Select(row => string.Join(' ', row.EnumerateObject()
            .Where(member => known.Contains(member.Name) && member.Name is not "time" && !member.Name.StartsWith("time/", StringComparison.Ordinal))
            .Select(static member => $"{member.Name}={member.Value.GetRawText()}"))));
    }
}
