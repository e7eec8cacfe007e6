using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Slipway.Core.Identity;
using Slipway.Machines.Files;
using Slipway.Store.Layout;

namespace Slipway.Store.Collection;

/// <summary>
/// Finds small records that are about environments which are gone. To the store a record is text: what it is about are
/// the slots that it names.
/// </summary>
internal sealed partial class RecordSweep(StoreLayout layout, ImmutableHashSet<string> goingToo)
{
    private const long MaxRecordBytes = 16 * 1024 * 1024;

    /// <summary>Whether a record names slots, and none of them is published or will be after this collection.</summary>
    public bool IsAboutNothing(string path)
    {
        if (!LocalFiles.Read(path, MaxRecordBytes).TryGet(out var bytes, out _))
        {
            return false;
        }

        var named = SlotForm().Matches(Encoding.UTF8.GetString(bytes)).Select(match => match.Value).Distinct(StringComparer.Ordinal).ToList();
        return named.Count > 0 && named.TrueForAll(IsGone);
    }

    private bool IsGone(string name) =>
        goingToo.Contains(name) || (SlotName.Parse(name).TryGet(out var slot, out _) && !LocalFiles.Exists(layout.Meta(slot)));

    [GeneratedRegex("(?<![0-9a-f])[0-9a-f]{40}-[0-9a-f]{8}(?![0-9a-f])", RegexOptions.CultureInvariant)]
    private static partial Regex SlotForm();
}
