using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Requests;
using Slipway.Environments.Sites;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.Environments.Provisioners.Pip;

/// <summary>
/// Virtual environments filled by pip in three steps: resolve; fetch and build into the store's wheels; install
/// from there alone. Only the first two see the network or foreign code.
/// </summary>
internal sealed class PipProvisioner : IProvisioner
{
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode Program = PrivateFile | UnixFileMode.UserExecute | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const string Stub =
        """
        #!/bin/sh
        echo 'This environment is immutable: declare the package and run `slipway sync`, or use `slipway run --with PACKAGE`.' >&2
        exit 77

        """;

    /// <inheritdoc/>
    public string Kind => "pip";

    /// <inheritdoc/>
    public string Flags => "no-compile unchecked-hash-pyc require-hashes";

    /// <inheritdoc/>
    public bool Installs => true;

    /// <inheritdoc/>
    public string PythonOf(string root, Interpreter interpreter) => $"{root}/bin/python";

    /// <inheritdoc/>
    public Task<Result<ProvisionerTool>> PrepareAsync(
        BuildHost host, Interpreter interpreter, string? wanted, CancellationToken cancellationToken) =>
        interpreter.HasVenv
            ? PipTool.PrepareAsync(host, interpreter, wanted, cancellationToken)
            : Task.FromResult<Result<ProvisionerTool>>(new Failure(EnvironmentFailures.NoVenv, $"{interpreter} has no venv module."));

    /// <inheritdoc/>
    public async Task<Result<ResolutionSteps>> PlanResolutionAsync(
        BuildHost host, ProvisionerTool tool, Interpreter interpreter, EnvironmentRequest request, SiteFacts? site, string work, CancellationToken cancellationToken)
    {
        var driver = await EmbeddedScripts.PlaceAsync(host.Machine, host.Layout, EmbeddedScripts.PipDriver, cancellationToken).ConfigureAwait(false);
        return driver.Map(script => PipResolution.Plan(host, tool, interpreter, script, request, site, work));
    }

    /// <inheritdoc/>
    public Result<Resolution> ReadResolution(ReadOnlySpan<byte> report, Interpreter interpreter, EnvironmentRequest request, SiteFacts? site) =>
        PipResolution.Read(report, interpreter, request, site);

    /// <inheritdoc/>
    public async Task<Result<BuildSteps>> PlanBuildAsync(
        BuildHost host, ProvisionerTool tool, BuildOrder order, CancellationToken cancellationToken)
    {
        var driver = await EmbeddedScripts.PlaceAsync(host.Machine, host.Layout, EmbeddedScripts.PipDriver, cancellationToken).ConfigureAwait(false);
        return driver.Map(script => new BuildSteps(Steps(host, tool, order, script), "bin/python", Activation(order)));
    }

    /// <inheritdoc/>
    public Failure Diagnose(BuildHost host, Failure failure, string output)
    {
        var words = output.Length > 0 ? output : failure.Detail ?? string.Empty;
        return failure.Code == EnvironmentFailures.PipFailed
            ? PipVariables.Mention(host, PipDiagnosis.Name(failure, words))
            : PipDiagnosis.NameFullDisk(failure, words);
    }

    /// <inheritdoc/>
    public string? Narrate(string stage, string line) => PipNarration.Tell(stage, line);

    private static ImmutableArray<Step> Steps(BuildHost host, ProvisionerTool tool, BuildOrder order, string driver)
    {
        var plan = $"{order.Work}/plan.json";
        var python = $"{order.Root}/bin/python";
        var count = order.Lock.Describe();
        var steps = ImmutableArray.CreateBuilder<Step>();
        steps.Add(new Step.WriteFile(plan, Plan(host, tool, order).ToBytes(), PrivateFile));
        steps.Add(new Step.Run(
            $"Creating a virtual environment for Python {order.Interpreter.FullVersion}",
            PipCommand.Python(order.Interpreter.Executable, ["-m", "venv", "--without-pip", "--symlinks", .. order.SeesSite ? ["--system-site-packages"] : Array.Empty<string>(), order.Root]),
            EnvironmentFailures.VenvFailed));
        if (!order.Lock.Files.IsEmpty)
        {
            steps.Add(new Step.Run($"Fetching {count}", PipCommand.Python(order.Interpreter.Executable, driver, "fetch", plan), EnvironmentFailures.PipFailed));
            steps.Add(new Step.Run($"Installing {count}", Install(tool, python, order.Work), EnvironmentFailures.PipFailed));
        }

        steps.Add(new Step.Run($"Compiling and checking {count}", PipCommand.Python(python, driver, "finish", plan), EnvironmentFailures.NotAsLocked));
        if (!order.Lock.Files.Any(file => file.Name.Normalized is "pip"))
        {
            // Else the next pip on PATH would answer, and install into another Python.
            foreach (var name in (string[])["pip", "pip3"])
            {
                steps.Add(new Step.WriteFile($"{order.Root}/bin/{name}", Encoding.UTF8.GetBytes(Stub), Program));
            }
        }

        return steps.ToImmutable();
    }

    private static ProcessCommand Install(ProvisionerTool tool, string python, string work) => PipCommand.Python(
        python,
        tool.Path, "install", "--no-index", "--no-deps", "--require-hashes", "--only-binary=:all:", "--no-compile", "--no-cache-dir",
        "--no-warn-script-location", "--progress-bar=off", $"--find-links={work}/links", $"--requirement={work}/install.txt");

    private static PipPlan Plan(BuildHost host, ProvisionerTool tool, BuildOrder order) => new(
        tool.Path,
        PipCommand.SourceArguments(order.Sources, $"{host.Layout.Cache}/pip", PipTool.VersionOf(tool.Identity)),
        host.Layout.Wheels,
        order.Work,
        order.Root,
        order.Offline,
        [.. order.Lock.Files.Select(PipArtifact.From)]);

    // Where the system's packages are seen, the user's own are not: they are no part of the identity.
    private static EnvironmentChanges Activation(BuildOrder order) => new(
        order.SeesSite
            ? EnvironmentChanges.None.Set.Add("VIRTUAL_ENV", order.Root).Add("PYTHONNOUSERSITE", "1")
            : EnvironmentChanges.None.Set.Add("VIRTUAL_ENV", order.Root),
        EnvironmentChanges.None.Prepend.Add("PATH", $"{order.Root}/bin"),
        EnvironmentChanges.None.Unset.Add("PYTHONHOME"));
}
