namespace Slipway.TinkerApi;

/// <summary>What a <see cref="TinkerServer"/> offers, and how it answers.</summary>
public sealed record TinkerServerOptions
{
    /// <summary>The folder for checkpoints and for bases that were made. It belongs to the test.</summary>
    public required string Folder { get; init; }

    /// <summary>The only key that is let in.</summary>
    public string ApiKey { get; init; } = "tml-of-tests";

    /// <summary>The bases that it offers: those of the worker that need no files.</summary>
    public IReadOnlyList<string> Models { get; init; } = ["tiny-byte", "tiny-byte-teacher"];

    /// <summary>The most tokens of a row; what capabilities say.</summary>
    public int Context { get; init; } = 128;

    /// <summary>Whether <c>client/config</c> is there at all; older services answer 404, which means the defaults.</summary>
    public bool OffersConfig { get; init; } = true;

    /// <summary>The flag <c>parallel_fwdbwd_chunks</c>: passes may come before those with lower numbers, and wait for them.</summary>
    public bool ParallelChunks { get; init; }

    /// <summary>The flag <c>fwdbwd_max_chunk_len</c>: the most datums of a request.</summary>
    public int MaxChunkLength { get; init; } = 1024;

    /// <summary>The flag <c>fwdbwd_max_chunk_bytes_count</c>: the most bytes of a request's list <c>data</c>, as JSON, if it has more than one datum.</summary>
    public int MaxChunkBytes { get; init; } = 5_000_000;

    /// <summary>How long a poll is held while its request is not done; then the answer is <c>try_again</c>.</summary>
    public TimeSpan PollHold { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The least result, in bytes, for which a poll that allows it gets the size only.</summary>
    public int MetadataFrom { get; init; } = 1_000_000;

    /// <summary>Whether futures answer in the older form, with <c>status</c> and <c>result</c>.</summary>
    public bool OlderForm { get; init; }

    /// <summary>The clock: of holding polls, and of checkpoints that are kept for a time.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
