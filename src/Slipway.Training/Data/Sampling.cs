using System.Collections.Immutable;

namespace Slipway.Training.Data;

/// <summary>How tokens are drawn.</summary>
public sealed record SamplingParameters
{
    /// <summary>The most tokens a sequence may get.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>Divides the logits; 0 takes the likeliest. Log-probabilities that are told are of the tempered distribution before it is cut.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Only the K likeliest tokens are drawn; -1 for all.</summary>
    public int TopK { get; init; } = -1;

    /// <summary>Only the likeliest tokens that together have this probability are drawn.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Texts that end a sequence.</summary>
    public ImmutableArray<string> StopTexts { get; init; } = [];

    /// <summary>Tokens that end a sequence. A service takes texts or tokens, not both.</summary>
    public ImmutableArray<int> StopTokens { get; init; } = [];
}

/// <summary>One prompt.</summary>
/// <param name="Input">What the model is given.</param>
/// <param name="Seed">The seed of its first sample, sample i has this and i; null for any.</param>
public sealed record SamplePrompt(ModelInput Input, long? Seed);

/// <summary>What is to be drawn: some samples for each of some prompts.</summary>
/// <param name="Prompts">The prompts.</param>
/// <param name="Samples">How many samples each gets.</param>
/// <param name="Parameters">How they are drawn.</param>
public sealed record SampleRequest(ImmutableArray<SamplePrompt> Prompts, int Samples, SamplingParameters Parameters)
{
    /// <summary>Whether the log-probabilities of the prompts are wanted.</summary>
    public bool PromptLogprobs { get; init; }

    /// <summary>How many of the likeliest tokens are wanted for each position of the prompts; 0 for none.</summary>
    public int TopPromptLogprobs { get; init; }
}

/// <summary>Why a sequence ended.</summary>
public enum StopReason
{
    /// <summary>A stop token or text came; it is a part of the sequence.</summary>
    Stop,

    /// <summary>It got as long as it may.</summary>
    Length,
}

/// <summary>A sequence that was drawn.</summary>
/// <param name="Reason">Why it ended.</param>
/// <param name="Tokens">What was drawn.</param>
/// <param name="Logprobs">Per token the log-probability with which it was drawn.</param>
public sealed record SampledSequence(StopReason Reason, ImmutableArray<int> Tokens, ImmutableArray<float> Logprobs);

/// <summary>A token and its log-probability.</summary>
/// <param name="Token">The token.</param>
/// <param name="Logprob">Its log-probability.</param>
public readonly record struct TokenLogprob(int Token, float Logprob);

/// <summary>What was drawn for one prompt.</summary>
/// <param name="Sequences">The samples, in the order of their seeds.</param>
/// <param name="PromptLogprobs">Entry i is the log-probability of token i after the tokens before it, the first is not a number; empty when they were not wanted.</param>
/// <param name="TopPromptLogprobs">Per position of the prompt the likeliest tokens, best first, none at the first; empty when they were not wanted.</param>
public sealed record SampleOutput(
    ImmutableArray<SampledSequence> Sequences, ImmutableArray<float> PromptLogprobs, ImmutableArray<ImmutableArray<TokenLogprob>> TopPromptLogprobs);
