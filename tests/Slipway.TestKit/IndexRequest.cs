namespace Slipway.TestKit;

/// <summary>A request that reached a <see cref="LocalIndex"/>. It never holds a credential.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path without a query.</param>
/// <param name="UserAgent">The client's name for itself; empty when it gave none.</param>
/// <param name="Accept">The accepted media types as sent; empty when there were none.</param>
/// <param name="HasAuthorization">Whether an Authorization header was there, right or wrong.</param>
public sealed record IndexRequest(string Method, string Path, string UserAgent, string Accept, bool HasAuthorization);
