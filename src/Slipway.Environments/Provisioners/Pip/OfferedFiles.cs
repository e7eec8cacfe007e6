using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Identity;
using Slipway.Core.Locks;
using Slipway.Core.Text;
using Slipway.Environments.Locks;

namespace Slipway.Environments.Provisioners.Pip;

/// <summary>All files of a version that its source offers: with them a lock can serve other platforms too (PEP 751).</summary>
internal static class OfferedFiles
{
    /// <summary>The files that a lock can hold; empty when the resolved file is not among them.</summary>
    /// <param name="resolved">The file that this platform takes.</param>
    /// <param name="files">What the source offers; null when nobody looked.</param>
    public static ImmutableArray<PylockFile> Of(LockedFile resolved, IEnumerable<ReportFile>? files)
    {
        ImmutableArray<PylockFile> offered =
        [
            .. (files ?? []).Where(file => IsUsable(file, resolved)).Select(ToFile).OrderBy(file => file.Name, StringComparer.Ordinal),
        ];
        return offered.Any(file => string.Equals(file.Name, resolved.FileName, StringComparison.Ordinal)) ? offered : [];
    }

    private static bool IsUsable(ReportFile file, LockedFile resolved) =>
        Sha256Digest.Parse(file.Sha256).IsOk
        && UrlText.IsPlain(file.Url)
        && Uri.TryCreate(file.Url, UriKind.Absolute, out _)
        && UrlMask.Apply(file.Url) == file.Url
        && (!file.Filename.EndsWith(".whl", StringComparison.Ordinal)
            || (WheelFileName.Parse(file.Filename).TryGet(out var wheel, out _) && wheel.Name == resolved.Name && wheel.Version == resolved.Version));

    private static PylockFile ToFile(ReportFile file) => new()
    {
        Name = file.Filename,
        Url = file.Url,
        Size = file.Size,
        UploadTime = DateTimeOffset.TryParse(file.UploadTime, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null,
        Hashes = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("sha256", file.Sha256),
    };
}
