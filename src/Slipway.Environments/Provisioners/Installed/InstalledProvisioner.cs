using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;
using Slipway.Environments.Sites;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.Environments.Provisioners.Installed;

/// <summary>
/// The interpreter as it stands, with the packages that somebody else installed for it: a distribution's torch, a vendor's image, a
/// cluster's module, a virtual environment. Nothing is installed; the requirements are proved against what is there, and its fingerprint
/// identifies the environment.
/// </summary>
internal sealed class InstalledProvisioner : IProvisioner
{
    private const string Identity = "system/1/2";
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <inheritdoc/>
    public string Kind => "system";

    /// <inheritdoc/>
    public string Flags => string.Empty;

    /// <inheritdoc/>
    public bool Installs => false;

    /// <inheritdoc/>
    public string PythonOf(string root, Interpreter? interpreter) => Interpreter.Demand(interpreter).Executable;

    /// <inheritdoc/>
    public Task<Result<ProvisionerTool>> PrepareAsync(
        BuildHost host, Interpreter? interpreter, string? wanted, CancellationToken cancellationToken) =>
        Task.FromResult<Result<ProvisionerTool>>(new ProvisionerTool(Identity, Interpreter.Demand(interpreter).Executable));

    /// <inheritdoc/>
    public Task<Result<ResolutionSteps>> PlanResolutionAsync(
        BuildHost host, ProvisionerTool tool, Interpreter? interpreter, EnvironmentRequest request, SiteFacts? site, string work, CancellationToken cancellationToken)
    {
        // The interpreter has already said what it has; the report only keeps the shape that all provisioners share.
        var report = $"{work}/report.json";
        return Task.FromResult<Result<ResolutionSteps>>(new ResolutionSteps([new Step.WriteFile(report, "{}"u8.ToArray(), PrivateFile)], report));
    }

    /// <inheritdoc/>
    public Result<Resolution> ReadResolution(BuildHost host, ReadOnlySpan<byte> report, Interpreter? interpreter, EnvironmentRequest request, SiteFacts? site)
    {
        var python = Interpreter.Demand(interpreter);
        var selection = SiteSelection.Select(site!, python.Markers, Wanted(request), request.Constraints, []);
        return selection.Unmet.Count == 0
            ? new Resolution(ResolvedLock.For(request, python, [], selection.Used), [.. selection.Warnings])
            : new Failure(EnvironmentFailures.NotInstalled, $"{python} does not have what is asked for: {string.Join("; ", selection.Unmet)}.");
    }

    /// <inheritdoc/>
    public Task<Result<BuildSteps>> PlanBuildAsync(
        BuildHost host, ProvisionerTool tool, BuildOrder order, CancellationToken cancellationToken) =>
        Task.FromResult<Result<BuildSteps>>(new BuildSteps([], order.Base.Executable, Activation(order.Base)));

    /// <inheritdoc/>
    public Failure Diagnose(BuildHost host, Failure failure, string output) => failure;

    /// <inheritdoc/>
    public string? Narrate(string stage, string line) => null;

    // A lock settles versions also where nothing is installed: what is there must be what it says.
    private static ImmutableArray<RequestedPackage> Wanted(EnvironmentRequest request) => request.Pins.IsDefault ? request.Requirements : request.Resolved;

    // What the workload starts as `python` is this interpreter too, and sees what was counted: not the user's own packages.
    // A virtual environment is activated as its own script would; one that is active where the workload is started from is not this one.
    private static EnvironmentChanges Activation(Interpreter interpreter)
    {
        var none = EnvironmentChanges.None;
        var (set, unset) = (none.Set.Add("PYTHONNOUSERSITE", "1"), none.Unset.Add("PYTHONHOME"));
        return new EnvironmentChanges(
            interpreter.VirtualEnvironment is { } venv ? set.Add("VIRTUAL_ENV", venv) : set,
            none.Prepend.Add("PATH", Path.GetDirectoryName(interpreter.Executable)!),
            interpreter.VirtualEnvironment is null ? unset.Add("VIRTUAL_ENV") : unset);
    }
}
