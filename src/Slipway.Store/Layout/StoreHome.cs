using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Files;

namespace Slipway.Store.Layout;

/// <summary>Finds this user's store and proves that it is theirs alone.</summary>
public static class StoreHome
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>
    /// The path that the environment names: <c>SLIPWAY_HOME</c>, else <c>$XDG_DATA_HOME/slipway</c>, else
    /// <c>~/.local/share/slipway</c>. Pure: nothing is created or checked on disk.
    /// </summary>
    /// <param name="variable">Reads an environment variable; null or empty means unset.</param>
    public static Result<StoreLayout> Locate(Func<string, string?> variable)
    {
        var (name, home) = Named(variable, "SLIPWAY_HOME", string.Empty)
            ?? Named(variable, "XDG_DATA_HOME", "/slipway")
            ?? Named(variable, "HOME", "/.local/share/slipway")
            ?? default;
        if (home is null)
        {
            return new Failure(StoreFailures.UnusableHome, "None of SLIPWAY_HOME, XDG_DATA_HOME and HOME is set, so there is no place for the store.");
        }

        // ':' separates the entries of PATH, and a line break would end the first line of a script.
        if (!home.StartsWith('/') || home.AsSpan().IndexOfAny(":\n\r\0") >= 0)
        {
            return new Failure(
                StoreFailures.UnusableHome,
                $"{name} puts the store into '{OneLine(home)}', which is not an absolute path without ':' and line breaks.");
        }

        return new StoreLayout(home);
    }

    /// <summary>
    /// Creates the store (mode 0700) where it is missing, resolves links in its path, and refuses one that another
    /// user owns or can write.
    /// </summary>
    public static Result<StoreLayout> Prepare(StoreLayout located, uint userId)
    {
        var created = LocalFiles.MakeDirectory(located.Home, OwnerOnly);
        if (!created.TryGet(out _, out var failure))
        {
            var code = failure.Code.Exit is ExitCode.StoreNotWritable ? StoreFailures.NotWritable : StoreFailures.UnusableHome;
            return new Failure(code, $"The store {located.Home} cannot be created: {failure.Message}");
        }

        var canonical = LocalPaths.Resolve(located.Home);
        if (!canonical.TryGet(out var home, out failure))
        {
            return new Failure(StoreFailures.UnusableHome, failure.Message);
        }

        return Check(new StoreLayout(home), userId);
    }

    private static Result<StoreLayout> Check(StoreLayout layout, uint userId) => Judge(layout, LocalPaths.StatusOf(layout.Home), LinkIn(layout), userId);

    /// <summary>The one place that says which store can be used.</summary>
    /// <param name="layout">The store, its path resolved.</param>
    /// <param name="status">What lies there.</param>
    /// <param name="link">A symbolic link in the place of one of its directories; null for none.</param>
    /// <param name="userId">Who wants to use it.</param>
    internal static Result<StoreLayout> Judge(StoreLayout layout, FileStatus status, string? link, uint userId)
    {
        if (layout.Home.AsSpan().IndexOfAny(":\n\r") >= 0)
        {
            return new Failure(StoreFailures.UnusableHome, $"The store's real path '{OneLine(layout.Home)}' holds ':' or a line break.");
        }

        if (status.Kind is not FileKind.Directory)
        {
            return new Failure(StoreFailures.UnusableHome, $"{layout.Home} is not a directory.");
        }

        if (status.OwnerId != userId)
        {
            return new Failure(
                StoreFailures.ForeignStore,
                $"The store {layout.Home} belongs to user {status.OwnerId}, and you are user {userId}.");
        }

        if (link is not null)
        {
            return new Failure(StoreFailures.LinkInStore, $"{link} is a symbolic link, so the store would write outside of itself.");
        }

        return (status.Mode & OthersWrite) == UnixFileMode.None
            ? layout
            : new Failure(StoreFailures.StoreOpenToOthers, $"Other users can write the store {layout.Home}.")
            {
                Hint = $"Run `chmod 700 {layout.Home}`, after making sure that nothing in it was changed.",
            };
    }

    /// <summary>
    /// The nearest directory above a store in which another user can rename things, and so put another store in its
    /// place; null when there is none. A sticky directory lets only owners rename.
    /// </summary>
    /// <param name="home">The store's real path.</param>
    /// <param name="userId">The user whose store it is.</param>
    public static string? OpenAncestor(string home, uint userId)
    {
        for (var slash = home.LastIndexOf('/'); slash >= 0; slash = slash == 0 ? -1 : home.LastIndexOf('/', slash - 1))
        {
            var path = slash == 0 ? "/" : home[..slash];
            var status = LocalPaths.StatusOf(path);
            var isForeign = status.OwnerId != 0 && status.OwnerId != userId;
            if (status.Exists && (isForeign || ((status.Mode & OthersWrite) != UnixFileMode.None && !status.Mode.HasFlag(UnixFileMode.StickyBit))))
            {
                return path;
            }
        }

        return null;
    }

    // A link in the place of a directory would lead renames, sweeps and repairs to wherever it points.
    private static string? LinkIn(StoreLayout layout) => layout.Directories.FirstOrDefault(path => LocalPaths.StatusOf(path).Kind is FileKind.Link);

    private static (string Name, string? Home)? Named(Func<string, string?> variable, string name, string suffix) =>
        variable(name) is { Length: > 0 } value ? (name, value.TrimEnd('/') + suffix) : null;

    private static string OneLine(string path) => path.ReplaceLineEndings("\\n");
}
