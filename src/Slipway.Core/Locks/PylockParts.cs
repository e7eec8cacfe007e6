using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Requirements;
using Slipway.Core.Text;
using Slipway.Core.Toml;

namespace Slipway.Core.Locks;

/// <summary>Reads the parts of a package.</summary>
internal static class PylockParts
{
    private static readonly ImmutableSortedDictionary<string, int> DigestLengths = ImmutableSortedDictionary.CreateRange(
        StringComparer.Ordinal, [KeyValuePair.Create("sha256", 64), KeyValuePair.Create("sha384", 96), KeyValuePair.Create("sha512", 128)]);

    public static Result<ImmutableArray<T>> ReadAll<T>(ImmutableArray<TomlTable> tables, Func<TomlTable, Result<T>> read)
        where T : notnull
    {
        var items = ImmutableArray.CreateBuilder<T>(tables.Length);
        foreach (var table in tables)
        {
            if (!read(table).TryGet(out var item, out var failure))
            {
                return failure;
            }

            items.Add(item);
        }

        return items.ToImmutable();
    }

    public static Result<Maybe<T>> Find<T>(TomlTable table, string key, Func<TomlTable, Result<T>> read)
        where T : notnull
    {
        if (!table.FindTable(key).TryGet(out var maybe, out var failure))
        {
            return failure;
        }

        return maybe.TryGet(out var found) ? read(found).Map(Maybe<T>.Of) : Maybe<T>.None;
    }

    public static Result<PylockDependency> ReadDependency(TomlTable table)
    {
        if (!TomlRequirements.GetName(table, "name").TryGet(out var name, out var failure)
            || !TomlRequirements.FindVersion(table, "version").TryGet(out var version, out failure))
        {
            return failure;
        }

        return new PylockDependency(name, version.OrDefault(), table);
    }

    public static Result<PylockVcs> ReadVcs(TomlTable table)
    {
        if (!table.GetString("type").TryGet(out var type, out var failure)
            || !FindUrl(table, "url").TryGet(out var url, out failure)
            || !FindPath(table, "path").TryGet(out var path, out failure)
            || !FindWord(table, "requested-revision").TryGet(out var revision, out failure)
            || !FindWord(table, "commit-id").TryGet(out var commit, out failure)
            || !FindSubdirectory(table).TryGet(out var subdirectory, out failure))
        {
            return failure;
        }

        if (!commit.TryGet(out var commitId))
        {
            return CoreFailures.TomlMissing.Because($"{table.PathOf("commit-id")} is missing.", table.Location);
        }

        return CheckOrigin(table, url, path) is { } problem ? problem : new PylockVcs
        {
            Type = type,
            Url = url.OrDefault(),
            Path = path.OrDefault(),
            RequestedRevision = revision.OrDefault(),
            CommitId = commitId,
            Subdirectory = subdirectory.OrDefault(),
        };
    }

    public static Result<PylockDirectory> ReadDirectory(TomlTable table)
    {
        if (!FindPath(table, "path").TryGet(out var path, out var failure)
            || !table.FindBoolean("editable").TryGet(out var editable, out failure)
            || !FindSubdirectory(table).TryGet(out var subdirectory, out failure))
        {
            return failure;
        }

        return path.TryGet(out var directory)
            ? new PylockDirectory(directory, editable.Or(false), subdirectory.OrDefault())
            : CoreFailures.TomlMissing.Because($"{table.PathOf("path")} is missing.", table.Location);
    }

    public static Result<PylockFile> ReadFile(TomlTable table)
    {
        if (!FindFileName(table, "name").TryGet(out var name, out var failure)
            || !FindUrl(table, "url").TryGet(out var url, out failure)
            || !FindPath(table, "path").TryGet(out var path, out failure)
            || !FindUploadTime(table).TryGet(out var uploadTime, out failure)
            || !table.FindInteger("size").TryGet(out var size, out failure)
            || !ReadHashes(table).TryGet(out var hashes, out failure)
            || !FindSubdirectory(table).TryGet(out var subdirectory, out failure))
        {
            return failure;
        }

        if (CheckOrigin(table, url, path) is { } problem)
        {
            return problem;
        }

        if (size.TryGet(out var bytes) && bytes < 0)
        {
            return Invalid(table, "size", "must not be negative");
        }

        return new PylockFile
        {
            Name = name.Or(LastPart(path.OrDefault(), url.OrDefault())),
            UploadTime = uploadTime.HasValue ? uploadTime.Or(default) : null,
            Url = url.OrDefault(),
            Path = path.OrDefault(),
            Size = size.HasValue ? bytes : null,
            Hashes = hashes,
            Subdirectory = subdirectory.OrDefault(),
        };
    }

