using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Mcp.Tools;

/// <summary>What a server may touch, set by the person who configured it.</summary>
/// <param name="IsReadOnly">Whether tools that change anything are hidden.</param>
/// <param name="Hosts">The hosts, <c>local</c> among them for this machine; empty for all.</param>
/// <param name="Backends">The backends; empty for all.</param>
public sealed record ToolScope(bool IsReadOnly, ImmutableArray<string> Hosts, ImmutableArray<string> Backends)
{
    /// <summary>Everything.</summary>
    public static ToolScope All { get; } = new(false, [], []);

    private const string Here = "local";

    /// <summary>Whether a tool is shown.</summary>
    public bool Shows(McpTool tool) => !IsReadOnly || tool.Effect is ToolEffect.Reads;

    /// <summary>Why a call is out of scope; null when it is not.</summary>
    public Failure? Refuse(McpTool tool, ToolArguments arguments)
    {
        foreach (var parameter in tool.Parameters)
        {
            var refused = parameter.Role switch
            {
                ParameterRole.Host => RefuseHosts(arguments.Text(parameter.Name) ?? Here),
                ParameterRole.BackendHost => arguments.Text(parameter.Name) is { } host ? RefuseHosts(host) : null,
                ParameterRole.Backend => RefuseBackend(arguments.Text(parameter.Name)),
                _ => null,
            };
            if (refused is not null)
            {
                return refused;
            }
        }

        return null;
    }

    /// <summary>Why a backend is out of scope; null when it is not.</summary>
    public Failure? RefuseBackend(string? backend) => Backends.IsEmpty || (backend is not null && Backends.Contains(backend, StringComparer.Ordinal)) ? null : new Failure(
        McpFailures.OutOfScope, backend is null ? "No backend was named, and this server may use only some." : $"This server may not use the backend {Shown.Quote(backend)}.")
    {
        Hint = $"It may use {string.Join(", ", Backends)}; name one.",
    };

    private Failure? RefuseHosts(string named) => Hosts.IsEmpty || named.Split(',').All(host => Hosts.Contains(host, StringComparer.Ordinal)) ? null : new Failure(
        McpFailures.OutOfScope, $"This server may not use the host {Shown.Quote(named)}.")
    {
        Hint = $"It may use {string.Join(", ", Hosts)}; name one.",
    };
}
