using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Conda;
using Slipway.Core.Failures;
using Slipway.Core.Toml;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Locks;
using Slipway.Environments.Provisioners.Pip;
using Slipway.Environments.Requests;
using Slipway.Environments.Sites;
using Slipway.Environments.Tools;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.Environments.Provisioners.Micromamba;

/// <summary>
/// Conda environments by micromamba: a dry run resolves, an explicit list of hashed files fills the tree, and what activation would change is recorded
/// once. They bring their own Python, or have none. What is asked of pip beside that goes in afterwards, see <see cref="CondaPipBuild"/>.
/// </summary>
internal sealed class MicromambaProvisioner : IProvisioner
{
    /// <summary>The kind, and the tool's name.</summary>
    public const string Name = "micromamba";

    private const int LayoutVersion = 1;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string NoDefaults = "nodefaults";
    private static readonly TimeSpan LockWait = TimeSpan.FromHours(2);
    private readonly PipProvisioner _pip = new();

    /// <inheritdoc/>
    public string Kind => Name;

    /// <inheritdoc/>
    public string Flags => "copy unchecked-hash-pyc";

    /// <inheritdoc/>
    public bool Installs => true;

    /// <inheritdoc/>
    public bool NeedsInterpreter => false;

    /// <inheritdoc/>
    public string EnvironmentKind => "conda";

    /// <summary>The set of a request's packages.</summary>
    internal static CondaSet SetOf(CondaRequest request, string platform, IEnumerable<CondaPackage> packages) => new(
        platform,
        request.Channels,
        [.. request.Specs.Select(spec => spec.Text).Distinct(StringComparer.Ordinal)],
        request.Variables,
        [.. packages.OrderBy(package => package.Name, StringComparer.Ordinal)]);

    /// <inheritdoc/>
    public string PythonOf(string root, Interpreter? interpreter) => $"{root}/bin/python";

    /// <inheritdoc/>
    public async Task<Result<ProvisionerTool>> PrepareAsync(BuildHost host, Interpreter? interpreter, string? wanted, CancellationToken cancellationToken)
    {
        var prepared = await BackendTool.PrepareAsync(host, ToolCatalogue.Micromamba, LayoutVersion, wanted, cancellationToken).ConfigureAwait(false);
        if (!prepared.TryGet(out var tool, out _) || CondaGround.PipOf(wanted) is not { } pip)
        {
            return prepared;
        }

        var kept = await PipTool.KeptAsync(host, pip, cancellationToken).ConfigureAwait(false);
        return kept.Map(with => tool with { Identity = $"{tool.Identity}+{with.Identity}" });
    }

    /// <inheritdoc/>
    public Result<Maybe<Resolution>> Settled(BuildHost host, EnvironmentRequest request)
    {
        if (request.Conda is not { } conda)
        {
            return new Failure(EnvironmentFailures.UnsupportedRequest, "The backend micromamba installs what a conda file asks for, and there is none.");
        }

        if (!PlatformOf(host).TryGet(out var platform, out var failure) || !CondaImport.Find(request, conda, platform).TryGet(out var maybe, out failure))
        {
            return failure;
        }

        return maybe.TryGet(out var packages)
            ? Maybe<Resolution>.Of(new Resolution(ResolvedLock.For(request, SetOf(conda, platform, packages), []), []))
            : Maybe<Resolution>.None;
    }

    /// <inheritdoc/>
    public Task<Result<ResolutionSteps>> PlanResolutionAsync(
        BuildHost host, ProvisionerTool tool, Interpreter? interpreter, EnvironmentRequest request, SiteFacts? site, string work, CancellationToken cancellationToken) =>
        Task.FromResult(PlatformOf(host).Map(platform => Resolution(host, tool, request.Conda!, platform, work, $"Resolving {request.Describe()}")));

    /// <inheritdoc/>
    public Result<Resolution> ReadResolution(BuildHost host, ReadOnlySpan<byte> report, Interpreter? interpreter, EnvironmentRequest request, SiteFacts? site) =>
        MicromambaReport.Read(report, request.Conda!).Map(found => new Resolution(ResolvedLock.For(request, found, []), []));

    /// <inheritdoc/>
    public async Task<Result<BuildSteps>> PlanBuildAsync(BuildHost host, ProvisionerTool tool, BuildOrder order, CancellationToken cancellationToken)
    {
        if (order.Lock.Conda is not { } conda)
        {
            return new Failure(EnvironmentFailures.UnsupportedRequest, "The lock has no conda packages.");
        }

        var driver = await EmbeddedScripts.PlaceAsync(host.Machine, host.Layout, EmbeddedScripts.CondaDriver, cancellationToken).ConfigureAwait(false);
        var pip = await CondaPipBuild.PlanAsync(host, tool, order, cancellationToken).ConfigureAwait(false);
        return driver.Then(script => pip.Map(more =>
            new BuildSteps(Steps(host, tool, order, conda, more, script), "bin/python", EnvironmentChanges.None) { ActivationFile = ActivationFile(order) }));
    }

