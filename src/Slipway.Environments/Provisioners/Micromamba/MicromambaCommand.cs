using System.Collections.Immutable;
using Slipway.Machines.Processes;

namespace Slipway.Environments.Provisioners.Micromamba;

/// <summary>
/// How micromamba is called: with a root prefix of its own in the store, by absolute prefix, and shut off from the user's configuration, variables and
/// list of environments. What says how to reach the network (proxies, certificates) passes.
/// </summary>
internal static class MicromambaCommand
{
    private static readonly ImmutableArray<string> Dropped = ["CONDA_", "MAMBA_", "_CE_", "__CONDA", "PYTHON", "PIP_", "UV_", "VIRTUAL_ENV", "SLIPWAY_"];

    /// <summary>Where the tool may keep what it would write into a home directory.</summary>
    public static string Home(BuildHost host) => $"{host.Layout.CondaRoot}/home";

    /// <summary>A call of the tool.</summary>
    public static ProcessCommand Create(BuildHost host, string path, params ReadOnlySpan<string> arguments) => Clean(path, arguments) with
    {
        // It would list every environment in ~/.conda/environments.txt, and look for packages in ~/.mamba.
        Environment = EnvironmentChanges.None with { Set = EnvironmentChanges.None.Set.Add("HOME", Home(host)) },
    };

    /// <summary>Creates an environment at an absolute prefix.</summary>
    public static ProcessCommand CreateEnvironment(BuildHost host, string path, string prefix, bool offline, params ReadOnlySpan<string> arguments) => Create(
        host,
        path,
        ["create", "--no-rc", "--no-env", "--yes", $"--root-prefix={host.Layout.CondaRoot}", $"--prefix={prefix}", .. offline ? ["--offline"] : Array.Empty<string>(), .. arguments]);

    /// <summary>A program that must not see the variables of an active environment.</summary>
    public static ProcessCommand Clean(string path, params ReadOnlySpan<string> arguments) => ProcessCommand.Create(path, arguments) with { DropPrefixes = Dropped };
}
