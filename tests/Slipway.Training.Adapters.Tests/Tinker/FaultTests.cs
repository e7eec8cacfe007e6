using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Adapters.Tinker;
using Slipway.Training.Data;
using Slipway.Training.Ports;

namespace Slipway.Training.Adapters.Tests.Tinker;

/// <summary>What the network and the service do wrong, and that each operation is done once all the same.</summary>
public sealed class FaultTests : IAsyncLifetime, IAsyncDisposable
{
    private const string Html = "<html><body>Bad gateway</body></html>";
    private const string Paused = """{"type":"try_again","request_id":"r-1","queue_state":"paused_capacity","queue_state_reason":"full"}""";
    private readonly TinkerFixture _tinker = new();

    public static TheoryData<string> SubmissionFaults => ["before", "after", "408", "409", "429", "500", "503", "html", "empty", "told"];

    [Theory]
    [MemberData(nameof(SubmissionFaults))]
    public async Task Submission_that_goes_wrong_is_sent_again_with_the_same_key_and_number(string name)
    {
        var session = await _tinker.StartAsync();
        _tinker.Service.Then("forward_backward", name switch
        {
            "before" => Fault.DropBefore,
            "after" => Fault.DropAfter,
            "html" => new Fault(200, Html),
            "empty" => new Fault(200),
            "told" => new Fault(400, Headers: "x-should-retry: true\r\n"),
            _ => new Fault(int.Parse(name, System.Globalization.CultureInfo.InvariantCulture), Html),
        });

        var passing = session.ForwardBackwardAsync([TinkerFixture.Example(1, 2)], LossFunction.CrossEntropy, CancellationToken.None);
        var stepping = session.StepAsync(new AdamParameters(), CancellationToken.None);

        Assert.True((await stepping).IsOk);
        Assert.Equal(0.03, (await passing).Value.Loss, 9);
        Assert.Same((await passing).Value, (await passing).Value);
        var sent = _tinker.Service.Of("forward_backward").ToList();
        Assert.Equal(2, sent.Count);
        Assert.Equal(sent[0].Text, sent[1].Text);
        Assert.Equal(sent[0].Headers["X-Idempotency-Key"], sent[1].Headers["X-Idempotency-Key"]);
        Assert.Equal(["create_model#0", "forward_backward#1", "optim_step#2"], _tinker.Service.Applied, StringComparer.Ordinal);
        Assert.Contains(0.5, _tinker.Time.Waits);
    }

