using System.Collections.Immutable;
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
    private const string AsItStands = "--as-it-stands";

    /// <summary>Probes the interpreter at an absolute path. A shim is seen through.</summary>
    /// <param name="path">The path.</param>
    /// <param name="asItStands">Whether a virtual environment is what is asked about; else its base is.</param>
    /// <param name="cancellationToken">Ends the probe.</param>
    public async Task<Result<Interpreter>> ProbeAsync(string path, bool asItStands, CancellationToken cancellationToken)
    {
        var question = asItStands ? $"{path}\n{AsItStands}" : path;
        var cachePath = $"{host.Layout.Cache}/interpreters/{Sha256Digest.Of(question).Hex[..40]}.json";
        if (await CachedAsync(cachePath, path, cancellationToken).ConfigureAwait(false) is { } cached)
        {
            return cached;
        }

        var probed = await RunAsync(path, asItStands ? [AsItStands] : [], cancellationToken).ConfigureAwait(false);
        if (probed.TryGet(out var answer, out _) && IsComplete(answer.Interpreter) && await IsCacheableAsync(path, cancellationToken).ConfigureAwait(false))
        {
            await RememberAsync(cachePath, answer, cancellationToken).ConfigureAwait(false);
        }

        return probed.Map(found => found.Interpreter);
    }

    /// <summary>The stamp of a file, or null when nothing is there.</summary>
    public async Task<FileStamp?> StampAsync(string path, CancellationToken cancellationToken)
    {
        var status = await host.Machine.StatAsync(path, cancellationToken).ConfigureAwait(false);
        return status.TryGet(out var found, out _) && found.Exists ? FileStamp.Of(found) : null;
    }

    // What is missing may be installed in the next minute, which no stamp would show. Nothing is built with an environment that stands.
    private static bool IsComplete(Interpreter interpreter) =>
        !interpreter.Files.IsEmpty || (interpreter.HasVenv && (interpreter.BundledPip is not null || interpreter.InstalledPip is not null));

    private async Task<Interpreter?> CachedAsync(string cachePath, string path, CancellationToken cancellationToken)
    {
        var read = await host.Machine.ReadFileAsync(cachePath, MaxCacheBytes, cancellationToken).ConfigureAwait(false);
        if (!read.TryGet(out var bytes, out _) || Parse(bytes) is not { } entry || entry.Files.IsDefaultOrEmpty || entry.Files[0].Path != path)
        {
            return null;
        }

        foreach (var (file, stamp) in entry.Files)
        {
            if (await StampAsync(file, cancellationToken).ConfigureAwait(false) != stamp)
            {
                return null;
            }
        }

        return entry.Interpreter;
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

    private async Task<Result<ProbeAnswer>> RunAsync(string path, string[] how, CancellationToken cancellationToken)
    {
        var script = await EmbeddedScripts
            .PlaceAsync(host.Machine, host.Layout, EmbeddedScripts.InterpreterFacts, cancellationToken)
            .ConfigureAwait(false);
        if (!script.TryGet(out var scriptPath, out var failure))
        {
            return failure;
        }

        var command = ProcessCommand.Create(path, ["-I", scriptPath, path, .. how]) with { Timeout = Limit, DropPrefixes = ["PYTHON"] };
        var run = await host.Machine.RunAsync(command, output: null, cancellationToken).ConfigureAwait(false);
        if (!run.TryGet(out var outcome, out failure))
        {
            return await UnstartableAsync(path, failure, cancellationToken).ConfigureAwait(false);
        }

        if (!outcome.Succeeded)
        {
            return new Failure(EnvironmentFailures.UnusableInterpreter, $"{path} ended with {outcome.Describe()} when asked what it is.")
            {
                Detail = Tail(outcome.ErrorText),
            };
        }

        return Understand(path, outcome);
    }

    private async Task<Failure> UnstartableAsync(string path, Failure failure, CancellationToken cancellationToken)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        var status = await StatusAsync(path, cancellationToken).ConfigureAwait(false);
        if ((await StatusAsync($"{path}/.", cancellationToken).ConfigureAwait(false)).Exists)
        {
            var own = $"{path}/bin/python";
            return Unusable($"{path} is a directory, not an interpreter.") with
            {
                Hint = (await StatusAsync(own, cancellationToken).ConfigureAwait(false)).Exists ? $"Name the interpreter in it: {own}." : null,
            };
        }

        if (failure.Code != MachinesFailures.ProgramNotFound)
        {
            return Unusable(status is { Kind: FileKind.File } && (status.Mode & Execute) == UnixFileMode.None ? $"{path} has no execute permission." : failure.Message);
        }

        var prefix = Path.GetDirectoryName(Path.GetDirectoryName(path));
        return status.Kind is not FileKind.Link ? Unusable($"{path} does not exist.")
            : (await StatusAsync($"{prefix}/pyvenv.cfg", cancellationToken).ConfigureAwait(false)).Exists
                ? Unusable($"The Python that the virtual environment {prefix} was made with is gone: {path} leads nowhere.") with
                {
                    Hint = $"Make the environment anew with a Python that is there (`python3 -m venv --clear {prefix}`), or name another interpreter with --python.",
                }
            : Unusable($"{path} is a link that leads nowhere.");
    }

    private async Task<FileStatus> StatusAsync(string path, CancellationToken cancellationToken) =>
        (await host.Machine.StatAsync(path, cancellationToken).ConfigureAwait(false)).TryGet(out var status, out _) ? status : FileStatus.Missing;

    private static Failure Unusable(string message) => new(EnvironmentFailures.UnusableInterpreter, message);

    private static string? Tail(string text)
    {
        const int Lines = 5;
        const int Longest = 1000;
        var tail = string.Join('\n', text.Trim().Split('\n').TakeLast(Lines));
        return tail.Length == 0 ? null : tail.Length <= Longest ? tail : tail[..Longest];
    }

    private static Result<ProbeAnswer> Understand(string path, ProcessOutcome outcome)
    {
        // The answer is the last line: an installation's start-up hooks may print before it.
        var text = outcome.StandardOutput.Span.TrimEnd((byte)'\n');
        var json = text[(text.LastIndexOf((byte)'\n') + 1)..];
        try
        {
            if (JsonSerializer.Deserialize(json, InterpreterJson.Default.Interpreter) is { } interpreter
                && JsonSerializer.Deserialize(json, InterpreterJson.Default.ProbeDependencies) is { } dependencies)
            {
                return new ProbeAnswer(interpreter, dependencies.DependsOn);
            }
        }
        catch (JsonException)
        {
            // Falls through: whatever this program is, it did not answer as a Python does.
        }

        return new Failure(EnvironmentFailures.UnusableInterpreter, $"{path} does not answer as a Python interpreter does.");
    }

    private async Task RememberAsync(string cachePath, ProbeAnswer answer, CancellationToken cancellationToken)
    {
        var files = ImmutableArray.CreateBuilder<StampedFile>();
        foreach (var file in answer.DependsOn)
        {
            if (await StampAsync(file, cancellationToken).ConfigureAwait(false) is not { } stamp)
            {
                return;
            }

            files.Add(new StampedFile(file, stamp));
        }

        var entry = new ProbeCacheEntry(files.ToImmutable(), answer.Interpreter);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(entry, InterpreterJson.Default.ProbeCacheEntry);

        // A cache that cannot be written costs time, nothing else.
        _ = await host.Machine
            .WriteFileAsync(cachePath, bytes, UnixFileMode.UserRead | UnixFileMode.UserWrite, cancellationToken)
            .ConfigureAwait(false);
    }
}

/// <summary>What an interpreter said, and the files that its answer depends on, the asked path first.</summary>
internal sealed record ProbeAnswer(Interpreter Interpreter, ImmutableArray<string> DependsOn);

/// <summary>The part of an answer that is not about the interpreter itself.</summary>
internal sealed record ProbeDependencies(ImmutableArray<string> DependsOn);

/// <summary>A file, a link not followed, and its stamp.</summary>
internal sealed record StampedFile(string Path, FileStamp Stamp);

/// <summary>A remembered probe.</summary>
/// <param name="Files">The asked path, every link on the way to the real executable, and what comes with it.</param>
/// <param name="Interpreter">What was learnt.</param>
internal sealed record ProbeCacheEntry(ImmutableArray<StampedFile> Files, Interpreter Interpreter);

/// <summary>Source-generated serialisation of probes.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ProbeCacheEntry))]
[JsonSerializable(typeof(Interpreter))]
[JsonSerializable(typeof(ProbeDependencies))]
internal sealed partial class InterpreterJson : JsonSerializerContext;
