using System.Collections.Immutable;
using System.Text;
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
        var effective = PipResolution.Effective(request, work);
        var gate = await GatePlan.CreateAsync(host, effective.Sources, cancellationToken).ConfigureAwait(false);
        var packed = await LocalSources.PackStepsAsync(host, request, cancellationToken).ConfigureAwait(false);
        return driver.Then(script => gate.Then(plan => packed.Map(before =>
        {
            var resolution = PipResolution.Plan(host, tool, interpreter, script, effective, site, work, plan);
            return resolution with { Steps = [.. before, .. resolution.Steps] };
        })));
    }

    /// <inheritdoc/>
    public Result<Resolution> ReadResolution(ReadOnlySpan<byte> report, Interpreter interpreter, EnvironmentRequest request, SiteFacts? site) =>
        PipResolution.Read(report, interpreter, request, site);

    /// <inheritdoc/>
    public async Task<Result<BuildSteps>> PlanBuildAsync(
        BuildHost host, ProvisionerTool tool, BuildOrder order, CancellationToken cancellationToken)
    {
        var driver = await EmbeddedScripts.PlaceAsync(host.Machine, host.Layout, EmbeddedScripts.PipDriver, cancellationToken).ConfigureAwait(false);
        var gate = await GatePlan.CreateAsync(host, order.Sources, cancellationToken).ConfigureAwait(false);
        var packed = await PackAsync(host, order, cancellationToken).ConfigureAwait(false);
        return driver.Then(script => gate.Map(plan => new BuildSteps(
            [.. packed, .. Steps(host, tool, order, script, plan)], "bin/python", Activation(order))));
    }

    /// <inheritdoc/>
    public Failure Diagnose(BuildHost host, Failure failure, string output)
    {
        var words = output.Length > 0 ? output : failure.Detail ?? string.Empty;
        return failure.Code == EnvironmentFailures.PipFailed
            ? PipVariables.Mention(host, PipDiagnosis.Name(failure, words), words)
            : PipDiagnosis.NameFullDisk(failure, words);
    }

    /// <inheritdoc/>
    public string? Narrate(string stage, string line) => PipNarration.Tell(stage, line);

    // A packed copy that is gone is made again while the tree is still what it was; else the driver says what is missing, if it is needed.
    private static async Task<ImmutableArray<Step>> PackAsync(BuildHost host, BuildOrder order, CancellationToken cancellationToken)
    {
        var steps = ImmutableArray.CreateBuilder<Step>();
        foreach (var file in order.Lock.Files)
        {
            if (file.Tree is not { } tree)
            {
                continue;
            }

            var there = await host.Machine.StatAsync(LocalSources.PackedPath(host, file.Name.Normalized, file.Hash), cancellationToken).ConfigureAwait(false);
            if (there.TryGet(out var status, out _) && status.Exists)
            {
                continue;
            }

            var packed = await LocalSources.PackStepsAsync(host, file.Name.Normalized, tree, file.Hash, cancellationToken).ConfigureAwait(false);
            steps.AddRange(packed.TryGet(out var more, out _) ? more : []);
        }

        return steps.ToImmutable();
    }

    private static ImmutableArray<Step> Steps(BuildHost host, ProvisionerTool tool, BuildOrder order, string driver, GatePlan gate)
    {
        var plan = $"{order.Work}/plan.json";
        var python = $"{order.Root}/bin/python";
        var count = order.Lock.Describe();
        var steps = ImmutableArray.CreateBuilder<Step>();
        steps.Add(new Step.WriteFile(plan, Plan(host, tool, order, gate).ToBytes(), PrivateFile));
        steps.Add(new Step.Run(
            $"Creating a virtual environment for Python {order.Interpreter.FullVersion}",
            PipCommand.Python(order.Interpreter.Executable, ["-m", "venv", "--without-pip", "--symlinks", .. order.SeesSite ? ["--system-site-packages"] : Array.Empty<string>(), order.Root]),
            EnvironmentFailures.VenvFailed));
        if (!order.Lock.Files.IsEmpty)
        {
            var fetch = PipCommand.Python(order.Interpreter.Executable, driver, "fetch", plan).Behind(gate).ForRepositories(order.Lock.Files);
            steps.Add(new Step.Run($"Fetching {count}", fetch, EnvironmentFailures.PipFailed));
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

    private static PipPlan Plan(BuildHost host, ProvisionerTool tool, BuildOrder order, GatePlan gate) => new(
        tool.Path,
        PipCommand.SourceArguments(gate, $"{host.Layout.Cache}/pip", PipTool.VersionOf(tool.Identity)),
        host.Layout.Wheels,
        order.Work,
        order.Root,
        host.IsOffline,
        [.. order.Lock.Files.Select(file => PipArtifact.From(host, file))]);

    // Where the system's packages are seen, the user's own are not: they are no part of the identity.
    private static EnvironmentChanges Activation(BuildOrder order) => new(
        order.SeesSite
            ? EnvironmentChanges.None.Set.Add("VIRTUAL_ENV", order.Root).Add("PYTHONNOUSERSITE", "1")
            : EnvironmentChanges.None.Set.Add("VIRTUAL_ENV", order.Root),
        EnvironmentChanges.None.Prepend.Add("PATH", $"{order.Root}/bin"),
        EnvironmentChanges.None.Unset.Add("PYTHONHOME"));
}
