using System.Collections.Immutable;
using Slipway.Core.Identity;
using Slipway.Store.Layout;

namespace Slipway.Store.Collection;

/// <summary>
/// Finds slots that running processes name. A lease follows a workload's first process; a grandchild that
/// closed its descriptors is still seen here, by its mapped files and its command line.
/// </summary>
internal static class ProcessScan
{
    /// <summary>Each named slot with one process that names it.</summary>
    public static ImmutableDictionary<string, string> SlotsInUse(StoreLayout layout)
    {
        var found = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var prefix = layout.Environments + "/";
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            var pid = Path.GetFileName(process);
            if (!char.IsAsciiDigit(pid[0]))
            {
                continue;
            }

            foreach (var text in new[] { TryRead($"{process}/maps"), TryRead($"{process}/cmdline") })
            {
                Collect(text, prefix, pid, found);
            }
        }

        return found.ToImmutable();
    }

    private static void Collect(string text, string prefix, string pid, ImmutableDictionary<string, string>.Builder found)
    {
        for (var at = text.IndexOf(prefix, StringComparison.Ordinal); at >= 0; at = text.IndexOf(prefix, at + 1, StringComparison.Ordinal))
        {
            var rest = text.AsSpan(at + prefix.Length);
            var end = rest.IndexOfAny("/\0\n ");
            var name = (end < 0 ? rest : rest[..end]).ToString();
            if (SlotName.Parse(name).IsOk)
            {
                found.TryAdd(name, pid);
            }
        }
    }

    // Processes end, and other users' are closed to us; neither can hold our store's files open unseen by a lease.
    private static string TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return string.Empty;
        }
        catch (UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }
}
