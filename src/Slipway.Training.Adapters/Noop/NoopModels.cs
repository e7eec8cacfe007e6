using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Ports;

namespace Slipway.Training.Adapters.Noop;

/// <summary>Answers nothing.</summary>
/// <param name="calls">Where calls are counted.</param>
public sealed class NoopLlmClient(NoopCalls calls) : ILlmClient
{
    /// <inheritdoc/>
    public string Name => "noop";

    /// <inheritdoc/>
    public bool IsSimulated => true;

    /// <inheritdoc/>
    public Task<Result<LlmAnswer>> ChatAsync(ImmutableArray<LlmMessage> messages, LlmParameters parameters, CancellationToken cancellationToken) =>
        calls.Answer("llm.chat", new LlmAnswer(string.Empty, "stop", PromptTokens: 0, AnswerTokens: 0));
}

/// <summary>Every text has the same vector, of one number.</summary>
/// <param name="calls">Where calls are counted.</param>
public sealed class NoopEmbeddingClient(NoopCalls calls) : IEmbeddingClient
{
    private static readonly ImmutableArray<float> Vector = [0];

    /// <inheritdoc/>
    public string Name => "noop";

    /// <inheritdoc/>
    public bool IsSimulated => true;

    /// <inheritdoc/>
    public Task<Result<ImmutableArray<ImmutableArray<float>>>> EmbedAsync(ImmutableArray<string> texts, CancellationToken cancellationToken) =>
        calls.Answer<ImmutableArray<ImmutableArray<float>>>("embedding.embed", [.. texts.Select(static _ => Vector)]);
}

/// <summary>Keeps no vector.</summary>
/// <param name="calls">Where calls are counted.</param>
public sealed class NoopVectorStore(NoopCalls calls) : IVectorStore
{
    /// <inheritdoc/>
    public string Name => "noop";

    /// <inheritdoc/>
    public bool IsSimulated => true;

    /// <inheritdoc/>
    public Task<Result<Unit>> CreateAsync(string collection, CancellationToken cancellationToken) => calls.Answer("vector.create", Unit.Value);

    /// <inheritdoc/>
    public Task<Result<bool>> ExistsAsync(string collection, CancellationToken cancellationToken) => calls.Answer("vector.exists", value: false);

    /// <inheritdoc/>
    public Task<Result<Unit>> DeleteAsync(string collection, CancellationToken cancellationToken) => calls.Answer("vector.delete", Unit.Value);

    /// <inheritdoc/>
    public Task<Result<Unit>> AddAsync(string collection, ImmutableArray<StoredVector> vectors, CancellationToken cancellationToken) => calls.Answer("vector.add", Unit.Value);

    /// <inheritdoc/>
    public Task<Result<ImmutableArray<StoredVector>>> QueryAsync(string collection, ImmutableArray<float> vector, int count, CancellationToken cancellationToken) =>
        calls.Answer("vector.query", ImmutableArray<StoredVector>.Empty);
}
