namespace Slipway.Environments;

/// <summary>How a request is to be served; nothing here is part of its identity.</summary>
/// <param name="Refresh">Resolve again, whatever is remembered.</param>
/// <param name="Offline">Use no network: everything must be in the store.</param>
public sealed record EnsureOptions(bool Refresh = false, bool Offline = false)
{
    /// <summary>How long to wait for someone else who builds the same environment.</summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromHours(2);
}
