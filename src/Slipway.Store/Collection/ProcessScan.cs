using System.Collections.Immutable;
using Slipway.Core.Identity;
using Slipway.Store.Layout;

namespace Slipway.Store.Collection;

/// <summary>
/// Finds slots and workspaces that running processes name. A lease follows a workload's first process; a grandchild that
/// closed its descriptors is still seen here, by its mapped files and its command line.
/// </summary>
internal static class ProcessScan
{
    /// <summary>Each named slot with one process that names it.</summary>
    public static ImmutableDictionary<string, string> SlotsInUse(StoreLayout layout) => Named(layout.Environments, static name => SlotName.Parse(name).IsOk);

    /// <summary>Each workspace in which a process works, or whose files one names, with that process.</summary>
    public static ImmutableDictionary<string, string> WorkspacesInUse(StoreLayout layout) => Named(layout.Workspaces, static _ => true);

    /// <summary>The same for scripts that were brought alone.</summary>
    public static ImmutableDictionary<string, string> ScriptsInUse(StoreLayout layout) => Named(layout.LooseScripts, static _ => true);

    private static ImmutableDictionary<string, string> Named(string folder, Func<string, bool> isName)
    {
        var found = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var prefix = folder + "/";
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            var pid = Path.GetFileName(process);
            if (!char.IsAsciiDigit(pid[0]))
            {
                continue;
            }

            foreach (var text in new[] { TryRead($"{process}/maps"), TryRead($"{process}/cmdline"), TryLink($"{process}/cwd") })
            {
                Collect(text, prefix, pid, isName, found);
            }
        }

        return found.ToImmutable();
    }

    private static void Collect(string text, string prefix, string pid, Func<string, bool> isName, ImmutableDictionary<string, string>.Builder found)
    {
        for (var at = text.IndexOf(prefix, StringComparison.Ordinal); at >= 0; at = text.IndexOf(prefix, at + 1, StringComparison.Ordinal))
        {
            var rest = text.AsSpan(at + prefix.Length);
            var end = rest.IndexOfAny("/\0\n ");
            var name = (end < 0 ? rest : rest[..end]).ToString();
            if (isName(name))
            {
                found.TryAdd(name, pid);
            }
        }
    }

    private static string TryLink(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget ?? string.Empty;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
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
