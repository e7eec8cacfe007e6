using Slipway.Core.Failures;

namespace Slipway.Mcp.Calls;

/// <summary>What may be counted.</summary>
public enum CallKind
{
    /// <summary>A call of a tool or a resource.</summary>
    Call,

    /// <summary>A launch that rents.</summary>
    Launch,
}

/// <summary>How often an assistant may call: 60 calls and one launch within any minute. A clock that is set changes nothing: the monotonic one counts.</summary>
/// <param name="time">The clock.</param>
public sealed class RateLimits(TimeProvider time)
{
    private const int MostCalls = 60;
    private const int MostLaunches = 1;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Queue<long> _calls = [];
    private readonly Queue<long> _launches = [];

    /// <summary>Counts a call, or says after how many seconds it may come again.</summary>
    /// <returns>Null when it may go on.</returns>
    public int? Take(CallKind kind)
    {
        lock (_gate)
        {
            var (taken, most) = kind is CallKind.Launch ? (_launches, MostLaunches) : (_calls, MostCalls);
            while (taken.TryPeek(out var oldest) && time.GetElapsedTime(oldest) >= Window)
            {
                taken.Dequeue();
            }

            if (taken.Count >= most)
            {
                return Math.Max(1, (int)Math.Ceiling((Window - time.GetElapsedTime(taken.Peek())).TotalSeconds));
            }

            taken.Enqueue(time.GetTimestamp());
            return null;
        }
    }

    /// <summary>The answer to a call that came too soon.</summary>
    public static ToolAnswer Refusal(CallKind kind, int seconds) => ToolAnswer.Fail(
        new Failure(McpFailures.TooManyCalls, kind is CallKind.Launch ? $"{MostLaunches} launch a minute is the limit." : $"{MostCalls} calls a minute are the limit.") { Hint = $"Call again in {seconds} s." },
        retryAfterSeconds: seconds);
}
