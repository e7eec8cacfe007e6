using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Environments.Provisioners.Pip;
using Slipway.Environments.Sources;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.Environments.Provisioners;

/// <summary>
/// What is the same for every tool that fills a virtual environment: the environment comes from the versioned interpreter and has no pip,
/// every wheel comes from the store's shelf, and the result is compiled and proved by being executed. Only the installing is the tool's own.
/// </summary>
internal static class VirtualEnvironmentBuild
{
    /// <summary>Installer flags that change the bytes of a tree, whichever tool installs.</summary>
    public const string Flags = "no-compile unchecked-hash-pyc require-hashes";

    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode Program = PrivateFile | UnixFileMode.UserExecute | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const string Stub =
        """
        #!/bin/sh
        echo 'This environment is immutable: declare the package and run `slipway sync`, or use `slipway run --with PACKAGE`.' >&2
        exit 77

        """;

    /// <summary>The absolute path of an environment's interpreter.</summary>
    public static string PythonOf(string root) => $"{root}/bin/python";

    /// <summary>The directory that holds exactly the wheels of the build, once they are fetched.</summary>
    public static string Links(string work) => $"{work}/links";

    /// <summary>The requirements file that pins those wheels by their hashes.</summary>
    public static string Pins(string work) => $"{work}/install.txt";

    /// <summary>The steps of a build.</summary>
    /// <param name="host">The host.</param>
    /// <param name="pip">The pip that fetches and builds.</param>
    /// <param name="order">What to build.</param>
    /// <param name="install">Installs what <see cref="Pins"/> lists from <see cref="Links"/>.</param>
    /// <param name="cancellationToken">Ends the planning.</param>
    public static async Task<Result<BuildSteps>> PlanAsync(
        BuildHost host, ProvisionerTool pip, BuildOrder order, ImmutableArray<Step> install, CancellationToken cancellationToken)
    {
        var driver = await EmbeddedScripts.PlaceAsync(host.Machine, host.Layout, EmbeddedScripts.PipDriver, cancellationToken).ConfigureAwait(false);
        var gate = await GatePlan.CreateAsync(host, order.Sources, cancellationToken).ConfigureAwait(false);
        var packed = await WheelInstall.PackAsync(host, order, cancellationToken).ConfigureAwait(false);
        return driver.Then(script => gate.Map(plan => new BuildSteps(
            [.. packed, .. Steps(host, pip, order, install, script, plan)], "bin/python", Activation(order))));
    }

    private static ImmutableArray<Step> Steps(
        BuildHost host, ProvisionerTool pip, BuildOrder order, ImmutableArray<Step> install, string driver, GatePlan gate)
    {
        var plan = $"{order.Work}/plan.json";
        var python = PythonOf(order.Root);
        var count = order.Lock.Describe();
        var steps = ImmutableArray.CreateBuilder<Step>();
        steps.Add(new Step.WriteFile(plan, WheelInstall.Plan(host, pip, order, gate).ToBytes(), PrivateFile));
        steps.Add(new Step.Run(
            $"Creating a virtual environment for Python {order.Base.FullVersion}",
            PipCommand.Python(order.Base.Executable, ["-m", "venv", "--without-pip", "--symlinks", .. order.SeesSite ? ["--system-site-packages"] : Array.Empty<string>(), order.Root]),
            EnvironmentFailures.VenvFailed));
        if (!order.Lock.Files.IsEmpty)
        {
            steps.Add(WheelInstall.Fetch(order.Base.Executable, driver, plan, order, gate, count));
            steps.AddRange(install);
        }

        if (order.Lock.Editable is { } project)
        {
            var command = PipCommand.Python(python, driver, "project", plan).Behind(gate);
            steps.Add(new Step.Run($"Installing {project.Name} from {project.Directory}", command, EnvironmentFailures.PipFailed));
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

    // Where the system's packages are seen, the user's own are not: they are no part of the identity.
    private static EnvironmentChanges Activation(BuildOrder order) => new(
        order.SeesSite
            ? EnvironmentChanges.None.Set.Add("VIRTUAL_ENV", order.Root).Add("PYTHONNOUSERSITE", "1")
            : EnvironmentChanges.None.Set.Add("VIRTUAL_ENV", order.Root),
        EnvironmentChanges.None.Prepend.Add("PATH", $"{order.Root}/bin"),
        EnvironmentChanges.None.Unset.Add("PYTHONHOME"));
}