    /// <inheritdoc/>
    public Failure Diagnose(BuildHost host, Failure failure, string output) => failure.Code == EnvironmentFailures.PipFailed
        ? _pip.Diagnose(host, failure, output)
        : MicromambaDiagnosis.Name(failure, output.Length > 0 ? output : failure.Detail ?? string.Empty);

    /// <inheritdoc/>
    public string? Narrate(string stage, string line) => stage.EndsWith(CondaPipBuild.OfPip, StringComparison.Ordinal) ? _pip.Narrate(stage, line) : null;

    private static string ActivationFile(BuildOrder order) => $"{order.Work}/activation.json";

    private static Result<string> PlatformOf(BuildHost host) => CondaPlatform.Of(host.Facts.PlatformKey) is { } platform
        ? platform
        : new Failure(EnvironmentFailures.CondaPlatformUnknown, $"There are no conda packages for {host.Facts.PlatformKey}.");

    private static ResolutionSteps Resolution(BuildHost host, ProvisionerTool tool, CondaRequest request, string platform, string work, string label)
    {
        var (specs, answer, report) = ($"{work}/specs.txt", $"{work}/answer.json", $"{work}/report.json");
        string[] channels = [.. request.Channels.Where(channel => channel is not NoDefaults).Select(channel => $"--channel={channel}")];
        var command = MicromambaCommand.CreateEnvironment(
            host, tool.Path, $"{work}/prefix", offline: false, ["--dry-run", "--json", .. channels.Length == 0 ? [] : channels.Append("--override-channels"), $"--file={specs}"]);
        return new ResolutionSteps(
            [
                .. Folders(host),
                new Step.WriteFile(specs, Encoding.UTF8.GetBytes(string.Concat(request.Specs.Select(spec => spec.Text).Concat(request.Preferences.Select(package => $"{package.Name}={package.Version}={package.Build}")).Select(line => $"{line}\n"))), PrivateFile),
                Locked(host, label, new Step.Run(label, command, EnvironmentFailures.MicromambaFailed) { OutputFile = answer }),
                new Step.JoinFiles(
                    report,
                    [FilePart.Of(Encoding.UTF8.GetBytes(MicromambaReport.Before(platform))), FilePart.From(answer), FilePart.Of(Encoding.UTF8.GetBytes(MicromambaReport.After))],
                    PrivateFile),
            ],
            report);
    }

    private static ImmutableArray<Step> Steps(BuildHost host, ProvisionerTool tool, BuildOrder order, CondaSet conda, ImmutableArray<Step> pip, string driver)
    {
        var (list, plan) = ($"{order.Work}/explicit.txt", $"{order.Work}/plan.json");
        var count = (order.Lock with { Files = [] }).Describe();
        var create = MicromambaCommand.CreateEnvironment(
            host, tool.Path, order.Root, host.IsOffline, "--no-pyc", "--always-copy", $"--file={list}");
        var python = conda.PythonIdentity?.FullVersion;
        var facts = new MicromambaPlan(
            order.Root, python, [.. conda.Packages.Select(package => $"{package.Name}-{package.Version}-{package.Build}")], conda.Variables, ActivationFile(order));

        // Without a Python of its own, one of the host's reads the variables that its scripts set.
        var reader = python is null ? "python3" : $"{order.Root}/bin/python";
        return
        [
            .. Folders(host),
            new Step.WriteFile(list, Encoding.UTF8.GetBytes(new CondaExplicitList(conda.Packages).ToText()), PrivateFile),
            new Step.WriteFile(plan, facts.ToBytes(), PrivateFile),
            Locked(host, $"install {count}", new Step.Run($"Installing {count}", create, EnvironmentFailures.MicromambaFailed)),
            .. pip,
            new Step.Run($"Compiling and checking {count}", MicromambaCommand.Clean(reader, "-I", driver, plan), EnvironmentFailures.ActivationFailed),
        ];
    }

    private static Step[] Folders(BuildHost host) => [new Step.MakeDirectory(MicromambaCommand.Home(host), OwnerOnly)];

    // The tool's own locks do not hold on every file system, and two that fetch the same file fetch it twice.
    private static Step.WithBuildLock Locked(BuildHost host, string holder, Step body) => new(host.Layout.CondaLock, holder, LockWait, FailureRecord: null, [body]);
}
