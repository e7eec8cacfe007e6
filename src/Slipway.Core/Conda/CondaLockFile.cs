using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Core.Yaml;

namespace Slipway.Core.Conda;

/// <summary>One entry of a <c>conda-lock.yml</c>.</summary>
/// <param name="Name">The package.</param>
/// <param name="Version">Its version.</param>
/// <param name="IsPip">Whether pip installs it.</param>
/// <param name="Platform">The platform that it is for: <c>linux-64</c>.</param>
/// <param name="Category">What it is needed for: <c>main</c> or what people call it.</param>
/// <param name="Url">Its file.</param>
/// <param name="Sha256">The file's SHA-256; empty when it is not known.</param>
/// <param name="Md5">The file's MD5; empty when it is not known.</param>
/// <param name="At">Where the entry stands.</param>
public sealed record CondaLockEntry(
    string Name, string Version, bool IsPip, string Platform, string Category, string Url, string Sha256, string Md5, FailureLocation At);

/// <summary>A lock of the unified format that conda-lock writes (version 1).</summary>
/// <param name="Platforms">The platforms that it is for.</param>
/// <param name="ContentHash">For each platform, what conda-lock made of its sources. It cannot be made again without that very conda-lock.</param>
/// <param name="Entries">Its entries, of all platforms.</param>
public sealed record CondaLockFile(
    ImmutableArray<string> Platforms, ImmutableSortedDictionary<string, string> ContentHash, ImmutableArray<CondaLockEntry> Entries)
{
    /// <summary>The category that is installed where nobody asks for another.</summary>
    public const string MainCategory = "main";

    private static readonly YamlValues Values = new(CoreFailures.CondaLockInvalid);

    /// <summary>Reads a lock.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="source">Its name for messages.</param>
    /// <returns>The lock, or the first failure with its line and column.</returns>
    public static Result<CondaLockFile> Parse(string text, string source)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!YamlReader.Read(text, source).TryGet(out var map, out var failure) || !Values.OptionalText(map, "version").TryGet(out var version, out failure))
        {
            return failure;
        }

        if (version is not ("1" or ""))
        {
            return CoreFailures.CondaLockVersionUnsupported.Because($"The lock has version {Shown.Quote(version)}.", map["version"]!.At);
        }

        if (!Values.Map(map, "metadata").TryGet(out var metadata, out failure)
            || !Values.Texts(metadata, "platforms").TryGet(out var platforms, out failure)
            || !ReadHashes(metadata).TryGet(out var hashes, out failure)
            || !Values.List(map, "package").TryGet(out var items, out failure))
        {
            return failure;
        }

        if (platforms.IsEmpty)
        {
            return CoreFailures.CondaLockInvalid.Because("metadata.platforms is missing or empty.", metadata.At);
        }

        return ReadEntries(items).Map(entries => new CondaLockFile([.. platforms.Select(platform => platform.Value)], hashes, entries));
    }

    private static Result<ImmutableSortedDictionary<string, string>> ReadHashes(YamlMap metadata)
    {
        if (!Values.Map(metadata, "content_hash").TryGet(out var map, out var failure))
        {
            return failure;
        }

        var hashes = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var entry in map.Entries)
        {
            if (!Values.OptionalText(map, entry.Key.Value).TryGet(out var hash, out failure))
            {
                return failure;
            }

            hashes[entry.Key.Value] = hash;
        }

        return hashes.ToImmutable();
    }

    private static Result<ImmutableArray<CondaLockEntry>> ReadEntries(ImmutableArray<YamlNode> items)
    {
        var entries = ImmutableArray.CreateBuilder<CondaLockEntry>(items.Length);
        foreach (var item in items)
        {
            if (item is not YamlMap map)
            {
                return CoreFailures.CondaLockInvalid.Because($"An item of package is {item.Kind}, and a mapping is needed.", item.At);
            }

            if (!ReadEntry(map).TryGet(out var entry, out var failure))
            {
                return failure;
            }

            entries.Add(entry);
        }

        return entries.ToImmutable();
    }

    private static Result<CondaLockEntry> ReadEntry(YamlMap map)
    {
        if (!Values.Text(map, "name").TryGet(out var name, out var failure)
            || !Values.Text(map, "version").TryGet(out var version, out failure)
            || !Values.Text(map, "manager").TryGet(out var manager, out failure)
            || !Values.Text(map, "platform").TryGet(out var platform, out failure)
            || !Values.Text(map, "url").TryGet(out var url, out failure)
            || !Values.OptionalText(map, "category").TryGet(out var category, out failure)
            || !Values.Map(map, "hash").TryGet(out var hash, out failure)
            || !Values.OptionalText(hash, "sha256").TryGet(out var sha256, out failure)
            || !Values.OptionalText(hash, "md5").TryGet(out var md5, out failure))
        {
            return failure;
        }

        return manager is "conda" or "pip"
            ? new CondaLockEntry(name, version, manager is "pip", platform, category.Length == 0 ? MainCategory : category, url, sha256, md5, map.At)
            : CoreFailures.CondaLockInvalid.Because($"manager is {Shown.Quote(manager)}, and conda or pip is needed.", map["manager"]!.At);
    }
}
