using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;
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

/// <summary>What building an environment needs to know.</summary>
/// <param name="Lock">The exact set.</param>
/// <param name="Interpreter">The base interpreter.</param>
/// <param name="Sources">Where to fetch from what is not in the store yet.</param>
/// <param name="Root">The absolute path of the tree to fill; it exists and is empty.</param>
/// <param name="Work">An absolute scratch directory; it is removed afterwards.</param>
/// <param name="Offline">Whether the network is out of bounds.</param>
public sealed record BuildOrder(
    ResolvedLock Lock, Interpreter Interpreter, PackageSources Sources, string Root, string Work, bool Offline);

/// <summary>How the built tree is used.</summary>
/// <param name="Steps">The steps that fill the tree.</param>
/// <param name="Executable">The environment's interpreter, relative to its root.</param>
/// <param name="Activation">What running in the environment changes about a process's variables.</param>
public sealed record BuildSteps(ImmutableArray<Step> Steps, string Executable, EnvironmentChanges Activation);

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

    /// <summary>Has the tool ready on the host. The choice of its version is the same for equal hosts.</summary>
    Task<Result<ProvisionerTool>> PrepareAsync(BuildHost host, Interpreter interpreter, CancellationToken cancellationToken);

    /// <summary>Resolves a request to an exact set, on the host and for its interpreter.</summary>
    Task<Result<Resolution>> ResolveAsync(
        BuildHost host, ProvisionerTool tool, Interpreter interpreter, EnvironmentRequest request, IBuildProgress progress, CancellationToken cancellationToken);

    /// <summary>The steps that build a set, all known beforehand.</summary>
    Task<Result<BuildSteps>> PlanBuildAsync(BuildHost host, ProvisionerTool tool, BuildOrder order, CancellationToken cancellationToken);

    /// <summary>Turns the failure of one of those steps into a better-named one, from the tool's own words.</summary>
    Failure Diagnose(Failure failure);
}
