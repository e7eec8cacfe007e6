using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Environments;

/// <summary>Keeps the whole output of a failed build, and says where.</summary>
internal static class BuildLog
{
    /// <summary>Writes the log; the returned failure's hint names it. A log that cannot be written changes nothing else.</summary>
    public static async Task<Failure> KeepAsync(
        BuildHost host, TimeProvider time, Failure failure, string kind, string output, CancellationToken cancellationToken)
    {
        if (output.Length == 0)
        {
            return failure;
        }

        var path = $"{host.Layout.Logs}/{time.GetUtcNow():yyyyMMdd'T'HHmmss}-{kind}-{Guid.NewGuid().ToString("N")[..8]}.log";
        var written = await host.Machine
            .WriteFileAsync(path, Encoding.UTF8.GetBytes(UrlMask.Apply(output)), UnixFileMode.UserRead | UnixFileMode.UserWrite, cancellationToken)
            .ConfigureAwait(false);
        return written.IsOk ? failure with { Hint = $"{failure.Remedy} The whole log: {path}" } : failure;
    }
}
