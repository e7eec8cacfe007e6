using Slipway.Core.Failures;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Provisioners.Pip;
using Slipway.Environments.Requests;
using Slipway.Environments.Sites;
using Slipway.Environments.Sources;
using Slipway.Environments.Tools;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.Environments.Provisioners.Uv;

/// <summary>
/// Virtual environments that uv resolves and installs. Files are fetched and built as for pip, onto the same shelf, so both
/// backends install the same bytes; uv installs them without network, sources or choice.
/// </summary>
internal sealed class UvProvisioner : IProvisioner
{
    private const int LayoutVersion = 1;
    private readonly PipProvisioner _pip = new();

    /// <inheritdoc/>
    public string Kind => "uv";

    /// <inheritdoc/>
    public string Flags => $"{VirtualEnvironmentBuild.Flags} link-copy no-installer-metadata";

    /// <inheritdoc/>
    public bool Installs => true;

    /// <inheritdoc/>
    public string PythonOf(string root, Interpreter? interpreter) => VirtualEnvironmentBuild.PythonOf(root);

    /// <inheritdoc/>
    public async Task<Result<ProvisionerTool>> PrepareAsync(
        BuildHost host, Interpreter? interpreter, string? wanted, CancellationToken cancellationToken)
    {
        var uv = await BackendTool.PrepareAsync(host, ToolCatalogue.Uv, LayoutVersion, wanted, cancellationToken).ConfigureAwait(false);
        if (!uv.IsOk)
        {
            return uv;
        }

        var pip = await _pip.PrepareAsync(host, interpreter, wanted: null, cancellationToken).ConfigureAwait(false);
        return pip.Then(_ => uv);
    }

    /// <inheritdoc/>
    public async Task<Result<ResolutionSteps>> PlanResolutionAsync(
        BuildHost host, ProvisionerTool tool, Interpreter? interpreter, EnvironmentRequest request, SiteFacts? site, string work, CancellationToken cancellationToken)
    {
        if (site is not null)
        {
            return SiteRefused();
        }

        var prepared = await _pip.PrepareAsync(host, interpreter, wanted: null, cancellationToken).ConfigureAwait(false);
        if (!prepared.TryGet(out var pip, out var failure))
        {
            return failure;
        }

        if (!UvResolution.IsOpen(request))
        {
            return await _pip.PlanResolutionAsync(host, pip, interpreter, request, site, work, cancellationToken).ConfigureAwait(false);
        }

        var driver = await EmbeddedScripts.PlaceAsync(host.Machine, host.Layout, EmbeddedScripts.UvDriver, cancellationToken).ConfigureAwait(false);
        var gate = await GatePlan.CreateAsync(host, request.Sources, cancellationToken).ConfigureAwait(false);
        var packed = await LocalSources.PackStepsAsync(host, request, cancellationToken).ConfigureAwait(false);
        return driver.Then(script => gate.Then(plan => packed.Map(before =>
        {
            var resolution = UvResolution.Plan(host, tool, pip, Interpreter.Demand(interpreter), script, request, work, plan);
            return resolution with { Steps = [.. before, .. resolution.Steps] };
        })));
    }

    /// <inheritdoc/>
    public Result<Resolution> ReadResolution(BuildHost host, ReadOnlySpan<byte> report, Interpreter? interpreter, EnvironmentRequest request, SiteFacts? site)
    {
        var read = PipResolution.Read(host, report, Interpreter.Demand(interpreter), request, site);
        return read.TryGet(out var resolution, out var failure)
            ? UvResolution.CheckHashes(request, resolution.Lock) is { } mismatch ? mismatch : read
            : failure.Code == EnvironmentFailures.UnsupportedSource ? failure with { Hint = "Use --backend pip, which reads such a file itself." } : failure;
    }

    /// <inheritdoc/>
    public async Task<Result<BuildSteps>> PlanBuildAsync(BuildHost host, ProvisionerTool tool, BuildOrder order, CancellationToken cancellationToken)
    {
        if (order.SeesSite)
        {
            return SiteRefused();
        }

        var prepared = await _pip.PrepareAsync(host, order.Interpreter, wanted: null, cancellationToken).ConfigureAwait(false);
        return prepared.TryGet(out var pip, out var failure)
            ? await VirtualEnvironmentBuild.PlanAsync(
                host,
                pip,
                order,
                [
                    new Step.Run($"Installing {order.Lock.Describe()}", Install(tool, order), EnvironmentFailures.UvFailed),
                    // uv locks environments that may change; this one never does again.
                    new Step.RemoveTree($"{order.Root}/.lock"),
                ],
                cancellationToken).ConfigureAwait(false)
            : failure;
    }

    /// <inheritdoc/>
    public Failure Diagnose(BuildHost host, Failure failure, string output) => failure.Code == EnvironmentFailures.UvFailed
        ? PipVariables.Mention(host, UvDiagnosis.Name(failure, output.Length > 0 ? output : failure.Detail ?? string.Empty), output)
        : _pip.Diagnose(host, failure, output);

    /// <inheritdoc/>
    public IEnumerable<string> WarningsOf(string output) => _pip.WarningsOf(output);

    /// <inheritdoc/>
    public string? Narrate(string stage, string line) => UvNarration.Tell(line) ?? _pip.Narrate(stage, line);

    private static ProcessCommand Install(ProvisionerTool tool, BuildOrder order)
    {
        var command = PipCommand.Python(tool.Path);
        return command with
        {
            Arguments =
            [
                "pip", "install", "--python", VirtualEnvironmentBuild.PythonOf(order.Root), "--offline", "--no-index", "--find-links", VirtualEnvironmentBuild.Links(order.Work),
                "--no-deps", "--require-hashes", "--only-binary", ":all:", "--link-mode", "copy", "--no-config", "--no-progress", "--color", "never",
                "--cache-dir", $"{order.Work}/uv-cache", "--requirement", VirtualEnvironmentBuild.Pins(order.Work),
            ],
            // What uv writes beside a package (its own name, the time of the wheel) differs from build to build.
            Environment = command.Environment with
            {
                Set = command.Environment.Set.Add("UV_NO_INSTALLER_METADATA", "1").Add("UV_PYTHON_DOWNLOADS", "never").Add("UV_NO_WRAP", "1"),
            },
        };
    }

    private static Failure SiteRefused() => new(EnvironmentFailures.UnsupportedRequest, "uv cannot take the packages that the system has into account, so --system-site-packages is not for it.")
    {
        Hint = "Use --backend pip with --system-site-packages.",
    };
}
