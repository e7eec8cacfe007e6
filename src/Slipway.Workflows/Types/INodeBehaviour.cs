using Slipway.Core.Failures;
using Slipway.Workflows.Engine;

namespace Slipway.Workflows.Types;

/// <summary>The code behind a type of nodes. One instance serves all nodes of all runs, at the same time.</summary>
public interface INodeBehaviour
{
    /// <summary>Does the node's work.</summary>
    /// <param name="call">Its inputs, and the way to tell how far it is.</param>
    /// <param name="cancellationToken">Ends the work; what it started has to be gone when the task ends.</param>
    /// <returns>Its outputs, a question for a person, or a failure.</returns>
    ValueTask<NodeOutcome> RunAsync(NodeCall call, CancellationToken cancellationToken);

    /// <summary>
    /// What else than its inputs decides what comes out, for the key under which outputs are kept: the key of the environment, the bytes of a script. Called only
    /// for types whose outputs are kept.
    /// </summary>
    /// <returns>A text; empty when the inputs say everything.</returns>
    ValueTask<Result<string>> FingerprintAsync(NodeCall call, CancellationToken cancellationToken) => ValueTask.FromResult<Result<string>>(string.Empty);
}

/// <summary>A behaviour that is one function.</summary>
/// <param name="run">The function.</param>
public sealed class NodeFunction(Func<NodeCall, NodeOutcome> run) : INodeBehaviour
{
    /// <inheritdoc/>
    public ValueTask<NodeOutcome> RunAsync(NodeCall call, CancellationToken cancellationToken) => ValueTask.FromResult(run(call));
}
