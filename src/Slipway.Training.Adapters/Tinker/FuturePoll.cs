using System.Globalization;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Training.Adapters.Tinker;

/// <summary>Asks for the result of one accepted request until it is there.</summary>
internal sealed class FuturePoll(TinkerHttp http, TinkerOptions options, Accepted accepted)
{
    private const int MostBadRequests = 3;
    private const int MostResubmissions = 3;
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(1);

    private readonly string _what = accepted.Call.Path;
    private string _id = accepted.Id;
    private bool _wantsAll;
    private int _iteration;
    private int _quick;
    private int _slow;
    private int _badRequests;
    private int _resubmissions;
    private long? _failingSince;
    private string _state = "active";

    /// <summary>The body of the result.</summary>
    public async Task<Result<byte[]>> RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var asked = options.Time.GetTimestamp();
            var answer = await http.TryAsync(Question(), cancellationToken).ConfigureAwait(false);
            _iteration++;
            if (options.Time.GetElapsedTime(asked) >= AtOnce)
            {
                _quick = 0;
            }

            var next = answer.IsGood ? Read(answer) : await FaultAsync(answer, cancellationToken).ConfigureAwait(false);
            if (next.End is { } end)
            {
                return end;
            }

            await http.DelayAsync(next.Wait, cancellationToken).ConfigureAwait(false);
        }
    }

    private static Next Fail(Failure failure) => new(failure, default);

    // Every question is a request of its own: asked under the same key, a cache could give the same answer for ever.
    private TinkerCall Question() => new("retrieve_future", JsonBody.Of(json =>
    {
        json.WriteString("request_id", _id);
        if (!_wantsAll)
        {
            json.WriteBoolean("allow_metadata_only", true);
        }
    }))
    {
        Timeout = _wantsAll ? null : options.Limits.Poll,
        Headers = [("X-Tinker-Request-Iteration", _iteration.ToString(CultureInfo.InvariantCulture)), ("X-Tinker-Request-Type", _what)],
    };

    private Next Read(Answer answer)
    {
        (_failingSince, _slow, _badRequests) = (null, 0, 0);
        return JsonRead.From(answer.Body, _what, root => ReadResult(root, answer)).TryGet(out var next, out var failure) ? next : Fail(failure);
    }

    private Next ReadResult(JsonElement root, Answer answer)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("it is no object.");
        }

        if (JsonRead.OptionalText(root, "type") == "try_again")
        {
            ReportState(root);
            return Soon(most: 1);
        }

        if (JsonRead.OptionalText(root, "error") is { } error)
        {
            return Fail(Failed(JsonRead.OptionalText(root, "category"), error));
        }

        switch (JsonRead.OptionalText(root, "status"))
        {
            case "complete_metadata":
                var wait = _wantsAll ? RetryRule.Quick(_quick++) : TimeSpan.Zero;
                _wantsAll = true;
                return new(null, wait);
            case "pending":
                return Soon(most: 1);
            case "completed":
                return new(BytesOf(root.GetProperty("result")), default);
            case "failed":
                return Fail(Failed(JsonRead.OptionalText(root, "category"), JsonRead.Field(root, "result")?.GetRawText() ?? "it says nothing more"));
            default:
                return new(answer.Body, default);
        }
    }

    private static byte[] BytesOf(JsonElement element) => System.Text.Encoding.UTF8.GetBytes(element.GetRawText());

    private void ReportState(JsonElement root)
    {
        var state = JsonRead.OptionalText(root, "queue_state") ?? "active";
        if (state == _state)
        {
            return;
        }

        _state = state;
        var reason = JsonRead.OptionalText(root, "queue_state_reason") is { } told ? $": {Shown.Quote(options.Key.Mask(told))}" : string.Empty;
        options.Notice(state switch
        {
            "active" => $"Tinker works on {_what} again.",
            "paused_capacity" => $"Tinker has no capacity for {_what} now, and it waits{reason}.",
            "paused_rate_limit" => $"Tinker limits this account's rate, and {_what} waits{reason}.",
            _ => $"{_what} at Tinker is {Shown.Quote(state)}{reason}.",
        });
    }

    private Failure Failed(string? category, string error)
    {
        var code = category switch { "user" => TinkerFailures.FailedByRequest, "server" => TinkerFailures.FailedByService, _ => TinkerFailures.FailedUnexplained };
        return new Failure(code, $"{_what} failed at the service.") { Detail = Shown.Line(options.Key.Mask(error)) };
    }

    private async Task<Next> FaultAsync(Answer answer, CancellationToken cancellationToken)
    {
        if (answer.Status == 410)
        {
            return await ResubmitAsync(cancellationToken).ConfigureAwait(false);
        }

        return answer.Status switch
        {
            _ when answer.ShouldRetry == false => Fail(answer.ToFailure(_what)),
            408 or 425 => Soon(most: 5),
            402 => PauseForBilling(answer),
            400 => BadRequest(answer),
            429 => Failing(answer, answer.RetryAfter ?? RetryRule.Slow(_slow++)),
            >= 500 => Failing(answer, answer.RetryAfter ?? RetryRule.Quick(_quick++)),
            _ when answer.TimedOut => Soon(most: 5),
            0 => Failing(answer, RetryRule.Slow(_slow++)),
            _ when answer.Lost is not null || answer.ShouldRetry == true => Failing(answer, answer.RetryAfter ?? RetryRule.Quick(_quick++)),
            _ => Fail(answer.ToFailure(_what)),
        };
    }

    private Next Soon(double most) => new(null, RetryRule.Quick(_quick++, most));

    private Next Failing(Answer answer, TimeSpan wait)
    {
        _failingSince ??= options.Time.GetTimestamp();
        return options.Time.GetElapsedTime(_failingSince.Value) + wait > options.Limits.PollFor ? Fail(answer.ToFailure(_what)) : new(null, wait);
    }

    private Next PauseForBilling(Answer answer)
    {
        if (_state != "billing")
        {
            _state = "billing";
            options.Notice($"Tinker pauses {_what} because of the account's billing, and it waits{(answer.Words is null ? string.Empty : $": {Shown.Quote(answer.Words)}")}.");
        }

        return new(null, RetryRule.Billing);
    }

    // A 400 with a category is a failure that is told; a bare one has been seen to pass.
    private Next BadRequest(Answer answer)
    {
        if (JsonRead.From(answer.Body, _what, static root => (Category: JsonRead.OptionalText(root, "category"), Error: JsonRead.OptionalText(root, "error")))
            .TryGet(out var told, out _) && told.Category is not null)
        {
            return Fail(Failed(told.Category, told.Error ?? answer.Words ?? "it says nothing more"));
        }

        return ++_badRequests < MostBadRequests ? Soon(most: 5) : Fail(answer.ToFailure(_what));
    }

    private async Task<Next> ResubmitAsync(CancellationToken cancellationToken)
    {
        if (_resubmissions++ >= MostResubmissions)
        {
            return Fail(new Failure(TinkerFailures.Expired, $"The result of {_what} was gone {_resubmissions} times before it could be fetched."));
        }

        var answer = await http.SubmitAsync(accepted.Call with { PausesItself = false }, cancellationToken).ConfigureAwait(false);
        if (!TinkerHttp.ReadAccepted(accepted.Call, answer).TryGet(out var again, out var failure))
        {
            return Fail(failure);
        }

        (_id, _wantsAll) = (again.Id, false);
        return Soon(most: 5);
    }

    private sealed record Next(Result<byte[]>? End, TimeSpan Wait);
}
