namespace Slipway.Training.Adapters.Data;

/// <summary>Where datasets are found.</summary>
public sealed record DatasetOptions
{
    /// <summary>The absolute directory in which rows of the hub are kept.</summary>
    public required string CacheDirectory { get; init; }

    /// <summary>The service that gives the rows of the hub's datasets.</summary>
    public Uri RowsAddress { get; init; } = new("https://datasets-server.huggingface.co/");

    /// <summary>The token of the hub; null for what is public.</summary>
    public string? Token { get; init; }

    /// <summary>How many pages of rows are asked for at once.</summary>
    public int PagesAtOnce { get; init; } = 4;

    /// <summary>The clock of waits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Makes requests; null for the usual way.</summary>
    public HttpMessageHandler? Handler { get; init; }
}
