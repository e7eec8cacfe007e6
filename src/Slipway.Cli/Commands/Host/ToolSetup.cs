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
    /// <summary>This machine with its store, when <see cref="BuildHost"/> is another one: what it has need not be downloaded there.</summary>
    public BuildHost? Here { get; init; }

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

        if (!(await PlanAsync(tool, origin, cancellationToken).ConfigureAwait(false)).TryGet(out var plan, out var failure))
        {
            return failure;
        }

        var where = Here is null ? host.Layout.Tools : $"{host.Layout.Tools} on {host.Machine.Name}";
        if (prompt is not null && !prompt.Confirm($"Install {plan.Words} into {where}?", byDefault: true, "--yes").Then(isYes => isYes ? Unit.Value : (Result<Unit>)Declined(tool)).TryGet(out _, out failure))
        {
            return failure;
        }

        using var progress = new BuildProgressView(output, services.Time);
        var installed = await FromHereAsync(installer, tool, plan.Origin, progress, cancellationToken).ConfigureAwait(false);
        progress.Dispose();
        return installed;
    }

    // What is installed here was checked against its checksum when it came.
    private async Task<Result<(ToolOrigin Origin, string Words)>> PlanAsync(ToolInfo tool, ToolOrigin origin, CancellationToken cancellationToken)
    {
        if (origin.File is { } brought)
        {
            return (origin, $"{tool.Name} from {brought}");
        }

        if (Here is { } here && origin.Sha256 is null && new ToolInstaller(here).Serves(host, tool) && await new ToolInstaller(here).InstalledAsync(tool, cancellationToken).ConfigureAwait(false) is { } own)
        {
            return (new ToolOrigin(own.Path, null), $"{tool.Name} {own.Version}, copied from {own.Path} here,");
        }

        return !new ToolInstaller(host).AddressOf(tool).TryGet(out var address, out var failure) ? failure
            : host.IsOffline ? new Failure(EnvironmentFailures.ToolUnreachable, $"{tool.Name} would be downloaded, and the network may not be used.")
            : (origin, $"{tool.Name} {tool.Version} from {address}");
    }

    private async Task<Result<(FoundTool Tool, bool IsNew)>> FromHereAsync(ToolInstaller installer, ToolInfo tool, ToolOrigin origin, BuildProgressView progress, CancellationToken cancellationToken)
    {
        if (Here is not { } here || origin.File is not { } file)
        {
            return await installer.InstallAsync(tool, origin, progress, cancellationToken).ConfigureAwait(false);
        }

        // A file that the user brings has to be the pinned one, unless another checksum is given; our own copy has to arrive as it is.
        var isOwn = file.StartsWith($"{here.Layout.Tools}/", StringComparison.Ordinal);
        var carrier = new ToolCarrier(host);
        progress.Stage($"Copying {file} to {host.Machine.Name}");
        if (!(await carrier.CarryAsync(file, isOwn ? null : origin.Sha256, cancellationToken).ConfigureAwait(false)).TryGet(out var there, out var failure))
        {
            return failure;
        }

        try
        {
            return await installer.InstallAsync(tool, isOwn ? there : there with { Sha256 = origin.Sha256 }, progress, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await carrier.DropAsync(there).ConfigureAwait(false);
        }
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
