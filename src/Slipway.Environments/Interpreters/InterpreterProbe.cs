using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines;
using Slipway.Machines.Processes;

namespace Slipway.Environments.Interpreters;

/// <summary>
/// Which file an interpreter was, so that another one in its place is noticed. Compared exactly: an
/// upgrade that keeps size and time would keep the inode only by rewriting in place.
/// </summary>
/// <param name="Device">Device number.</param>
/// <param name="Inode">Inode number.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Modified">Modification time, nanoseconds since 1970.</param>
public sealed record FileStamp(ulong Device, ulong Inode, long Size, long Modified)
{
    /// <summary>The stamp of what lies at a path.</summary>
    public static FileStamp Of(FileStatus status) => new(status.Device, status.Inode, status.Size, status.ModifiedUnixNanoseconds);
}

/// <summary>Learns what an interpreter is by running it, and remembers the answer while its file stays the same.</summary>
/// <param name="host">The machine and its store.</param>
internal sealed class InterpreterProbe(BuildHost host)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private const long MaxCacheBytes = 1024 * 1024;

    /// <summary>Probes the interpreter at an absolute path (a shim and a virtual environment are seen through).</summary>
    public async Task<Result<Interpreter>> ProbeAsync(string path, CancellationToken cancellationToken)
    {
        var stamp = await StampAsync(path, cancellationToken).ConfigureAwait(false);
        var cachePath = $"{host.Layout.Cache}/interpreters/{Sha256Digest.Of(path).Hex[..40]}.json";
        if (stamp is not null && await CachedAsync(cachePath, stamp, cancellationToken).ConfigureAwait(false) is { } cached)
        {
            return cached;
        }

        var probed = await RunAsync(path, cancellationToken).ConfigureAwait(false);
        if (probed.TryGet(out var interpreter, out _) && await IsCacheableAsync(path, cancellationToken).ConfigureAwait(false))
        {
            await RememberAsync(cachePath, path, interpreter, cancellationToken).ConfigureAwait(false);
        }

        return probed;
    }

    /// <summary>The stamp of a file, or null when nothing is there.</summary>
    public async Task<FileStamp?> StampAsync(string path, CancellationToken cancellationToken)
    {
        var status = await host.Machine.StatAsync(path, cancellationToken).ConfigureAwait(false);
        return status.TryGet(out var found, out _) && found.Exists ? FileStamp.Of(found) : null;
    }

    private async Task<Interpreter?> CachedAsync(string cachePath, FileStamp stamp, CancellationToken cancellationToken)
    {
        var read = await host.Machine.ReadFileAsync(cachePath, MaxCacheBytes, cancellationToken).ConfigureAwait(false);
        if (!read.TryGet(out var bytes, out _) || Parse(bytes) is not { } entry || entry.Asked != stamp)
        {
            return null;
        }

        var actual = await StampAsync(entry.Interpreter.Executable, cancellationToken).ConfigureAwait(false);
        return actual == entry.Actual ? entry.Interpreter : null;
    }

    private static ProbeCacheEntry? Parse(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, InterpreterJson.Default.ProbeCacheEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // A shim is a script whose answer depends on variables and files that its own stamp does not show.
    private async Task<bool> IsCacheableAsync(string path, CancellationToken cancellationToken)
    {
        // A file that is too large to read is too large to be a shim.
        const long LargestShim = 64 * 1024;
        var head = await host.Machine.ReadFileAsync(path, LargestShim, cancellationToken).ConfigureAwait(false);
        return !head.TryGet(out var bytes, out _) || !bytes.AsSpan().StartsWith("#!"u8);
    }

    private async Task<Result<Interpreter>> RunAsync(string path, CancellationToken cancellationToken)
    {
        var script = await EmbeddedScripts
            .PlaceAsync(host.Machine, host.Layout, EmbeddedScripts.InterpreterFacts, cancellationToken)
            .ConfigureAwait(false);
        if (!script.TryGet(out var scriptPath, out var failure))
        {
            return failure;
        }

        var command = ProcessCommand.Create(path, "-I", scriptPath) with { Timeout = Limit, DropPrefixes = ["PYTHON"] };
        var run = await host.Machine.RunAsync(command, output: null, cancellationToken).ConfigureAwait(false);
        if (!run.TryGet(out var outcome, out failure))
        {
            return new Failure(EnvironmentFailures.UnusableInterpreter, $"{path} cannot be run: {failure.Message}");
        }

        if (!outcome.Succeeded)
        {
            return new Failure(EnvironmentFailures.UnusableInterpreter, $"{path} ended with {outcome.Describe()} when asked what it is.")
            {
                Detail = outcome.ErrorText.Trim(),
            };
        }

        return Understand(path, outcome);
    }

    private static Result<Interpreter> Understand(string path, ProcessOutcome outcome)
    {
        try
        {
            if (JsonSerializer.Deserialize(outcome.StandardOutput.Span, InterpreterJson.Default.Interpreter) is { } interpreter)
            {
                return interpreter;
            }
        }
        catch (JsonException)
        {
            // Falls through: whatever this program is, it did not answer as a Python does.
        }

        return new Failure(EnvironmentFailures.UnusableInterpreter, $"{path} does not answer as a Python interpreter does.");
    }

    private async Task RememberAsync(string cachePath, string path, Interpreter interpreter, CancellationToken cancellationToken)
    {
        var asked = await StampAsync(path, cancellationToken).ConfigureAwait(false);
        var actual = await StampAsync(interpreter.Executable, cancellationToken).ConfigureAwait(false);
        if (asked is null || actual is null)
        {
            return;
        }

        var bytes = JsonSerializer.SerializeToUtf8Bytes(new ProbeCacheEntry(asked, actual, interpreter), InterpreterJson.Default.ProbeCacheEntry);

        // A cache that cannot be written costs time, nothing else.
        _ = await host.Machine
            .WriteFileAsync(cachePath, bytes, UnixFileMode.UserRead | UnixFileMode.UserWrite, cancellationToken)
            .ConfigureAwait(false);
    }
}

/// <summary>A remembered probe.</summary>
/// <param name="Asked">The stamp of the path that was asked for, a link not followed.</param>
/// <param name="Actual">The stamp of the real executable.</param>
/// <param name="Interpreter">What was learnt.</param>
internal sealed record ProbeCacheEntry(FileStamp Asked, FileStamp Actual, Interpreter Interpreter);

/// <summary>Source-generated serialisation of probes.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ProbeCacheEntry))]
[JsonSerializable(typeof(Interpreter))]
internal sealed partial class InterpreterJson : JsonSerializerContext;
