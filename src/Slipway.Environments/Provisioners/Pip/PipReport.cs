using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Core.Requirements;
using Slipway.Core.Versions;
using Slipway.Environments.Locks;

namespace Slipway.Environments.Provisioners.Pip;

/// <summary>Reads pip's installation report (pip's documentation, "Installation Report", version 1).</summary>
internal static class PipReport
{
    /// <summary>The files of a report, and warnings about them.</summary>
    public static Result<(ImmutableArray<LockedFile> Files, ImmutableArray<string> Warnings)> Read(ReadOnlySpan<byte> json)
    {
        ReportDocument? report;
        try
        {
            report = JsonSerializer.Deserialize(json, PipReportJson.Default.ReportDocument);
        }
        catch (JsonException exception)
        {
            return new Failure(EnvironmentFailures.UnreadableReport, $"pip's report is not of the documented shape at {exception.Path}.");
        }

        var files = ImmutableArray.CreateBuilder<LockedFile>();
        var warnings = ImmutableArray.CreateBuilder<string>();
        foreach (var item in report?.Install ?? [])
        {
            if (!ToFile(item).TryGet(out var file, out var failure))
            {
                return failure;
            }

            files.Add(file);
            if (item.IsYanked)
            {
                var reason = item.YankedReason is { Length: > 0 } and not "<none given>" ? $": {PipWords.Clip(item.YankedReason)}" : string.Empty;
                warnings.Add($"{file.Name} {file.Version} was withdrawn (yanked) by its publisher{reason}");
            }
        }

        return (files.ToImmutable(), warnings.ToImmutable());
    }

    private static Result<LockedFile> ToFile(ReportItem item)
    {
        if (!PackageName.Parse(item.Metadata.Name).TryGet(out var name, out var failure)
            || !PepVersion.Parse(item.Metadata.Version).TryGet(out var version, out failure))
        {
            return failure;
        }

        var url = item.DownloadInfo.Url;
        if (!IsPlain(url))
        {
            return new Failure(EnvironmentFailures.InvalidArtifact, $"The address of {name} {item.Metadata.Version} is malformed.");
        }

        if (item.DownloadInfo.ArchiveInfo is not { } archive)
        {
            return new Failure(EnvironmentFailures.UnsupportedSource, $"{name} comes from a directory or a repository, which is not supported yet.");
        }

        var hash = archive.Hashes?.GetValueOrDefault("sha256")
            ?? (archive.Hash is { } legacy && legacy.StartsWith("sha256=", StringComparison.Ordinal) ? legacy["sha256=".Length..] : null);
        if (hash is null)
        {
            return new Failure(EnvironmentFailures.UnsupportedSource, $"The index gives no SHA-256 for {name} {item.Metadata.Version}.");
        }

        return Sha256Digest.Parse(hash).Map(digest => new LockedFile(name, version, FileName(url), Masked(url), digest) { IsDirect = item.IsDirect });
    }

    // The address becomes part of a line that pip reads again.
    private static bool IsPlain(string url) =>
        url.All(c => c is > ' ' and < '\x7f') && Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https" or "file";

    private static string FileName(string url)
    {
        var path = url.Split('#')[0].Split('?')[0];
        return Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
    }

    // No URL with credentials enters a lock; pip masks the password and leaves the user.
    private static string Masked(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.UserInfo.Length > 0
        ? url.Replace($"{uri.UserInfo}@", string.Empty, StringComparison.Ordinal)
        : url;
}

/// <summary>The parts of the report that are used.</summary>
internal sealed record ReportDocument(ImmutableArray<ReportItem> Install);

/// <summary>One distribution to install; <paramref name="YankedReason"/> is an addition of <c>pip_driver.py</c>.</summary>
internal sealed record ReportItem(ReportDownload DownloadInfo, ReportMetadata Metadata, bool IsYanked, bool IsDirect, string? YankedReason);

/// <summary>Where it comes from (the direct URL data structure).</summary>
internal sealed record ReportDownload(string Url, ReportArchive? ArchiveInfo);

/// <summary>The archive's hashes; pip before 23.0 wrote only <paramref name="Hash"/>.</summary>
internal sealed record ReportArchive(string? Hash, Dictionary<string, string>? Hashes);

/// <summary>Core metadata.</summary>
internal sealed record ReportMetadata(string Name, string Version);

/// <summary>Source-generated serialisation of the report.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ReportDocument))]
internal sealed partial class PipReportJson : JsonSerializerContext;
