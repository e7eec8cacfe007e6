using Slipway.Machines.Files;

namespace Slipway.Store.Collection;

/// <summary>Modification times as points in time.</summary>
public static class FileAge
{
    /// <summary>When something was last modified; the epoch when it is not there.</summary>
    public static DateTimeOffset ModifiedAt(string path) => At(LocalPaths.StatusOf(path).ModifiedUnixNanoseconds);

    /// <summary>A file time as a point in time, cut to ticks of 100 ns.</summary>
    public static DateTimeOffset At(long unixNanoseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(unixNanoseconds / TimeSpan.NanosecondsPerTick);
}
