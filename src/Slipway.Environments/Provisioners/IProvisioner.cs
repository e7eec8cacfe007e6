using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Toml;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;
using Slipway.Environments.Sites;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;

namespace Slipway.Environments.Provisioners;

/// <summary>A provisioner's program on a host, ready to be used.</summary>
/// <param name="Identity">Kind, tool version and our layout version for it: <c>pip/24.0/1</c>. Part of the environment key.</param>
/// <param name="Path">What to run.</param>
public sealed record ProvisionerTool(string Identity, string Path);

/// <summary>What a resolution found.</summary>
/// <param name="Lock">The exact set.</param>
/// <param name="Warnings">What people should know about it, such as yanked files.</param>
public sealed record Resolution(ResolvedLock Lock, ImmutableArray<string> Warnings);

/// <summary>How to resolve.</summary>
/// <param name="Steps">The steps.</param>
/// <param name="Report">The absolute path of the report that they leave.</param>
public sealed record ResolutionSteps(ImmutableArray<Step> Steps, string Report);

/// <summary>What building an environment needs to know.</summary>
/// <param name="Lock">The exact set.</param>
/// <param name="Interpreter">The base interpreter; null where the packages bring their own, or there is none.</param>
/// <param name="Sources">Where build requirements come from; the artifacts have addresses of their own.</param>
/// <param name="Root">The absolute path of the tree to fill; it exists and is empty.</param>
/// <param name="Work">An absolute scratch directory; it is removed afterwards.</param>
/// <param name="SeesSite">Whether the environment sees the packages that the interpreter has.</param>
public sealed record BuildOrder(
    ResolvedLock Lock, Interpreter? Interpreter, PackageSources Sources, string Root, string Work, bool SeesSite)
{
    /// <summary>The base interpreter of a provisioner that cannot be without.</summary>
    public Interpreter Base => Interpreter.Demand(Interpreter);
}

/// <summary>How the built tree is used.</summary>
/// <param name="Steps">The steps that fill the tree.</param>
/// <param name="Executable">The environment's interpreter: relative to its root, or absolute when it lies elsewhere.</param>
/// <param name="Activation">What running in the environment changes about a process's variables.</param>
public sealed record BuildSteps(ImmutableArray<Step> Steps, string Executable, EnvironmentChanges Activation)
{
    /// <summary>
    /// The absolute path of a file in which the steps leave the activation block as JSON, where only the filled tree can tell it; it counts in
    /// place of <see cref="Activation"/> then.
    /// </summary>
    public string? ActivationFile { get; init; }
}

/// <summary>
/// Builds environments with one tool. It decides nothing about identity, reuse or publication: it resolves, and
/// it says which steps fill a tree.
/// </summary>
public interface IProvisioner
{
    /// <summary>The name that <c>--backend</c> takes.</summary>
    string Kind { get; }

    /// <summary>Installer flags that change the bytes of a tree, in a fixed order; part of the environment key.</summary>
    string Flags { get; }

    /// <summary>Whether it installs packages, from sources; else it only takes what is there.</summary>
    bool Installs { get; }

    /// <summary>Whether it builds on an interpreter of the host; else its packages bring their own, and it is given none anywhere.</summary>
    bool NeedsInterpreter => true;

    /// <summary>What its environments are, in an environment reference.</summary>
    string EnvironmentKind => Installs ? "python-venv" : "python";

    /// <summary>The absolute path of an environment's interpreter.</summary>
    /// <param name="root">The environment's tree.</param>
    /// <param name="interpreter">The base interpreter.</param>
    string PythonOf(string root, Interpreter? interpreter);

    /// <summary>The exact set of a request that a lock of its own kind settles, so that nothing is left to resolve.</summary>
    /// <param name="host">For which host.</param>
    /// <param name="request">The request.</param>
    /// <returns>The set; none when it must be resolved; a failure for a lock that cannot be followed.</returns>
    Result<Maybe<Resolution>> Settled(BuildHost host, EnvironmentRequest request) => Maybe<Resolution>.None;

    /// <summary>
    /// Has the tool ready on the host: the wanted one while the store still has it, else the one that comes with the
    /// interpreter. So an upgrade elsewhere on the host changes no identity.
    /// </summary>
    /// <param name="host">The host.</param>
    /// <param name="interpreter">The base interpreter.</param>
    /// <param name="wanted">The identity that an earlier resolution or build had; null for none.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    Task<Result<ProvisionerTool>> PrepareAsync(BuildHost host, Interpreter? interpreter, string? wanted, CancellationToken cancellationToken);

    /// <summary>The steps that resolve a request on the host, for its interpreter, and leave a report.</summary>
    /// <param name="host">The host.</param>
    /// <param name="tool">The tool, ready.</param>
    /// <param name="interpreter">The base interpreter.</param>
    /// <param name="request">The request; it has at least one requirement.</param>
    /// <param name="site">The packages that the interpreter has; null when the environment will not see them.</param>
    /// <param name="work">An absolute scratch directory; it exists and is empty.</param>
    /// <param name="cancellationToken">Ends the planning.</param>
    Task<Result<ResolutionSteps>> PlanResolutionAsync(
        BuildHost host, ProvisionerTool tool, Interpreter? interpreter, EnvironmentRequest request, SiteFacts? site, string work, CancellationToken cancellationToken);

    /// <summary>The exact set that a report describes.</summary>
    Result<Resolution> ReadResolution(BuildHost host, ReadOnlySpan<byte> report, Interpreter? interpreter, EnvironmentRequest request, SiteFacts? site);

    /// <summary>The steps that build a set, all known beforehand.</summary>
    Task<Result<BuildSteps>> PlanBuildAsync(BuildHost host, ProvisionerTool tool, BuildOrder order, CancellationToken cancellationToken);

    /// <summary>Turns the failure of one of those steps into a better-named one, from the tool's own words.</summary>
    /// <param name="host">The host.</param>
    /// <param name="failure">The failure of the step.</param>
    /// <param name="output">All output of the steps; empty when someone else's failure was adopted.</param>
    Failure Diagnose(BuildHost host, Failure failure, string output);

    /// <summary>What people should know about an environment that was just built, from the tool's own words.</summary>
    /// <param name="output">All output of the steps.</param>
    IEnumerable<string> WarningsOf(string output) => [];

    /// <summary>What a line of the tool's output says to people about what is happening now; null when nothing.</summary>
    /// <param name="stage">The label of the step that wrote it.</param>
    /// <param name="line">The line.</param>
    string? Narrate(string stage, string line);
}
