namespace Slipway.Environments.Sources;

/// <summary>A user name and a password for one source. No text of it shows either.</summary>
/// <param name="url">The source's URL: they go to its scheme, host and port, and nowhere else.</param>
/// <param name="username">The user name; may be empty.</param>
/// <param name="password">The password or token; may be empty.</param>
internal sealed class IndexCredential(string url, string username, string password)
{
    /// <summary>The source's URL.</summary>
    public string Url => url;

    /// <summary>The user name.</summary>
    public string Username => username;

    /// <summary>The password.</summary>
    public string Password => password;

    /// <inheritdoc/>
    public override string ToString() => $"credentials for {url}";
}
