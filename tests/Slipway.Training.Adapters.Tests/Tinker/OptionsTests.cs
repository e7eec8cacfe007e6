using Slipway.Training.Adapters.Tinker;
using Slipway.Training.Ports;

namespace Slipway.Training.Adapters.Tests.Tinker;

public sealed class OptionsTests
{
    [Theory]
    [InlineData(null, "TRA0301")]
    [InlineData(" ", "TRA0301")]
    [InlineData("sk-secret", "TRA0302")]
    [InlineData("tml-", "TRA0302")]
    [InlineData("tml-se cret", "TRA0302")]
    [InlineData("tml-secret\r\nX: y", "TRA0302")]
    [InlineData("tml-secret", null)]
    [InlineData("eyJsecret.a.b", null)]
    public void Key_is_checked_before_anything_is_sent_and_never_shown(string? key, string? code)
    {
        var options = TinkerOptions.Read(name => name == TinkerOptions.KeyVariable ? key : null);
        Assert.Equal(code, options.IsOk ? null : options.Failure.Code.Id);
        Assert.DoesNotContain("secret", options.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://tinker.test/a", true)]
    [InlineData("http://127.0.0.1:9/", true)]
    [InlineData("http://tinker.test/", false)]
    [InlineData("https://user:secret@tinker.test/", false)]
    [InlineData("https://tinker.test/?a=b", false)]
    [InlineData("tinker.test", false)]
    [InlineData("file:///etc", false)]
    public void Address_keeps_the_key_safe(string address, bool isGood)
    {
        var options = TinkerOptions.Read(name => name == TinkerOptions.KeyVariable ? "tml-key" : address);
        Assert.Equal(isGood ? null : TinkerFailures.BadAddress, options.IsOk ? null : options.Failure.Code);
        Assert.DoesNotContain("secret", options.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tinker://m-1/weights/000020", true)]
    [InlineData("tinker://a:train:0/sampler_weights/final", true)]
    [InlineData("tinker://m-1/other/000020", false)]
    [InlineData("tinker://m-1/weights/a/b", false)]
    [InlineData("tinker://m-1/weights/", false)]
    [InlineData("m-1/weights/a", false)]
    public void Paths_round_trip(string text, bool isPath)
    {
        var path = TinkerPath.Parse(text);
        Assert.Equal(isPath ? text : null, path.IsOk ? path.Value.ToString() : null);
    }

    [Fact]
    public async Task Byte_budget_never_overshoots_and_keeps_the_order()
    {
        var budget = new ByteBudget(100);
        await budget.ReserveAsync(60, CancellationToken.None);
        var large = budget.ReserveAsync(500, CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        var cancelled = budget.ReserveAsync(1, cancel.Token);
        var small = budget.ReserveAsync(40, CancellationToken.None);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.False(large.IsCompleted || small.IsCompleted);
        budget.Release(60);
        await large;
        Assert.False(small.IsCompleted);
        budget.Release(500);
        await small;
    }

    [Fact]
    public async Task Session_is_kept_alive_and_silence_is_told_once()
    {
        await using var service = new ScriptedService();
        await using var fixture = new TinkerFixture();
        var (time, told) = (new TestKit.ManualTimeProvider(), new List<string>());
        var options = fixture.Options with { Time = time, Limits = new TinkerLimits(), Address = service.Address, Notice = told.Add };
        await using var client = new TinkerTrainingClient(options, fixture);
        Assert.True((await client.OpenSamplerAsync(new SamplerSource("tiny", null), CancellationToken.None)).IsOk);

        service.Then("session_heartbeat", [.. Enumerable.Repeat(new Fault(500), 14)]);
        for (var beat = 0; beat < 15; beat++)
        {
            await time.WaitForTimersAsync();
            time.Advance(TimeSpan.FromSeconds(10));
        }

        await time.WaitForTimersAsync();
        Assert.Equal(15, service.Of("session_heartbeat").Count());
        Assert.Contains("120 s", Assert.Single(told), StringComparison.Ordinal);
    }
}
