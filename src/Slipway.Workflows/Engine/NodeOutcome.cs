using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;

namespace Slipway.Workflows.Engine;

/// <summary>How a node's work ended.</summary>
public abstract record NodeOutcome
{
    /// <summary>Outputs.</summary>
    public static NodeOutcome Of(NodeOutputs outputs) => new NodeFinished(outputs);

    /// <summary>One output.</summary>
    public static NodeOutcome Of(string port, PortValue value) => new NodeFinished(NodeOutputs.None.With(port, value));

    /// <summary>A failure.</summary>
    public static implicit operator NodeOutcome(Failure failure) => new NodeFailed(failure);
}

/// <summary>The work is done.</summary>
/// <param name="Outputs">What came out; an output that is not there is absent, and what needs it is skipped.</param>
public sealed record NodeFinished(NodeOutputs Outputs) : NodeOutcome
{
    /// <summary>What has to stay as long as somebody may still use the outputs, such as the lease of an environment; let go of after the last consumer.</summary>
    public IAsyncDisposable? Holds { get; init; }
}

/// <summary>The work could not be done.</summary>
/// <param name="Failure">Why.</param>
public sealed record NodeFailed(Failure Failure) : NodeOutcome;

/// <summary>A person has to answer first. The rest of the workflow goes on as far as it can; the run then ends and can be resumed.</summary>
/// <param name="Question">What is asked, in one sentence.</param>
/// <param name="Details">The question for programs: what is needed, and what would be accepted.</param>
public sealed record NodeWaits(string Question, JsonElement Details) : NodeOutcome
{
    /// <summary>The input of this node that takes the answer; null when the answer is given elsewhere, such as by an override.</summary>
    public string? AnswerPort { get; init; }

    /// <summary>How to answer, as a command; null for the usual <c>workflow resume</c>.</summary>
    public string? Hint { get; init; }
}

/// <summary>The outputs of a node by their ports.</summary>
/// <param name="Values">The values; an absent output is not there.</param>
public sealed record NodeOutputs(ImmutableSortedDictionary<string, PortValue> Values)
{
    /// <summary>No outputs.</summary>
    public static NodeOutputs None { get; } = new(ImmutableSortedDictionary.Create<string, PortValue>(StringComparer.Ordinal));

    /// <summary>Whether any of them is a secret.</summary>
    public bool HasSecrets => Values.Values.Any(static value => value.IsSecret);

    /// <summary>These and one more.</summary>
    public NodeOutputs With(string port, PortValue value) => new(Values.SetItem(port, value));
}
