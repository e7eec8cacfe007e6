using System.Collections.Immutable;

namespace Slipway.Environments.Sources;

/// <summary>What pip's own variables and configuration files may say here: whom to trust and how to reach the network, and nothing about where packages come from.</summary>
internal static class PipSettings
{
    /// <summary>The settings that hold, each with pip's variable for it.</summary>
    public static readonly ImmutableSortedDictionary<string, string> Honoured = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal)
        .Add("cert", "PIP_CERT")
        .Add("client-cert", "PIP_CLIENT_CERT")
        .Add("proxy", "PIP_PROXY")
        .Add("timeout", "PIP_DEFAULT_TIMEOUT")
        .Add("trusted-host", "PIP_TRUSTED_HOST");

    /// <summary>The settings that choose sources and that no request would show, so that they are ignored; each with what stands in its place.</summary>
    public static readonly ImmutableSortedDictionary<string, string> Ignored = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal)
        .Add("constraint", "-c in a requirements file")
        .Add("extra-index-url", "--index-url")
        .Add("find-links", "--find-links")
        .Add("index-url", "--index-url")
        .Add("no-index", "--find-links");

    /// <summary>pip's variable for an ignored setting.</summary>
    public static string VariableOf(string setting) => $"PIP_{setting.Replace('-', '_').ToUpperInvariant()}";
}
