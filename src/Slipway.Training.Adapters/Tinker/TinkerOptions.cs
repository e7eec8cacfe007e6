using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Training.Adapters.Tinker;

/// <summary>With which account and how Tinker is spoken to.</summary>
public sealed record TinkerOptions
{
    /// <summary>The variable that holds the key.</summary>
    public const string KeyVariable = "TINKER_API_KEY";

    /// <summary>The variable that holds another base address.</summary>
    public const string AddressVariable = "TINKER_BASE_URL";

    /// <summary>The service's own address.</summary>
    public static Uri DefaultAddress { get; } = new("https://tinker.thinkingmachines.dev/services/tinker-prod");

    /// <summary>The key.</summary>
    public required TinkerKey Key { get; init; }

    /// <summary>The base address, before <c>/api/v1</c>.</summary>
    public Uri Address { get; init; } = DefaultAddress;

    /// <summary>The clock of back-off, pauses and heartbeats.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How much and how long.</summary>
    public TinkerLimits Limits { get; init; } = new();

    /// <summary>What sends; null for sockets that follow no redirect and keep no cookie.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>Tags of the session, for the service's lists.</summary>
    public ImmutableArray<string> Tags { get; init; } = ["slipway"];

    /// <summary>What else is told of the session, such as the recipe.</summary>
    public ImmutableSortedDictionary<string, string> Metadata { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The version of this program, as the service is told it.</summary>
    public string Version { get; init; } = "0.1.0";

    /// <summary>Takes sentences for people: pauses of the service, a session that is not heard any more.</summary>
    public Action<string> Notice { get; init; } = static _ => { };

    /// <summary>A number from 0 to 1, which shortens waits so that clients do not come back all at once.</summary>
    public Func<double> Jitter { get; init; } = Random.Shared.NextDouble;

    /// <summary>Reads key and address from variables, and checks both.</summary>
    /// <param name="variable">The value of a variable; null when it is not set.</param>
    public static Result<TinkerOptions> Read(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        return TinkerKey.Parse(variable(KeyVariable)).Then(key =>
            ParseAddress(variable(AddressVariable)).Map(address => new TinkerOptions { Key = key, Address = address }));
    }

    private static Result<Uri> ParseAddress(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return DefaultAddress;
        }

        var isAddress = Uri.TryCreate(text, UriKind.Absolute, out var address);
        var problem = !isAddress ? "is no absolute address"
            : address!.UserInfo.Length > 0 ? "holds a user or a password"
            : address.Query.Length > 0 || address.Fragment.Length > 0 ? "has a query or a fragment"
            : address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback) ? null
            : "would send the key in the clear";
        return problem is null ? address! : new Failure(TinkerFailures.BadAddress, $"{AddressVariable}, {Shown.Quote(text)}, {problem}.");
    }
}
