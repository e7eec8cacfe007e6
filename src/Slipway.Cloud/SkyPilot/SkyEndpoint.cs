using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Cloud.SkyPilot;

/// <summary>What a person or the configuration says about the server.</summary>
/// <param name="Server">The value of <c>--server</c>; null where it is not given.</param>
/// <param name="Configured">The address in Slipway's configuration; null where there is none.</param>
public sealed record SkyEndpointChoice(string? Server, string? Configured)
{
    /// <summary>The environment variable that holds a bearer token; null for SkyPilot's own, where that is set.</summary>
    public string? TokenVariable { get; init; }

    /// <summary>Whether credentials may be sent over plain http to a host that is not this machine.</summary>
    public bool AllowClearCredentials { get; init; }
}

/// <summary>Where a SkyPilot API server is, and what we show it. Its text never holds a credential.</summary>
public sealed class SkyEndpoint
{
    /// <summary>Where a server started by hand listens (SkyPilot, API 55).</summary>
    public const string Default = "http://127.0.0.1:46580";

    /// <summary>The variable by which SkyPilot's own clients find the server.</summary>
    public const string AddressVariable = "SKYPILOT_API_SERVER_ENDPOINT";

    /// <summary>The variable by which SkyPilot's own clients find a service account token.</summary>
    public const string SkyTokenVariable = "SKYPILOT_SERVICE_ACCOUNT_TOKEN";

    private SkyEndpoint(Uri address, string source, AuthenticationHeaderValue? authorization)
    {
        Address = address;
        Source = source;
        Authorization = authorization;
    }

    /// <summary>The address without user and password; its path ends with a slash.</summary>
    public Uri Address { get; }

    /// <summary>Where the address comes from, for people: <c>--server</c>, a variable's name, <c>configuration</c> or <c>default</c>.</summary>
    public string Source { get; }

    /// <summary>Whether we have something to show.</summary>
    public bool HasCredentials => Authorization is not null;

    internal AuthenticationHeaderValue? Authorization { get; }

    /// <summary>Decides which server it is: <c>--server</c>, else the environment, else the configuration, else this machine's.</summary>
    /// <param name="choice">What was said.</param>
    /// <param name="environment">Reads an environment variable.</param>
    public static Result<SkyEndpoint> Resolve(SkyEndpointChoice choice, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(choice);
        ArgumentNullException.ThrowIfNull(environment);
        var (text, source) = Find(choice, environment);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            return new Failure(CloudFailures.EndpointInvalid, $"The address of the SkyPilot server ({source}) is not http://host:port or https://host.");
        }

        if (!Credentials(uri, choice, environment).TryGet(out var found, out var failure))
        {
            return failure;
        }

        var clean = new UriBuilder(uri) { UserName = string.Empty, Password = string.Empty, Path = uri.AbsolutePath.TrimEnd('/') + "/" }.Uri;
        return found.Value is not null && clean.Scheme == Uri.UriSchemeHttp && !IsLoopback(clean) && !choice.AllowClearCredentials
            ? new Failure(CloudFailures.CredentialsInClear, $"The server {clean.Authority} is addressed by plain http, and credentials would go along ({source}).")
            : new SkyEndpoint(clean, source, found.Value);
    }

    /// <summary>The address, without credentials.</summary>
    public override string ToString() => Address.AbsoluteUri.TrimEnd('/');

    private static (string Text, string Source) Find(SkyEndpointChoice choice, Func<string, string?> environment)
    {
        if (!string.IsNullOrWhiteSpace(choice.Server))
        {
            return (choice.Server.Trim(), "--server");
        }

        if (environment(AddressVariable) is { } variable && !string.IsNullOrWhiteSpace(variable))
        {
            return (variable.Trim(), AddressVariable);
        }

        return string.IsNullOrWhiteSpace(choice.Configured) ? (Default, "default") : (choice.Configured.Trim(), "configuration");
    }

    private static Result<Holder> Credentials(Uri uri, SkyEndpointChoice choice, Func<string, string?> environment)
    {
        if (uri.UserInfo.Length > 0)
        {
            var pair = uri.UserInfo.Split(':', 2);
            var text = Uri.UnescapeDataString(pair[0]) + ":" + (pair.Length == 2 ? Uri.UnescapeDataString(pair[1]) : string.Empty);
            return new Holder(new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(text))));
        }

        var token = environment(choice.TokenVariable ?? SkyTokenVariable)?.Trim();
        if (string.IsNullOrEmpty(token))
        {
            return choice.TokenVariable is null
                ? new Holder(null)
                : new Failure(CloudFailures.AuthRequired, $"The environment variable {Shown.Quote(choice.TokenVariable)} that should hold the token is empty or not set.");
        }

        // A header takes visible ASCII only; anything else is a mistake in pasting, and its text must not reach a message.
        return token.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? new Failure(CloudFailures.EndpointInvalid, $"The token in {choice.TokenVariable ?? SkyTokenVariable} holds characters that no token has.")
            : new Holder(new AuthenticationHeaderValue("Bearer", token));
    }

    private static bool IsLoopback(Uri uri) =>
        uri.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address);

    private sealed record Holder(AuthenticationHeaderValue? Value);
}
