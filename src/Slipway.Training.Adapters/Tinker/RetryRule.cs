namespace Slipway.Training.Adapters.Tinker;

/// <summary>When something is tried again, and after how long.</summary>
internal static class RetryRule
{
    /// <summary>How long a pause of the service for billing is waited before asking again.</summary>
    public static readonly TimeSpan Billing = TimeSpan.FromSeconds(5);

    private const int LargeSample = 128 * 1024;

    /// <summary>Whether the same may be sent again: it may be when nobody knows whether it was taken, because key and sequence number stay the same.</summary>
    public static bool Again(Answer answer) => answer.ShouldRetry ?? (answer.Lost is not null || answer.Status is 408 or 409 or 429 or >= 500);

    /// <summary>Before the next try of one request: half a second, doubled up to ten.</summary>
    public static TimeSpan Request(Answer answer, int tries, double jitter) => answer.RetryAfter ?? (Doubled(0.5, tries, 10) * (1 - (0.25 * jitter)));

    /// <summary>Before the next submission, or the next question when no connection can be had: a second, doubled up to thirty.</summary>
    public static TimeSpan Slow(int tries) => Doubled(1, tries, 30);

    /// <summary>Before the next question after an answer that came at once: never none, or a proxy that fails fast is asked without end.</summary>
    public static TimeSpan Quick(int tries, double most = 5) => Doubled(0.1, tries, most);

    /// <summary>For how long no sample is sent after one was refused.</summary>
    public static TimeSpan Samples(Answer answer, int bytes)
    {
        var pause = TimeSpan.FromSeconds(bytes > LargeSample ? 5 : 1);
        return answer.RetryAfter is { } told && told > pause ? told : pause;
    }

    private static TimeSpan Doubled(double first, int times, double most) => TimeSpan.FromSeconds(Math.Min(first * Math.Pow(2, Math.Min(times, 30)), most));
}
