namespace Slipway.Training.Adapters.Tinker;

/// <summary>How much is sent at once, and how long is waited.</summary>
public sealed record TinkerLimits
{
    /// <summary>The most examples in one request; the service may tell another number.</summary>
    public int Examples { get; init; } = 1024;

    /// <summary>The most bytes of examples in one request; the service may tell another number. One example that is larger goes alone.</summary>
    public long ExampleBytes { get; init; } = 5_000_000;

    /// <summary>The most requests for samples that are under way.</summary>
    public int Samples { get; init; } = 400;

    /// <summary>The most bytes of requests for samples that are being sent; one that is larger goes alone.</summary>
    public long SampleBytes { get; init; } = 5_000_000;

    /// <summary>How often one request is tried again, at most.</summary>
    public int Retries { get; init; } = 10;

    /// <summary>For how long an operation is submitted again after that.</summary>
    public TimeSpan SubmitFor { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For how long a result is asked for while nothing but errors comes.</summary>
    public TimeSpan PollFor { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For how long a sample waits while the service takes no more.</summary>
    public TimeSpan SampleFor { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long one request may take. This and <see cref="Poll"/> are of the real clock, as sockets are.</summary>
    public TimeSpan Request { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long one question for a result is held open.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>How often the session is kept alive; infinite for never.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After how long without a heartbeat that was heard a notice is given.</summary>
    public TimeSpan HeartbeatWarning { get; init; } = TimeSpan.FromSeconds(120);
}