    [Fact]
    public async Task Answers_that_are_cut_at_any_byte_are_asked_for_again()
    {
        var session = await _tinker.StartAsync();
        var acceptance = """{"request_id":"r-10","model_id":"m-1"}""".Length;
        for (var cut = 1; cut < acceptance; cut++)
        {
            _tinker.Service.Then("optim_step", new Fault(Cut: cut, IsApplied: true)).Then("retrieve_future", new Fault(Cut: cut % 25, IsApplied: true));
            Assert.Equal(1.5, (await session.StepAsync(new AdamParameters(), CancellationToken.None)).Value.Metrics["grad_norm"]);
        }

        Assert.Equal(Enumerable.Range(1, acceptance - 1).Select(number => $"optim_step#{number}").Prepend("create_model#0"), _tinker.Service.Applied, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("retry-after-ms: 250", 0.25)]
    [InlineData("retry-after: 3", 3)]
    [InlineData("retry-after: 61", 0.5)]
    [InlineData("retry-after: soon", 0.5)]
    public async Task Wait_is_what_the_service_says_when_that_is_at_most_a_minute(string header, double seconds)
    {
        var session = await _tinker.StartAsync();
        _tinker.Service.Then("optim_step", new Fault(429, Headers: header + "\r\n"));
        var before = _tinker.Time.Waits.Count;

        Assert.True((await session.StepAsync(new AdamParameters(), CancellationToken.None)).IsOk);

        Assert.Equal([seconds], _tinker.Time.Waits.Skip(before));
    }

    [Theory]
    [InlineData(400, "TRA0308")]
    [InlineData(401, "TRA0305")]
    [InlineData(402, "TRA0306")]
    [InlineData(403, "TRA0305")]
    [InlineData(404, "TRA0307")]
    [InlineData(422, "TRA0308")]
    [InlineData(307, "TRA0321")]
    public async Task Refusal_is_told_at_once_and_nothing_after_it_is_sent(int status, string code)
    {
        var session = await _tinker.StartAsync();
        _tinker.Service.Then("forward_backward", new Fault(status, $$"""{"detail":"no, {{TinkerFixture.Key}}"}""", "Location: http://127.0.0.2/elsewhere\r\n"));

        var passing = session.ForwardBackwardAsync([TinkerFixture.Example(1)], LossFunction.CrossEntropy, CancellationToken.None);
        var step = await session.StepAsync(new AdamParameters(), CancellationToken.None);

        var failure = (await passing).Failure;
        Assert.Equal(code, failure.Code.Id);
        Assert.Equal("""{"detail":"no, ***"}""", failure.Detail);
        Assert.Equal(TinkerFailures.EarlierLost, step.Failure.Code);
        Assert.Single(_tinker.Service.Of("forward_backward"));
        Assert.Empty(_tinker.Service.Of("optim_step"));
    }

    [Fact]
    public async Task Retries_end_and_the_failure_says_what_came()
    {
        var session = await _tinker.StartAsync();
        var before = _tinker.Time.Waits.Count;
        _tinker.Service.Then("optim_step", [.. Enumerable.Repeat(new Fault(503, Html), 500)]);
        var failure = (await session.StepAsync(new AdamParameters(), CancellationToken.None)).Failure;
        Assert.Equal((TinkerFailures.Unreachable, "a page of HTML"), (failure.Code, failure.Detail));
        Assert.Equal([0.5, 1, 2, 4, 8, 10, 10, 10, 10, 10, 1], _tinker.Time.Waits.Skip(before).Take(11));
        Assert.Single(_tinker.Service.Of("optim_step").Select(heard => heard.Headers["X-Idempotency-Key"]).Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Results_are_asked_for_until_they_are_there()
    {
        var session = await _tinker.StartAsync();
        var before = _tinker.Time.Waits.Count;
        _tinker.Service.Then(
            "retrieve_future",
            new Fault(200, Paused),
            new Fault(200, Paused),
            new Fault(408),
            new Fault(503, Html),
            new Fault(429),
            Fault.DropBefore,
            new Fault(402),
            new Fault(402),
            new Fault(425),
            new Fault(400),
            new Fault(400),
            new Fault(200, """{"status":"complete_metadata","response_payload_size":9}"""));

        Assert.Equal(1.5, (await session.StepAsync(new AdamParameters(), CancellationToken.None)).Value.Metrics["grad_norm"]);

        Assert.Equal([0.1, 0.2, 0.4, 0.8, 1, 2, 5, 5, 1.6, 3.2, 5], _tinker.Time.Waits.Skip(before));
        Assert.Equal(2, _tinker.Notices.Count);
        var questions = _tinker.Service.Of("retrieve_future").ToList();
        Assert.Contains("allow_metadata_only", questions[^2].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("allow_metadata_only", questions[^1].Text, StringComparison.Ordinal);
        Assert.Equal("12", questions[^1].Headers["X-Tinker-Request-Iteration"]);
    }

    [Fact]
    public async Task Result_that_is_gone_is_asked_for_again_by_the_same_request()
    {
        var session = await _tinker.StartAsync();
        _tinker.Service.Then("retrieve_future", new Fault(410));
        Assert.True((await session.StepAsync(new AdamParameters(), CancellationToken.None)).IsOk);
        Assert.Single(_tinker.Service.Of("optim_step").Select(heard => (heard.Text, heard.Headers["X-Idempotency-Key"])).Distinct());
        Assert.Equal(2, _tinker.Service.Of("optim_step").Count());
        Assert.Equal(["create_model#0", "optim_step#1"], _tinker.Service.Applied, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(200, """{"error":"bad","category":"user"}""", "TRA0310")]
    [InlineData(200, """{"error":"bad","category":"server"}""", "TRA0311")]
    [InlineData(200, """{"error":"bad","category":"unknown"}""", "TRA0312")]
    [InlineData(400, """{"error":"bad","category":"user"}""", "TRA0310")]
    [InlineData(200, """{"status":"failed","result":{"error":"bad"}}""", "TRA0312")]
    [InlineData(200, "[]", "TRA0320")]
    [InlineData(404, "{}", "TRA0307")]
    [InlineData(500, "{}", null)]
    public async Task Result_that_is_a_failure_is_told_and_later_operations_go_on(int status, string body, string? code)
    {
        var session = await _tinker.StartAsync();
        _tinker.Service.Then("retrieve_future", new Fault(status, body));
        var step = await session.StepAsync(new AdamParameters(), CancellationToken.None);
        Assert.Equal(code, step.IsOk ? null : step.Failure.Code.Id);
        Assert.True((await session.StepAsync(new AdamParameters(), CancellationToken.None)).IsOk);
    }

    [Fact]
    public async Task Older_form_of_results_is_read()
    {
        var session = await _tinker.StartAsync();
        _tinker.Service.Then("retrieve_future", new Fault(200, """{"status":"pending"}"""), new Fault(200, """{"status":"completed","result":{"metrics":{"grad_norm":null}}}"""));
        Assert.Equal(double.NaN, (await session.StepAsync(new AdamParameters(), CancellationToken.None)).Value.Metrics["grad_norm"]);
    }

    [Fact]
    public async Task Results_may_be_awaited_in_any_order_and_cancelling_one_loses_no_place()
    {
        var session = await _tinker.StartAsync();
        using var cancel = new CancellationTokenSource();
        var passes = Enumerable.Range(1, 5).Select(i => session.ForwardBackwardAsync([TinkerFixture.Example(i)], LossFunction.CrossEntropy, CancellationToken.None)).ToList();
        var cancelled = session.StepAsync(new AdamParameters(), cancel.Token);
        await cancel.CancelAsync();
        var saved = session.SaveAsync("a", null, CancellationToken.None);

        Assert.True((await saved).IsOk);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        for (var i = 5; i > 0; i--)
        {
            Assert.Equal(i / 100.0, (await passes[i - 1]).Value.Loss, 9);
        }

        Assert.Equal(["forward_backward#1", "forward_backward#2", "forward_backward#3", "forward_backward#4", "forward_backward#5", "optim_step#6", "save_weights#7"], _tinker.Service.Applied.Skip(1), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Random_faults_change_no_result()
    {
        var session = await _tinker.StartAsync();
        var random = new Random(6);
        Fault[] kinds = [Fault.DropBefore, Fault.DropAfter, new(408), new(429), new(503, Html), new(200, Html), new(Cut: 3, IsApplied: true)];
        foreach (var path in new[] { "forward_backward", "optim_step", "retrieve_future" })
        {
            // Submissions go one by one: after a few faults in a row one gets through, or retries would rightly end.
            _tinker.Service.Then(path, [.. Enumerable.Range(0, 60).Select(i => i % 4 == 3 ? Fault.None : kinds[random.Next(kinds.Length)])]);
        }

        var work = Enumerable.Range(1, 20).Select(i => (
            Pass: session.ForwardBackwardAsync([TinkerFixture.Example(i)], LossFunction.CrossEntropy, CancellationToken.None),
            Step: session.StepAsync(new AdamParameters(), CancellationToken.None))).ToList();

        for (var i = 0; i < work.Count; i++)
        {
            Assert.Equal((i + 1) / 100.0, (await work[i].Pass).Value.Loss, 9);
            Assert.Equal(1.5, (await work[i].Step).Value.Metrics["grad_norm"]);
        }

        Assert.Equal(Enumerable.Range(1, 40).Select(number => $"{(number % 2 == 1 ? "forward_backward" : "optim_step")}#{number}"), _tinker.Service.Applied.Skip(1), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(10, 1)]
    [InlineData(60_000, 5)]
    public async Task Samples_pause_when_the_service_takes_no_more(int tokens, double seconds)
    {
        var sampler = (await _tinker.Client.OpenSamplerAsync(new SamplerSource("tiny", null), CancellationToken.None)).Value;
        _tinker.Service.Then("asample", new Fault(429));
        var request = new SampleRequest([new SamplePrompt(ModelInput.Of(Enumerable.Repeat(10, tokens)), null)], 2, new SamplingParameters { MaxTokens = 1 });

        Assert.True((await sampler.SampleAsync(request, CancellationToken.None)).IsOk);

        Assert.Contains(_tinker.Time.Waits, wait => Math.Abs(wait - seconds) < 0.01);
        Assert.Single(_tinker.Service.Of("asample").Select(heard => (heard.Text, heard.Headers["X-Idempotency-Key"])).Distinct());
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => _tinker.DisposeAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();
}
