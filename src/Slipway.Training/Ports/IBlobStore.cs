using System.Collections.Immutable;
using Slipway.Core.Failures;

namespace Slipway.Training.Ports;

/// <summary>Bytes by key. A key is a relative path with <c>/</c>, without <c>.</c>, <c>..</c> and empty parts.</summary>
public interface IBlobStore : IPortAdapter
{
    /// <summary>The bytes of a key; a failure when there is none.</summary>
    Task<Result<ReadOnlyMemory<byte>>> ReadAsync(string key, CancellationToken cancellationToken);

    /// <summary>The bytes of a key as a stream, which the caller disposes.</summary>
    Task<Result<Stream>> OpenReadAsync(string key, CancellationToken cancellationToken);

    /// <summary>Writes all of a key, or nothing: a reader sees the old bytes or the new ones.</summary>
    Task<Result<Unit>> WriteAsync(string key, Stream content, CancellationToken cancellationToken);

    /// <summary>Whether there is a key. Not being allowed to see it is a failure.</summary>
    Task<Result<bool>> ExistsAsync(string key, CancellationToken cancellationToken);

    /// <summary>Deletes a key; one that is not there is fine.</summary>
    Task<Result<Unit>> DeleteAsync(string key, CancellationToken cancellationToken);

    /// <summary>The keys that begin with a prefix, sorted by their bytes.</summary>
    Task<Result<ImmutableArray<string>>> ListAsync(string prefix, CancellationToken cancellationToken);
}