    public static Result<Maybe<string>> FindUrl(TomlTable table, string key) => FindText(table, key, static (table, key, text) =>
        UrlMask.Apply(WithoutGitUser(text)) != WithoutGitUser(text)
            ? CoreFailures.UrlHoldsUserinfo.Because($"{table.PathOf(key)} holds a user name or a password, which is refused and not repeated here.", table.KeyLocation(key))
            : text.StartsWith('-') || !UrlText.IsPlain(text) || !Uri.TryCreate(text, UriKind.Absolute, out _) ? Invalid(table, key, "must be a URL")
            : null);

    // The same name for everybody is no secret.
    private static string WithoutGitUser(string url)
    {
        const string Start = "ssh://git@";
        return url.StartsWith(Start, StringComparison.Ordinal) ? $"ssh://{url[Start.Length..]}" : url;
    }

    private static Result<Maybe<string>> FindPath(TomlTable table, string key) => FindText(table, key, static (table, key, text) =>
        text.Length == 0 || text.StartsWith('-') ? Invalid(table, key, "must not be empty or begin with '-'") : null);

    private static Result<Maybe<string>> FindSubdirectory(TomlTable table) => FindText(table, "subdirectory", static (table, key, text) =>
        Subdirectory.IsInside(text) ? null : Invalid(table, key, "must be a relative path that stays inside"));

    private static Result<Maybe<string>> FindFileName(TomlTable table, string key) => FindText(table, key, static (table, key, text) =>
        text.Length == 0 || text[0] is '-' or '.' || text.AsSpan().ContainsAny('/', '\\')
            ? Invalid(table, key, "must be a plain file name")
            : null);

    // What may end as an argument of a version control tool must not be able to look like an option.
    private static Result<Maybe<string>> FindWord(TomlTable table, string key) => FindText(table, key, static (table, key, text) =>
        text.Length == 0 || !char.IsAsciiLetterOrDigit(text[0]) || !text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '/' or '-')
            ? Invalid(table, key, "must begin with a letter or digit and hold only letters, digits, '_', '.', '/' and '-'")
            : null);

    private static Result<Maybe<string>> FindText(TomlTable table, string key, Func<TomlTable, string, string, Failure?> check)
    {
        if (!table.FindString(key).TryGet(out var maybe, out var failure))
        {
            return failure;
        }

        if (!maybe.TryGet(out var text))
        {
            return maybe;
        }

        var problem = text.Any(char.IsControl) ? Invalid(table, key, "holds a control character") : check(table, key, text);
        return problem is null ? maybe : problem;
    }

    private static Result<Maybe<DateTimeOffset>> FindUploadTime(TomlTable table)
    {
        const string Key = "upload-time";
        if (!table.FindDateTime(Key).TryGet(out var maybe, out var failure))
        {
            return failure;
        }

        if (!maybe.TryGet(out var value))
        {
            return Maybe<DateTimeOffset>.None;
        }

        // A time without an offset is one in UTC: the standard demands UTC either way.
        var time = value.DateTimeKind == TomlDateTimeKind.LocalDateTime ? new TomlDateTime(value.Date, value.Time, TimeSpan.Zero) : value;
        return time.ToUtc() is { } utc ? Maybe<DateTimeOffset>.Of(utc) : Invalid(table, Key, "must be a date and a time in UTC");
    }

    private static Result<ImmutableSortedDictionary<string, string>> ReadHashes(TomlTable table)
    {
        if (!table.GetTable("hashes").TryGet(out var hashes, out var failure))
        {
            return failure;
        }

        var read = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var algorithm in hashes.Keys)
        {
            if (!hashes.GetString(algorithm).TryGet(out var digest, out failure))
            {
                return failure;
            }

            if (digest.Length == 0 || !digest.All(char.IsAsciiHexDigit) || (DigestLengths.TryGetValue(algorithm, out var length) && digest.Length != length))
            {
                return Invalid(hashes, algorithm, "is not a digest of that algorithm in hexadecimal digits");
            }

            read[algorithm.ToLowerInvariant()] = digest.ToLowerInvariant();
        }

        return read.Count > 0 ? read.ToImmutable() : Invalid(table, "hashes", "must hold at least one hash");
    }

    private static Failure? CheckOrigin(TomlTable table, Maybe<string> url, Maybe<string> path) =>
        url.HasValue || path.HasValue ? null : CoreFailures.TomlMissing.Because($"{table.PathOf("url")} or {table.PathOf("path")} is needed.", table.Location);

    private static string LastPart(string? path, string? url)
    {
        if (path is not null)
        {
            return path[(path.LastIndexOf('/') + 1)..];
        }

        var withoutQuery = (url ?? string.Empty).Split('?', '#')[0];
        return Uri.UnescapeDataString(withoutQuery[(withoutQuery.LastIndexOf('/') + 1)..]);
    }

    private static Failure Invalid(TomlTable table, string key, string problem) =>
        CoreFailures.LockInvalid.Because($"{table.PathOf(key)} {problem}.", table.KeyLocation(key));
}
