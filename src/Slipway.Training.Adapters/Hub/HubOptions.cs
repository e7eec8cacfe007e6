using Slipway.Core.Failures;

namespace Slipway.Training.Adapters.Hub;

/// <summary>Which hub, and where what comes from it is kept.</summary>
public sealed record HubOptions
{
    /// <summary>The absolute directory in which what was brought is kept: <c>HF_HOME/hub</c>, in the layout that the hub's own library has.</summary>
    public required string CacheDirectory { get; init; }

    /// <summary>The hub's address.</summary>
    public Uri Endpoint { get; init; } = new("https://huggingface.co/");

    /// <summary>The token; null for what is public.</summary>
    public string? Token { get; init; }

    /// <summary>How many files are brought at once.</summary>
    public int FilesAtOnce { get; init; } = 3;

    /// <summary>How long a download may give nothing before it is begun again from where it is.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The clock of waits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Makes requests; null for the usual way.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>
    /// What the environment says, as for the hub's own library: <c>HF_HOME</c> (else <c>huggingface</c> in <c>XDG_CACHE_HOME</c> or <c>~/.cache</c>), <c>HF_ENDPOINT</c>,
    /// and the token of <c>HF_TOKEN</c>, else of the file <c>token</c> in <c>HF_HOME</c>.
    /// </summary>
    /// <param name="variable">Gives a variable; null when it is not set.</param>
    public static Result<HubOptions> FromEnvironment(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        var home = Set("HF_HOME") ?? (Set("XDG_CACHE_HOME") ?? (Set("HOME") is { } user ? $"{user}/.cache" : null)) switch
        {
            { } cache => $"{cache}/huggingface",
            null => null,
        };
        if (home is null)
        {
            return AdapterFailures.Missing("hub", "HF_HOME (or HOME)");
        }

        var endpoint = Set("HF_ENDPOINT") ?? "https://huggingface.co";
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            return AdapterFailures.Wrong("hub", "HF_ENDPOINT is no URL.");
        }

        return new HubOptions { CacheDirectory = $"{home}/hub", Endpoint = address, Token = Set("HF_TOKEN") ?? Kept($"{home}/token") };

        string? Set(string name) => variable(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;
    }

    private static string? Kept(string path)
    {
        try
        {
            return File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } token ? token : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
