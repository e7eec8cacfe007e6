using System.Collections.Immutable;
using Slipway.Core.Contracts;
using Slipway.Core.Decisions;
using Slipway.Core.Identity;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Locks;
using Slipway.Environments.Sites;
using Slipway.Machines.Processes;

namespace Slipway.Environments;

/// <summary>What is known about a request without changing anything: the decision and as much of the identity as is known.</summary>
/// <param name="Decision">What would happen.</param>
/// <param name="RequestFields">The request in canonical form.</param>
/// <param name="Reference">The environment reference, as far as it is known.</param>
/// <param name="Interpreter">The base interpreter, when one has been chosen; null where the packages bring their own.</param>
/// <param name="Lock">The lock, when the request is resolved.</param>
/// <param name="Key">The inputs of the environment key, when the request is resolved.</param>
/// <param name="Warnings">Warnings of the resolution.</param>
public sealed record EnvironmentPlan(
    Decision Decision,
    CanonicalFields RequestFields,
    EnvironmentRef Reference,
    Interpreter? Interpreter,
    ResolvedLock? Lock,
    EnvironmentKeyInputs? Key,
    ImmutableArray<string> Warnings)
{
    /// <summary>The Python that the environment has, when it is known; null for an environment without one.</summary>
    public PythonIdentity? Python => Lock?.Conda?.PythonIdentity ?? Interpreter?.ToIdentity();

    /// <summary>The packages of the base interpreter that the environment sees; null when it sees none.</summary>
    public SiteFacts? Site { get; init; }
}

/// <summary>An environment that is ready to run something.</summary>
/// <param name="Plan">How it came about.</param>
/// <param name="Slot">Its slot.</param>
/// <param name="Root">The absolute path of its tree.</param>
/// <param name="Python">The absolute path of its interpreter.</param>
/// <param name="Activation">What running in it changes about a process's variables.</param>
/// <param name="Built">Whether this call built it.</param>
public sealed record ReadyEnvironment(
    EnvironmentPlan Plan, SlotName Slot, string Root, string Python, EnvironmentChanges Activation, bool Built);
