using System.Collections.Immutable;
using Slipway.Core.Toml;

namespace Slipway.Core.Locks;

/// <summary>Writes lock files of PEP 751: the same text for the same lock, with packages and files sorted.</summary>
public static class PylockWriter
{
    /// <summary>Writes a lock.</summary>
    /// <returns>The text, with LF line ends.</returns>
    public static string Write(Pylock pylock)
    {
        ArgumentNullException.ThrowIfNull(pylock);
        var root = new TomlTableBuilder().Add("lock-version", pylock.LockVersion);
        AddStrings(root, "environments", pylock.Environments.Select(static marker => marker.ToString()));
        root.Add("requires-python", pylock.RequiresPython?.ToString());
        AddStrings(root, "extras", pylock.Extras.Order(StringComparer.Ordinal));
        AddStrings(root, "dependency-groups", pylock.DependencyGroups.Order(StringComparer.Ordinal));
        AddStrings(root, "default-groups", pylock.DefaultGroups.Order(StringComparer.Ordinal));
        root.Add("created-by", pylock.CreatedBy);

        var packages = pylock.Packages
            .OrderBy(static package => package.Name)
            .ThenBy(static package => package.Version)
            .ThenBy(static package => package.Marker?.ToString(), StringComparer.Ordinal)
            .Select(static package => (TomlValue)Package(package));
        root.Add("packages", new TomlArray(packages, isTableArray: true));
        if (pylock.Tool is not null)
        {
            root.Add("tool", pylock.Tool);
        }

        return TomlWriter.Write(root.Build());
    }

    private static TomlTable Package(PylockPackage package)
    {
        var table = new TomlTableBuilder()
            .Add("name", package.Name.Normalized)
            .Add("version", package.Version?.ToString())
            .Add("marker", package.Marker?.ToString())
            .Add("requires-python", package.RequiresPython?.ToString());
        AddTables(table, "dependencies", package.Dependencies
            .OrderBy(static dependency => dependency.Name)
            .ThenBy(static dependency => dependency.Version)
            .Select(static dependency => dependency.Entry));
        AddTable(table, "vcs", package.Vcs, Vcs);
        AddTable(table, "directory", package.Directory, Directory);
        AddTable(table, "archive", package.Archive, Archive);
        table.Add("index", package.Index);
        AddTable(table, "sdist", package.Sdist, File);
        AddTables(table, "wheels", package.Wheels.OrderBy(static wheel => wheel.Name, StringComparer.Ordinal).Select(File));
        AddTables(table, "attestation-identities", package.AttestationIdentities);
        AddTable(table, "tool", package.Tool, static tool => tool);
        return table.Build();
    }

    private static TomlTable Vcs(PylockVcs vcs) => new TomlTableBuilder(isInline: true)
        .Add("type", vcs.Type)
        .Add("url", vcs.Url)
        .Add("path", vcs.Path)
        .Add("requested-revision", vcs.RequestedRevision)
        .Add("commit-id", vcs.CommitId)
        .Add("subdirectory", vcs.Subdirectory)
        .Build();

    private static TomlTable Directory(PylockDirectory directory)
    {
        var table = new TomlTableBuilder(isInline: true).Add("path", directory.Path);
        if (directory.IsEditable)
        {
            table.Add("editable", true);
        }

        return table.Add("subdirectory", directory.Subdirectory).Build();
    }

    private static TomlTable Archive(PylockFile file) => FilePart(file, name: null).Add("subdirectory", file.Subdirectory).Build();

    private static TomlTable File(PylockFile file) => FilePart(file, file.Name).Build();

    private static TomlTableBuilder FilePart(PylockFile file, string? name)
    {
        var hashes = new TomlTableBuilder(isInline: true);
        foreach (var (algorithm, digest) in file.Hashes.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            hashes.Add(algorithm, digest);
        }

        return new TomlTableBuilder(isInline: true)
            .Add("name", name)
            .Add("upload-time", file.UploadTime)
            .Add("url", file.Url)
            .Add("path", file.Path)
            .Add("size", file.Size)
            .Add("hashes", hashes.Build());
    }

    private static void AddStrings(TomlTableBuilder table, string key, IEnumerable<string> values)
    {
        ImmutableArray<string> all = [.. values];
        if (!all.IsEmpty)
        {
            table.AddStrings(key, all);
        }
    }

    private static void AddTables(TomlTableBuilder table, string key, IEnumerable<TomlTable> values)
    {
        ImmutableArray<TomlTable> all = [.. values];
        if (!all.IsEmpty)
        {
            table.Add(key, new TomlArray(all, isTableArray: !all[0].IsInline));
        }
    }

    private static void AddTable<T>(TomlTableBuilder table, string key, T? value, Func<T, TomlTable> build)
        where T : class
    {
        if (value is not null)
        {
            table.Add(key, build(value));
        }
    }
}
