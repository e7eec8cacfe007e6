using System.Collections.Immutable;
using Slipway.Core.Failures;

namespace Slipway.Training.Ports;

/// <summary>A language model that answers conversations.</summary>
public interface ILlmClient : IPortAdapter
{
    /// <summary>The answer to a conversation.</summary>
    Task<Result<LlmAnswer>> ChatAsync(ImmutableArray<LlmMessage> messages, LlmParameters parameters, CancellationToken cancellationToken);
}

/// <summary>A message.</summary>
/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">What was said.</param>
public sealed record LlmMessage(string Role, string Content);

/// <summary>How an answer is drawn.</summary>
/// <param name="Model">The model; null for the adapter's.</param>
/// <param name="MaxTokens">The most tokens of the answer; null for the service's.</param>
/// <param name="Temperature">The temperature; null for the service's.</param>
/// <param name="Seed">A seed, where the service takes one.</param>
public sealed record LlmParameters(string? Model = null, int? MaxTokens = null, double? Temperature = null, long? Seed = null);

/// <summary>An answer.</summary>
/// <param name="Content">What was said.</param>
/// <param name="FinishReason">Why it ended, in the service's words.</param>
/// <param name="PromptTokens">Tokens of the conversation, as billed; 0 when untold.</param>
/// <param name="AnswerTokens">Tokens of the answer, as billed; 0 when untold.</param>
public sealed record LlmAnswer(string Content, string FinishReason, int PromptTokens, int AnswerTokens);
