using System.Collections.Concurrent;
using System.Security.Cryptography;
using Slipway.Cloud;
using Slipway.Cloud.Money;
using Slipway.Core.Failures;
using Slipway.Mcp.Calls;
using Slipway.Mcp.Tools;

namespace Slipway.Mcp.Consent;

/// <summary>
/// Whether an assistant may run something on a machine of the user: the policy's <c>[mcp] run</c> says so, and without a policy a person is asked each time. A yes is for one call with exactly the
/// arguments that were shown: its state is a number that only this process knows, and that is forgotten when it is used.
/// </summary>
/// <param name="money">Where the key is that a policy may be signed with.</param>
/// <param name="policy">The policy.</param>
/// <param name="time">The clock.</param>
internal sealed class RunPermission(MoneyFolder money, PolicyFile policy, TimeProvider time)
{
    private const string Field = "answer";
    private const int MostQuestions = 100;
    private static readonly TimeSpan Valid = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<string, (string Call, DateTimeOffset Until)> _asked = new(StringComparer.Ordinal);

    /// <summary>Why it may not; null when it may.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="arguments">What it is called with.</param>
    /// <param name="command">The command that a person can run in its place.</param>
    /// <param name="question">The person.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public async Task<ToolAnswer?> RefuseAsync(McpTool tool, ToolArguments arguments, string command, Question question, CancellationToken cancellationToken)
    {
        if (!Read().TryGet(out var run, out var failure))
        {
            return ToolAnswer.Fail(failure, command);
        }

        if (run is McpRun.Allow)
        {
            return null;
        }

        if (run is McpRun.Deny)
        {
            return ToolAnswer.Fail(new Failure(McpFailures.RunForbidden, "The policy has [mcp] run = \"deny\".") { Hint = $"A person can run it: {command}" }, command);
        }

        var call = $"{tool.Name} {arguments.Digest.Hex}";
        if (question.Brought() is { } brought)
        {
            return Judge(brought, call, command);
        }

        return question.CanAsk
            ? Judge(await question.AskAsync($"An assistant wants to run this on your machine:\n\n{command}\n\nType yes to let it run once.", Field, "yes", Remember(call), cancellationToken).ConfigureAwait(false), call, command)
            : ToolAnswer.Fail(new Failure(McpFailures.RunNeedsPerson, "A person has to say yes, and this client cannot ask one.") { Hint = $"A person can run it: {command}" }, command);
    }

    private Result<McpRun> Read()
    {
        if (!ApprovalKey.Find(money).TryGet(out var key, out var failure))
        {
            return failure;
        }

        var read = policy.Read(key.TryGet(out var set) ? set : null);
        return read.IsOk ? read.Value.McpRun : read.Failure.Code == CloudFailures.PolicyMissing ? McpRun.Ask : read.Failure;
    }

    private string Remember(string call)
    {
        var now = time.GetUtcNow();
        foreach (var (old, _) in _asked.Where(pair => pair.Value.Until <= now || _asked.Count > MostQuestions))
        {
            _asked.TryRemove(old, out _);
        }

        var state = RandomNumberGenerator.GetHexString(64, lowercase: true);
        _asked[state] = (call, now + Valid);
        return state;
    }

    private ToolAnswer? Judge(Reply reply, string call, string command)
    {
        if (reply.State is null || !_asked.TryRemove(reply.State, out var asked) || asked.Call != call || asked.Until <= time.GetUtcNow())
        {
            return ToolAnswer.Fail(new Failure(McpFailures.AnswerInvalid, "The state of the question is not one of an open question about this call."), command);
        }

        return reply.Result is { IsAccepted: true } accepted && string.Equals(Question.Typed(accepted, Field)?.Trim(), "yes", StringComparison.OrdinalIgnoreCase)
            ? null
            : ToolAnswer.Fail(new Failure(McpFailures.RunDeclined, "The person did not say yes.") { Hint = $"The person can run it: {command}" }, command);
    }
}
