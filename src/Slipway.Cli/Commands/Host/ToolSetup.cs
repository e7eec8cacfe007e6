using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Environments.Tools;

namespace Slipway.Cli.Commands.Host;

/// <summary>Installs a tool on consent: by the verb for it, and by what finds that its backend's tool is missing.</summary>
/// <param name="output">How to talk.</param>
/// <param name="services">The command's services.</param>
/// <param name="host">Where.</param>
internal sealed class ToolSetup(Output output, Services services, BuildHost host)
{
    /// <summary>Asks, and installs.</summary>
    /// <param name="tool">Which tool.</param>
    /// <param name="origin">From where.</param>
    /// <param name="prompt">Who is asked; null when consent was given.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The tool, and whether it is new.</returns>
    public async Task<Result<(FoundTool Tool, bool IsNew)>> InstallAsync(ToolInfo tool, ToolOrigin origin, Prompt? prompt, CancellationToken cancellationToken)
    {
        var installer = new ToolInstaller(host);
        if (origin is { File: null, Sha256: null } && await installer.InstalledAsync(tool, cancellationToken).ConfigureAwait(false) is { } there)
        {
            return (there, false);
        }

        if (!installer.AddressOf(tool).TryGet(out var address, out var failure))
        {
            return failure;
        }

        if (host.IsOffline && origin.File is null)
        {
            return new Failure(EnvironmentFailures.ToolUnreachable, $"{tool.Name} would be downloaded, and the network may not be used.");
        }

        var question = $"Install {(origin.File is null ? $"{tool.Name} {tool.Version} from {address}" : $"{tool.Name} from {origin.File}")} into {host.Layout.Tools}?";
        if (prompt is not null && !prompt.Confirm(question, byDefault: true, "--yes").Then(isYes => isYes ? Unit.Value : (Result<Unit>)Declined(tool)).TryGet(out _, out failure))
        {
            return failure;
        }

        using var progress = new BuildProgressView(output, services.Time);
        var installed = await installer.InstallAsync(tool, origin, progress, cancellationToken).ConfigureAwait(false);
        progress.Dispose();
        return installed;
    }

    /// <summary>
    /// After work that failed because its backend's tool is missing: installs it when that was agreed to beforehand, and else where somebody can be asked.
    /// </summary>
    /// <param name="failed">The failure of the work.</param>
    /// <param name="backend">The backend, which has its tool's name.</param>
    /// <param name="isAgreed">Whether <c>--bootstrap</c> was given.</param>
    /// <param name="prompt">Who is asked.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null when the work may be tried again; else the failure to tell.</returns>
    public async Task<Failure?> AfterAsync(Failure failed, string backend, bool isAgreed, Prompt prompt, CancellationToken cancellationToken)
    {
        if (failed.Code != EnvironmentFailures.ToolMissing || !ToolCatalogue.Find(backend).TryGet(out var tool, out _) || !(isAgreed || prompt.CanAsk))
        {
            return failed;
        }

        if (!isAgreed)
        {
            output.Say($"slipway: {failed.Message}");
        }

        var installed = await InstallAsync(tool, new ToolOrigin(null, null), isAgreed ? null : prompt, cancellationToken).ConfigureAwait(false);
        if (!installed.TryGet(out var done, out var failure))
        {
            return failure.Code == CliFailures.Declined ? failed : failure;
        }

        output.Say($"slipway: {tool.Name} {done.Tool.Version} is installed: {done.Tool.Path}");
        return null;
    }

    private static Failure Declined(ToolInfo tool) => new(CliFailures.Declined, $"{tool.Name} was not installed.");
}
