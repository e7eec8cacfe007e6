using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Datasets;
using Slipway.Training.Ports;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Adapters.Noop;

/// <summary>Every model has the tokenizer of bytes.</summary>
/// <param name="calls">Where calls are counted.</param>
public sealed class NoopTokenizerSource(NoopCalls calls) : ITokenizerSource
{
    /// <inheritdoc/>
    public string Name => "noop";

    /// <inheritdoc/>
    public bool IsSimulated => true;

    /// <inheritdoc/>
    public Task<Result<ITokenizer>> GetAsync(string model, CancellationToken cancellationToken) => calls.Answer<ITokenizer>("tokenizer.get", new ByteTokenizer(model));
}

/// <summary>Every dataset is empty.</summary>
/// <param name="calls">Where calls are counted.</param>
public sealed class NoopDatasetStore(NoopCalls calls) : IDatasetStore
{
    /// <inheritdoc/>
    public string Name => "noop";

    /// <inheritdoc/>
    public bool IsSimulated => true;

    /// <inheritdoc/>
    public Task<Result<Dataset>> LoadAsync(DatasetRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return calls.Answer("dataset.load", new Dataset([], $"noop:{request.Id}/{request.Split}"));
    }
}

/// <summary>Keeps nothing: every key is empty.</summary>
/// <param name="calls">Where calls are counted.</param>
public sealed class NoopBlobStore(NoopCalls calls) : IBlobStore
{
    /// <inheritdoc/>
    public string Name => "noop";

    /// <inheritdoc/>
    public bool IsSimulated => true;

    /// <inheritdoc/>
    public Task<Result<ReadOnlyMemory<byte>>> ReadAsync(string key, CancellationToken cancellationToken) => calls.Answer("blob.read", ReadOnlyMemory<byte>.Empty);

    /// <inheritdoc/>
    public Task<Result<Stream>> OpenReadAsync(string key, CancellationToken cancellationToken) => calls.Answer("blob.open_read", Stream.Null);

    /// <inheritdoc/>
    public Task<Result<Unit>> WriteAsync(string key, Stream content, CancellationToken cancellationToken) => calls.Answer("blob.write", Unit.Value);

    /// <inheritdoc/>
    public Task<Result<bool>> ExistsAsync(string key, CancellationToken cancellationToken) => calls.Answer("blob.exists", value: false);

    /// <inheritdoc/>
    public Task<Result<Unit>> DeleteAsync(string key, CancellationToken cancellationToken) => calls.Answer("blob.delete", Unit.Value);

    /// <inheritdoc/>
    public Task<Result<ImmutableArray<string>>> ListAsync(string prefix, CancellationToken cancellationToken) => calls.Answer("blob.list", ImmutableArray<string>.Empty);
}

/// <summary>Every repository is empty.</summary>
/// <param name="calls">Where calls are counted.</param>
public sealed class NoopHubClient(NoopCalls calls) : IHubClient
{
    private const string Commit = "0000000000000000000000000000000000000000";

    /// <inheritdoc/>
    public string Name => "noop";

    /// <inheritdoc/>
    public bool IsSimulated => true;

    /// <inheritdoc/>
    public Task<Result<HubListing>> ListAsync(HubRepository repository, CancellationToken cancellationToken) => calls.Answer("hub.list", new HubListing(Commit, []));

    /// <inheritdoc/>
    public Task<Result<string>> DownloadAsync(HubRepository repository, string file, CancellationToken cancellationToken) => calls.Answer("hub.download", "/dev/null");

    /// <inheritdoc/>
    public Task<Result<string>> SnapshotAsync(HubRepository repository, ImmutableArray<string> patterns, CancellationToken cancellationToken) => calls.Answer("hub.snapshot", "/var/empty");
}
