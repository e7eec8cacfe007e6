using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Core.Locks;
using Slipway.Core.Requirements;
using Slipway.Core.Text;
using Slipway.Core.Versions;
using Slipway.Environments.Locks;
using Slipway.Environments.Requests;
using Slipway.Environments.Sources;

namespace Slipway.Environments.Provisioners.Pip;

/// <summary>Reads pip's installation report (pip's documentation, "Installation Report", version 1).</summary>
internal static class PipReport
{
    /// <summary>The files of a report, and warnings about them.</summary>
    /// <param name="json">The report.</param>
    /// <param name="request">What was resolved; it knows which archives were made of local trees.</param>
    public static Result<(ImmutableArray<LockedFile> Files, ImmutableArray<string> Warnings)> Read(ReadOnlySpan<byte> json, EnvironmentRequest request)
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
            if (!ToFile(item, request).TryGet(out var file, out var failure))
            {
                return failure;
            }

            files.Add(file with { Requires = [.. item.Metadata.RequiresDist ?? []] });
            if (item.IsYanked)
            {
                var reason = item.YankedReason is { Length: > 0 } and not "<none given>" ? $": {PipWords.Clip(item.YankedReason)}" : string.Empty;
                warnings.Add($"{file.Name} {file.Version} was withdrawn (yanked) by its publisher{reason}");
            }
        }

        warnings.AddRange((report?.SlipwayWarnings ?? []).Select(PipWords.Clip));
        return (files.ToImmutable(), warnings.ToImmutable());
    }

    private static Result<LockedFile> ToFile(ReportItem item, EnvironmentRequest request)
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

        // Of metadata that an index gives beside a file pip asks no more once it has the file.
        if (WheelFileName.Parse(FileName(url)).TryGet(out var wheel, out _) && (wheel.Name != name || wheel.Version != version))
        {
            return new Failure(EnvironmentFailures.InvalidArtifact, $"{FileName(url)} has inconsistent metadata: it says that it is {name} {version}.");
        }

        if (item.DownloadInfo.VcsInfo is { Vcs: "git" } commit)
        {
            return LockedFile.Of(name, version, PipRepositories.Read(url, commit, item.DownloadInfo.Subdirectory));
        }

        if (item.DownloadInfo.ArchiveInfo is not { } archive)
        {
            return new Failure(EnvironmentFailures.UnsupportedSource, $"{name} comes from a directory or a repository that is not git, and that is not supported.");
        }

        // A dependency's URL; of the request's own ones nothing gets here.
        if (item.DownloadInfo.Subdirectory is { Length: > 0 })
        {
            return DirectSources.FolderRefused(name.ToString());
        }

        var hash = archive.Hashes?.GetValueOrDefault("sha256")
            ?? (archive.Hash is { } legacy && legacy.StartsWith("sha256=", StringComparison.Ordinal) ? legacy["sha256=".Length..] : null);
        return hash is null
            ? new Failure(EnvironmentFailures.UnsupportedSource, $"The index gives no SHA-256 for {name} {item.Metadata.Version}.")
            : Sha256Digest.Parse(hash).Map(digest => Located(new LockedFile(name, version, FileName(url), Masked(url), digest), item, request));
    }

    private static LockedFile Located(LockedFile file, ReportItem item, EnvironmentRequest request)
    {
        // A tree that a constraint names is none of pip's direct ones.
        if (request.TreeOf(file.Hash) is { } tree)
        {
            return file with { IsDirect = true, Tree = tree, Url = LocalSources.UrlOf(tree) };
        }

        return item.IsDirect ? file with { IsDirect = true } : file with { Index = item.SlipwaySource, Offered = OfferedFiles.Of(file, item.SlipwayFiles) };
    }

    // The address becomes part of a line that pip reads again.
    private static bool IsPlain(string url) =>
        UrlText.IsPlain(url) && Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https" or "file" or "ssh";

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

/// <summary>The parts of the report that are used; <paramref name="SlipwayWarnings"/> is an addition of <c>pip_driver.py</c>.</summary>
internal sealed record ReportDocument(ImmutableArray<ReportItem> Install, string[]? SlipwayWarnings);

/// <summary>
/// One distribution to install. Additions of <c>pip_driver.py</c> are <paramref name="YankedReason"/>, <paramref name="SlipwaySource"/>,
/// the source that was the first to have the name, and <paramref name="SlipwayFiles"/>, all files of the version there.
/// </summary>
internal sealed record ReportItem(
    ReportDownload DownloadInfo, ReportMetadata Metadata, bool IsYanked, bool IsDirect, string? YankedReason, string? SlipwaySource, ReportFile[]? SlipwayFiles);

/// <summary>A file that a source offers.</summary>
internal sealed record ReportFile(string Filename, string Url, string Sha256, long? Size, string? UploadTime);

/// <summary>Where it comes from (the direct URL data structure).</summary>
internal sealed record ReportDownload(string Url, ReportArchive? ArchiveInfo, ReportCommit? VcsInfo, string? Subdirectory);

/// <summary>The commit of a repository.</summary>
internal sealed record ReportCommit(string Vcs, string CommitId, string? RequestedRevision);

/// <summary>The archive's hashes; pip before 23.0 wrote only <paramref name="Hash"/>.</summary>
internal sealed record ReportArchive(string? Hash, Dictionary<string, string>? Hashes);

/// <summary>Core metadata.</summary>
internal sealed record ReportMetadata(string Name, string Version, string[]? RequiresDist);

/// <summary>Source-generated serialisation of the report.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ReportDocument))]
internal sealed partial class PipReportJson : JsonSerializerContext;
