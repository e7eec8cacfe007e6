using System.Security.Cryptography;
using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Processes;

namespace Slipway.Environments.Tools;

/// <summary>Takes a tool's file from this machine to a host that need not reach the network; it is installed there as any file that somebody brings.</summary>
/// <param name="there">The host.</param>
public sealed class ToolCarrier(BuildHost there)
{
    private const int ChunkSize = 256 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);

    /// <summary>Copies a file into a directory of its own in the host's cache.</summary>
    /// <param name="file">The absolute path here.</param>
    /// <param name="sha256">The SHA-256 that it must have there; null for the one that it has here.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Where the tool comes from, for the installer there. What was copied goes away with <see cref="DropAsync"/>.</returns>
    public async Task<Result<ToolOrigin>> CarryAsync(string file, string? sha256, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        var target = $"{there.Layout.Cache}/incoming-{Guid.NewGuid():N}/{Path.GetFileName(file)}";
        var feed = new InputFeed();
        var command = ProcessCommand.Create("sh", "-c", "umask 077; mkdir -p -- \"${1%/*}\" && exec cat >\"$1\"", "sh", target) with { Feed = feed, Timeout = Limit };
        var running = there.Machine.RunAsync(command, output: null, cancellationToken);
        var digest = await FeedAsync(file, feed, cancellationToken).ConfigureAwait(false);
        var ran = await running.ConfigureAwait(false);
        if (!digest.TryGet(out var hex, out var failure) || !ran.TryGet(out var outcome, out failure))
        {
            return failure;
        }

        return outcome.Succeeded ? new ToolOrigin(target, sha256 ?? hex)
            : new Failure(EnvironmentFailures.ToolUnusable, $"{file} could not be copied to {there.Machine.Name} ({outcome.Describe()}).") { Detail = outcome.ErrorText.Trim() };
    }

    /// <summary>Removes what was copied.</summary>
    public Task DropAsync(ToolOrigin origin)
    {
        ArgumentNullException.ThrowIfNull(origin);
        return there.Machine.RunAsync(ProcessCommand.Create("rm", "-rf", "--", Path.GetDirectoryName(origin.File!)!), output: null, CancellationToken.None);
    }

    private static async Task<Result<string>> FeedAsync(string file, InputFeed feed, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            var content = File.OpenRead(file);
            await using var end = content.ConfigureAwait(false);
            var buffer = new byte[ChunkSize];
            while (await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
            {
                hash.AppendData(buffer, 0, count);
                if (!await feed.WriteAsync(buffer.AsMemory(0, count)).WaitAsync(cancellationToken).ConfigureAwait(false))
                {
                    break;
                }
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Failure(EnvironmentFailures.ToolUnusable, $"{file} cannot be read: {exception.Message}");
        }
        finally
        {
            feed.Complete();
        }
    }
}
