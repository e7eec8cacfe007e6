using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Toml;
using Slipway.Core.Versions;

namespace Slipway.Core.Requirements;

/// <summary>Requirements, markers and specifiers in TOML documents; failures name the place within the string.</summary>
public static class TomlRequirements
{
    /// <summary>The array of requirement strings of a key; empty when the key is not there.</summary>
    public static Result<ImmutableArray<Requirement>> GetRequirements(TomlTable table, string key)
    {
        ArgumentNullException.ThrowIfNull(table);
        return table.GetStringValues(key).Then(static texts => ParseAll(texts, ParseRequirement));
    }

    /// <summary>Parses one requirement string.</summary>
    public static Result<Requirement> ParseRequirement(TomlString text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Requirement.Parse(text.Value, offset => At(text, offset));
    }

    /// <summary>The array of marker strings of a key; empty when the key is not there.</summary>
    public static Result<ImmutableArray<Marker>> GetMarkers(TomlTable table, string key)
    {
        ArgumentNullException.ThrowIfNull(table);
        return table.GetStringValues(key).Then(static texts => ParseAll(texts, ParseMarker));
    }

    /// <summary>The marker of a key, if the key is there.</summary>
    public static Result<Maybe<Marker>> FindMarker(TomlTable table, string key)
    {
        ArgumentNullException.ThrowIfNull(table);
        return Find(table.FindStringValue(key), ParseMarker);
    }

    /// <summary>The version specifiers of a key, if the key is there.</summary>
    public static Result<Maybe<VersionSpecifierSet>> FindSpecifiers(TomlTable table, string key)
    {
        ArgumentNullException.ThrowIfNull(table);
        return Find(table.FindStringValue(key), static text =>
        {
            var result = VersionSpecifierSet.Parse(text.Value, 0, text.Value.Length, out var failedAt);
            return result.TryGet(out _, out var failure) ? result : failure with { Location = At(text, failedAt) };
        });
    }

    /// <summary>The version of a key, if the key is there.</summary>
    public static Result<Maybe<PepVersion>> FindVersion(TomlTable table, string key)
    {
        ArgumentNullException.ThrowIfNull(table);
        return Find(table.FindStringValue(key), static text => Placed(PepVersion.Parse(text.Value), text));
    }

    /// <summary>The project name of a key, which must be there.</summary>
    public static Result<PackageName> GetName(TomlTable table, string key)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (!Find(table.FindStringValue(key), static text => Placed(PackageName.Parse(text.Value), text)).TryGet(out var name, out var failure))
        {
            return failure;
        }

        return name.HasValue ? name.Or(default) : CoreFailures.TomlMissing.Because($"{table.PathOf(key)} is missing.", table.Location);
    }

    private static Result<Marker> ParseMarker(TomlString text) =>
        Marker.Parse(new Text.TextCursor(text.Value, 0, text.Value.Length), offset => At(text, offset), allowSets: true);

    private static FailureLocation At(TomlString text, int offset) =>
        text.IsVerbatim ? text.TextLocation with { Column = text.TextLocation.Column + offset } : text.Location;

    private static Result<T> Placed<T>(Result<T> result, TomlString text)
        where T : notnull => result.TryGet(out _, out var failure) ? result : failure with { Location = text.TextLocation };

    private static Result<Maybe<T>> Find<T>(Result<Maybe<TomlString>> found, Func<TomlString, Result<T>> parse)
        where T : notnull
    {
        if (!found.TryGet(out var maybe, out var failure))
        {
            return failure;
        }

        return maybe.TryGet(out var text) ? parse(text).Map(Maybe<T>.Of) : Maybe<T>.None;
    }

    private static Result<ImmutableArray<T>> ParseAll<T>(ImmutableArray<TomlString> texts, Func<TomlString, Result<T>> parse)
        where T : notnull
    {
        var items = ImmutableArray.CreateBuilder<T>(texts.Length);
        foreach (var text in texts)
        {
            if (!parse(text).TryGet(out var item, out var failure))
            {
                return failure;
            }

            items.Add(item);
        }

        return items.ToImmutable();
    }
}
