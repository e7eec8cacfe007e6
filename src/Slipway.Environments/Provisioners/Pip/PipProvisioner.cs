using Slipway.Core.Failures;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Requests;
using Slipway.Environments.Sites;
using Slipway.Environments.Sources;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.Environments.Provisioners.Pip;

/// <summary>
/// Virtual environments filled by pip in three steps: resolve; fetch and build into the store's wheels; install
/// from there alone. Only the first two see the network or foreign code.
/// </summary>
internal sealed class PipProvisioner : IProvisioner
{
    /// <inheritdoc/>
    public string Kind => "pip";

    /// <inheritdoc/>
    public string Flags => VirtualEnvironmentBuild.Flags;

    /// <inheritdoc/>
    public bool Installs => true;

    /// <inheritdoc/>
    public string PythonOf(string root, Interpreter? interpreter) => VirtualEnvironmentBuild.PythonOf(root);

    /// <inheritdoc/>
    public Task<Result<ProvisionerTool>> PrepareAsync(
        BuildHost host, Interpreter? interpreter, string? wanted, CancellationToken cancellationToken) =>
        Interpreter.Demand(interpreter) is { HasVenv: true } usable
            ? PipTool.PrepareAsync(host, usable, wanted, cancellationToken)
            : Task.FromResult<Result<ProvisionerTool>>(new Failure(EnvironmentFailures.NoVenv, $"{interpreter} has no venv module."));

    /// <inheritdoc/>
    public async Task<Result<ResolutionSteps>> PlanResolutionAsync(
        BuildHost host, ProvisionerTool tool, Interpreter? interpreter, EnvironmentRequest request, SiteFacts? site, string work, CancellationToken cancellationToken)
    {
        var driver = await EmbeddedScripts.PlaceAsync(host.Machine, host.Layout, EmbeddedScripts.PipDriver, cancellationToken).ConfigureAwait(false);
        var effective = PipResolution.Effective(request, work);
        var gate = await GatePlan.CreateAsync(host, effective.Sources, cancellationToken).ConfigureAwait(false);
        var packed = await LocalSources.PackStepsAsync(host, request, cancellationToken).ConfigureAwait(false);
        return driver.Then(script => gate.Then(plan => packed.Map(before =>
        {
            var resolution = PipResolution.Plan(host, tool, Interpreter.Demand(interpreter), script, effective, site, work, plan);
            return resolution with { Steps = [.. before, .. resolution.Steps] };
        })));
    }

    /// <inheritdoc/>
    public Result<Resolution> ReadResolution(BuildHost host, ReadOnlySpan<byte> report, Interpreter? interpreter, EnvironmentRequest request, SiteFacts? site) =>
        PipResolution.Read(host, report, Interpreter.Demand(interpreter), request, site);

    /// <inheritdoc/>
    public Task<Result<BuildSteps>> PlanBuildAsync(BuildHost host, ProvisionerTool tool, BuildOrder order, CancellationToken cancellationToken) =>
        VirtualEnvironmentBuild.PlanAsync(
            host,
            tool,
            order,
            [new Step.Run($"Installing {order.Lock.Describe()}", Install(tool, order), EnvironmentFailures.PipFailed)],
            cancellationToken);

    /// <inheritdoc/>
    public Failure Diagnose(BuildHost host, Failure failure, string output)
    {
        var words = output.Length > 0 ? output : failure.Detail ?? string.Empty;
        return failure.Code == EnvironmentFailures.PipFailed
            ? PipVariables.Mention(host, PipDiagnosis.Name(failure, words), words)
            : PipDiagnosis.NameFullDisk(failure, words);
    }

    /// <inheritdoc/>
    public IEnumerable<string> WarningsOf(string output) => PipDiagnosis.WarningsOf(output);

    /// <inheritdoc/>
    public string? Narrate(string stage, string line) => PipNarration.Tell(stage, line);

    /// <summary>Installs the fetched wheels, and nothing else, into the environment.</summary>
    internal static ProcessCommand Install(ProvisionerTool tool, BuildOrder order) => PipCommand.Python(
        VirtualEnvironmentBuild.PythonOf(order.Root),
        tool.Path, "install", "--no-index", "--no-deps", "--require-hashes", "--only-binary=:all:", "--no-compile", "--no-cache-dir",
        "--no-warn-script-location", "--progress-bar=off", $"--find-links={VirtualEnvironmentBuild.Links(order.Work)}", $"--requirement={VirtualEnvironmentBuild.Pins(order.Work)}");
}
