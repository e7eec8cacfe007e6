using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Store.Layout;

namespace Slipway.Store.Roots;

/// <summary>
/// Roots: the links by which projects name environments. The store keeps only the link's path; whether it still
/// resolves to a slot is asked of the file system each time, so a deleted project needs no clean-up.
/// </summary>
/// <param name="layout">The store.</param>
public sealed class ProjectLinks(StoreLayout layout)
{
    private const long MaxPathBytes = 8 * 1024;

    /// <summary>Remembers a link.</summary>
    /// <param name="link">The absolute path of the link itself.</param>
    public Result<Unit> Add(string link) => LocalFiles.Write(
        Record(link), Encoding.UTF8.GetBytes(link), UnixFileMode.UserRead | UnixFileMode.UserWrite);

    /// <summary>The slots that links resolve to now, each with the paths of its links.</summary>
    public ImmutableDictionary<string, ImmutableArray<string>> Live()
    {
        var live = new Dictionary<string, ImmutableArray<string>>(StringComparer.Ordinal);
        if (!Directory.Exists(layout.Roots))
        {
            return ImmutableDictionary<string, ImmutableArray<string>>.Empty;
        }

        foreach (var record in Directory.EnumerateFiles(layout.Roots))
        {
            if (LocalFiles.Read(record, MaxPathBytes).TryGet(out var bytes, out _)
                && Encoding.UTF8.GetString(bytes) is var link
                && SlotOf(link) is { } slot)
            {
                var links = live.GetValueOrDefault(slot.ToString(), []);
                live[slot.ToString()] = links.Add(link);
            }
        }

        return live.ToImmutableDictionary(StringComparer.Ordinal);
    }

    private SlotName? SlotOf(string link)
    {
        if (LocalPaths.StatusOf(link).Kind is not FileKind.Link || !LocalPaths.Resolve(link).TryGet(out var target, out _))
        {
            return null;
        }

        var prefix = layout.Environments + "/";
        if (!target.StartsWith(prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var name = target[prefix.Length..].Split('/')[0];
        return SlotName.Parse(name).TryGet(out var slot, out _) ? slot : null;
    }

    private string Record(string link) => $"{layout.Roots}/{Sha256Digest.Of(link).Hex[..40]}";
}
