using Slipway.Core.Failures;
using Slipway.Environments.Interpreters;

namespace Slipway.Environments.Provisioners.Pip;

/// <summary>
/// The pip that builds environments: the wheel that the base interpreter's ensurepip carries, else the pip that the base can
/// import. It is copied to the store once for each version, so that a later upgrade of either changes nothing.
/// </summary>
internal static class PipTool
{
    // Raised with every change of how a tree is laid out or installed: it is part of the environment key.
    private const int LayoutVersion = 1;

    /// <summary>Has pip ready for an interpreter.</summary>
    public static async Task<Result<ProvisionerTool>> PrepareAsync(
        BuildHost host, Interpreter interpreter, string? wanted, CancellationToken cancellationToken)
    {
        if (wanted is not null && await IsPresentAsync(host, Tool(host, VersionOf(wanted)), wanted, cancellationToken).ConfigureAwait(false) is { } kept)
        {
            return kept;
        }

        if (interpreter.UsablePip() is not { } origin)
        {
            return new Failure(EnvironmentFailures.NoPip, $"{interpreter} comes with no pip of version {Interpreter.OldestPip} or newer.");
        }

        var tool = Tool(host, origin.Version);
        return await IsPresentAsync(host, tool, tool.Identity, cancellationToken).ConfigureAwait(false) is { } present
            ? present
            : await CopyAsync(host, interpreter, origin, tool, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The pip that an earlier resolution had, in the store.</summary>
    /// <param name="host">The host.</param>
    /// <param name="identity">Its identity then.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public static async Task<Result<ProvisionerTool>> KeptAsync(BuildHost host, string identity, CancellationToken cancellationToken)
    {
        var tool = Tool(host, VersionOf(identity));
        return await IsPresentAsync(host, tool, tool.Identity, cancellationToken).ConfigureAwait(false) is { } kept
            ? kept
            : new Failure(EnvironmentFailures.NoPip, $"pip {VersionOf(identity)}, which this environment was resolved with, is gone from the store.") { Hint = "Resolve it again with --refresh." };
    }

    /// <summary>The version in a tool's identity.</summary>
    public static string VersionOf(string identity) => identity.Split('/')[1];

    private static ProvisionerTool Tool(BuildHost host, string version) =>
        new($"pip/{version}/{LayoutVersion}", $"{host.Layout.Tool("pip", version)}/pip/__pip-runner__.py");

    private static async Task<ProvisionerTool?> IsPresentAsync(
        BuildHost host, ProvisionerTool tool, string identity, CancellationToken cancellationToken)
    {
        var status = await host.Machine.StatAsync(tool.Path, cancellationToken).ConfigureAwait(false);
        return status.TryGet(out var found, out _) && found.Exists && string.Equals(tool.Identity, identity, StringComparison.Ordinal) ? tool : null;
    }

    private static async Task<Result<ProvisionerTool>> CopyAsync(
        BuildHost host, Interpreter interpreter, PipOrigin origin, ProvisionerTool tool, CancellationToken cancellationToken)
    {
        var driver = await EmbeddedScripts.PlaceAsync(host.Machine, host.Layout, EmbeddedScripts.PipDriver, cancellationToken).ConfigureAwait(false);
        if (!driver.TryGet(out var script, out var failure))
        {
            return failure;
        }

        var unpack = PipCommand.Python(interpreter.Executable, script, "unpack", origin.Path, host.Layout.Tool("pip", origin.Version));
        var run = await host.Machine.RunAsync(unpack, output: null, cancellationToken).ConfigureAwait(false);
        return run.Then<ProvisionerTool>(outcome => outcome.Succeeded
            ? tool
            : new Failure(EnvironmentFailures.NoPip, $"pip {origin.Version} could not be copied from {origin.Path}.") { Detail = outcome.ErrorText.Trim() });
    }
}
