using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Environments.Interpreters;
using Slipway.Machines.Processes;

namespace Slipway.Environments.Sites;

/// <summary>
/// Learns which packages an interpreter offers by running it, and remembers the answer while the directories of those
/// packages stay the same. Installing, upgrading and removing change a directory; an edit within a package does not,
/// and is seen only when nothing remembered is taken.
/// </summary>
/// <param name="host">The machine and its store.</param>
public sealed class SiteProbe(BuildHost host)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private const long MaxCacheBytes = 64 * 1024 * 1024;

    /// <summary>The packages of an interpreter.</summary>
    /// <param name="interpreter">The interpreter.</param>
    /// <param name="fresh">Whether to look again, whatever is remembered.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public async Task<Result<SiteFacts>> ProbeAsync(Interpreter interpreter, bool fresh, CancellationToken cancellationToken)
    {
        var cachePath = $"{host.Layout.Cache}/sites/{interpreter.HostFields().Digest().Hex[..40]}.json";
        if (!fresh && await CachedAsync(cachePath, interpreter, cancellationToken).ConfigureAwait(false) is { } cached)
        {
            return cached;
        }

        var script = await EmbeddedScripts.PlaceAsync(host.Machine, host.Layout, EmbeddedScripts.SiteFacts, cancellationToken).ConfigureAwait(false);
        if (!script.TryGet(out var scriptPath, out var failure))
        {
            return failure;
        }

        var command = ProcessCommand.Create(interpreter.Executable, "-I", scriptPath) with { Timeout = Limit, DropPrefixes = ["PYTHON"] };
        var run = await host.Machine.RunAsync(command, output: null, cancellationToken).ConfigureAwait(false);
        if (!run.TryGet(out var outcome, out failure))
        {
            return failure;
        }

        if (!outcome.Succeeded || Parse(outcome.StandardOutput.Span) is not { } facts)
        {
            return new Failure(EnvironmentFailures.UnusableInterpreter, $"{interpreter} could not say which packages it has: it ended with {outcome.Describe()}.")
            {
                Detail = outcome.ErrorText.Trim() is { Length: > 0 } words ? words : null,
            };
        }

        await RememberAsync(cachePath, interpreter, facts, cancellationToken).ConfigureAwait(false);
        return facts;
    }

    private static SiteFacts? Parse(ReadOnlySpan<byte> output)
    {
        var text = output.TrimEnd((byte)'\n');
        try
        {
            return JsonSerializer.Deserialize(text[(text.LastIndexOf((byte)'\n') + 1)..], SiteJson.Default.SiteFacts);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<SiteFacts?> CachedAsync(string cachePath, Interpreter interpreter, CancellationToken cancellationToken)
    {
        var read = await host.Machine.ReadFileAsync(cachePath, MaxCacheBytes, cancellationToken).ConfigureAwait(false);
        if (!read.TryGet(out var bytes, out _) || ParseEntry(bytes) is not { } entry)
        {
            return null;
        }

        var now = await StampsAsync(interpreter, entry.Facts, cancellationToken).ConfigureAwait(false);
        return now.SequenceEqual(entry.Stamps) ? entry.Facts : null;
    }

    private static SiteCacheEntry? ParseEntry(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, SiteJson.Default.SiteCacheEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // The configuration of a virtual environment decides whether the packages of its base are seen.
    private async Task<ImmutableArray<FileStamp?>> StampsAsync(Interpreter interpreter, SiteFacts facts, CancellationToken cancellationToken)
    {
        var stamps = ImmutableArray.CreateBuilder<FileStamp?>();
        foreach (var path in facts.Directories.Concat(interpreter.Files))
        {
            var status = await host.Machine.StatAsync(path, cancellationToken).ConfigureAwait(false);
            stamps.Add(status.TryGet(out var found, out _) && found.Exists ? FileStamp.Of(found) : null);
        }

        return stamps.ToImmutable();
    }

    // A cache that cannot be written costs time, nothing else.
    private async Task RememberAsync(string cachePath, Interpreter interpreter, SiteFacts facts, CancellationToken cancellationToken)
    {
        var stamps = await StampsAsync(interpreter, facts, cancellationToken).ConfigureAwait(false);

        // What changed while it was looked at may have been seen half: the next look is made anew.
        if (stamps.Any(stamp => stamp is not null && stamp.Modified >= facts.Started))
        {
            return;
        }

        var bytes = JsonSerializer.SerializeToUtf8Bytes(new SiteCacheEntry(stamps, facts), SiteJson.Default.SiteCacheEntry);
        _ = await host.Machine
            .WriteFileAsync(cachePath, bytes, UnixFileMode.UserRead | UnixFileMode.UserWrite, cancellationToken)
            .ConfigureAwait(false);
    }
}

/// <summary>A remembered answer.</summary>
/// <param name="Stamps">The stamps of the directories, then of the interpreter's files, in their order; null for one that is not there.</param>
/// <param name="Facts">The answer.</param>
internal sealed record SiteCacheEntry(ImmutableArray<FileStamp?> Stamps, SiteFacts Facts);

/// <summary>Source-generated serialisation of site facts.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SiteFacts))]
[JsonSerializable(typeof(SiteCacheEntry))]
internal sealed partial class SiteJson : JsonSerializerContext;
