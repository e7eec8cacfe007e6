using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines.Files;

namespace Slipway.Projects.Discovery;

/// <summary>Reads declaration files and keeps account of all that it looked at.</summary>
internal sealed class FileObserver
{
    // Declarations are written by people; what is larger is another kind of file.
    private const long MaxBytes = 16 * 1024 * 1024;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private readonly Dictionary<string, ObservedFile> _seen = new(StringComparer.Ordinal);

    /// <summary>All that was looked at, in order.</summary>
    public ImmutableArray<ObservedFile> Seen => [.. _seen.Values];

    /// <summary>Whether a file is there; both answers are remembered. A directory of that name is no file.</summary>
    public bool Exists(string path)
    {
        var exists = LocalFiles.Exists(path);
        Note(path, exists ? Observation.Content : Observation.Absence);
        return exists && !Directory.Exists(path);
    }

    /// <summary>Whether anything is there that ends a search; both answers are remembered, but not what it holds.</summary>
    public bool IsBoundary(string path)
    {
        var exists = LocalFiles.Exists(path);
        Note(path, exists ? Observation.Presence : Observation.Absence);
        return exists;
    }

    /// <summary>Reads a file as UTF-8.</summary>
    public Result<string> Read(string path, Observation kind)
    {
        Note(path, kind);
        if (!LocalFiles.Read(path, MaxBytes).TryGet(out var bytes, out var failure))
        {
            return new Failure(ProjectFailures.UnreadableFile, $"{path} cannot be read: {failure.Message}");
        }

        if (kind is Observation.ScriptBlock)
        {
            // Python lets a script declare another encoding; the block itself is ASCII syntax around TOML.
            return Encoding.UTF8.GetString(bytes);
        }

        try
        {
            return StrictUtf8.GetString(bytes.AsSpan().StartsWith(ByteOrderMark) ? bytes.AsSpan(ByteOrderMark.Length) : bytes);
        }
        catch (DecoderFallbackException exception)
        {
            return new Failure(ProjectFailures.NotText, $"{path} is not UTF-8: byte {exception.Index} cannot be decoded.");
        }
    }

    /// <summary>The SHA-256 of a file in hexadecimal digits; <c>-</c> when there is none. Both answers are remembered.</summary>
    public Result<string> Digest(string path) => !Exists(path) ? "-"
        : LocalFiles.Read(path, MaxBytes).TryGet(out var bytes, out var failure) ? PureSha256.Hex(bytes)
        : new Failure(ProjectFailures.UnreadableFile, $"{path} cannot be read: {failure.Message}");

    private void Note(string path, Observation kind)
    {
        if (!_seen.TryGetValue(path, out var before) || before.Kind is Observation.Absence)
        {
            _seen[path] = new ObservedFile(path, kind);
        }
    }
}
