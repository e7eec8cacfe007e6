using System.Collections.Immutable;
using System.Net;
using System.Text;
using Slipway.Environments.Locks;

namespace Slipway.Environments.Provisioners.Pip;

/// <summary>
/// The page of links that offers exactly the files of settled packages, so that pip itself says which of them fits. Format: the anchors of
/// the simple repository API (PEP 503).
/// </summary>
internal static class PipLinks
{
    /// <summary>The page, as the host that reads it names files.</summary>
    public static byte[] Page(BuildHost host, ImmutableArray<PinnedPackage> pins)
    {
        var page = new StringBuilder("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>\n");
        foreach (var file in pins.Where(pin => !pin.IsDirect).SelectMany(pin => pin.Files))
        {
            page.Append($"<a href=\"{WebUtility.HtmlEncode($"{host.Brought.UrlToThere(file.Url.Split('#')[0])}#sha256={file.Sha256}")}\">{WebUtility.HtmlEncode(file.Name)}</a>\n");
        }

        return Encoding.UTF8.GetBytes(page.Append("</body></html>\n").ToString());
    }
}
