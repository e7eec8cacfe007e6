using System.Collections.Immutable;
using Slipway.Core.Failures;

namespace Slipway.Core.Toml;

/// <content>Typed access: <c>Get</c> needs the key, <c>Find</c> does not. Failures name the dotted path and the line.</content>
public sealed partial class TomlTable
{
    /// <summary>The string of a key.</summary>
    public Result<string> GetString(string key) => Need(key, FindString(key));

    /// <summary>The string of a key, if the key is there.</summary>
    public Result<Maybe<string>> FindString(string key) => Find(key, "a string", static value => (value as TomlString)?.Value);

    /// <summary>The string of a key with its place, for parsers that report columns within it.</summary>
    public Result<Maybe<TomlString>> FindStringValue(string key) => Find(key, "a string", static value => value as TomlString);

    /// <summary>The integer of a key.</summary>
    public Result<long> GetInteger(string key) => Need(key, FindInteger(key));

    /// <summary>The integer of a key, if the key is there.</summary>
    public Result<Maybe<long>> FindInteger(string key) => Find<TomlInteger, long>(key, "an integer", static value => value.Value);

    /// <summary>The number of a key, if the key is there; an integer counts as a float.</summary>
    public Result<Maybe<double>> FindFloat(string key) => TryGet(key, out var value) && value is TomlInteger integer
        ? Maybe<double>.Of(integer.Value)
        : Find<TomlFloat, double>(key, "a float", static value => value.Value);

    /// <summary>The boolean of a key, if the key is there.</summary>
    public Result<Maybe<bool>> FindBoolean(string key) => Find<TomlBoolean, bool>(key, "a boolean (true or false)", static value => value.Value);

    /// <summary>The date or time of a key, if the key is there.</summary>
    public Result<Maybe<TomlDateTime>> FindDateTime(string key) => Find(key, "a date or a time", static value => value as TomlDateTime);

    /// <summary>The table of a key.</summary>
    public Result<TomlTable> GetTable(string key) => Need(key, FindTable(key));

    /// <summary>The table of a key, if the key is there.</summary>
    public Result<Maybe<TomlTable>> FindTable(string key) => Find(key, "a table", static value => value as TomlTable);

    /// <summary>The array of a key, if the key is there.</summary>
    public Result<Maybe<TomlArray>> FindArray(string key) => Find(key, "an array", static value => value as TomlArray);

    /// <summary>The array of tables of a key, in either way of writing; empty when the key is not there.</summary>
    public Result<ImmutableArray<TomlTable>> GetTables(string key) =>
        GetItems<TomlTable>(key, "an array of tables", "a table");

    /// <summary>The array of strings of a key; empty when the key is not there.</summary>
    public Result<ImmutableArray<string>> GetStrings(string key) =>
        GetStringValues(key).Map<ImmutableArray<string>>(static items => [.. items.Select(static item => item.Value)]);

    /// <summary>The array of strings of a key with their places; empty when the key is not there.</summary>
    public Result<ImmutableArray<TomlString>> GetStringValues(string key) =>
        GetItems<TomlString>(key, "an array of strings", "a string");

    /// <summary>Refuses keys that are not in a list.</summary>
    /// <param name="allowed">The keys that may be there.</param>
    /// <returns>Nothing, or <see cref="CoreFailures.TomlType"/> at the first other key.</returns>
    public Result<Unit> AllowOnly(params ReadOnlySpan<string> allowed)
    {
        foreach (var key in _keys)
        {
            if (!allowed.Contains(key))
            {
                return CoreFailures.TomlType.Because(
                    $"{PathOf(key)} is not a known key; known here: {string.Join(", ", allowed)}.", KeyLocation(key), "Correct or remove the key.");
            }
        }

        return Unit.Value;
    }

    /// <summary>The dotted path of one of this table's keys, present or not.</summary>
    public string PathOf(string key) => Path.Length == 0 ? TomlKeys.Render(key) : $"{Path}.{TomlKeys.Render(key)}";

    /// <summary>A failure about the value of a key.</summary>
    internal static Failure WrongType(TomlValue value, string wanted) =>
        CoreFailures.TomlType.Because($"{value.Path} must be {wanted}, but it is {value.Kind}.", value.Location);

    private Result<T> Need<T>(string key, Result<Maybe<T>> found)
        where T : notnull
    {
        if (!found.TryGet(out var maybe, out var failure))
        {
            return failure;
        }

        return maybe.TryGet(out var value) ? value : CoreFailures.TomlMissing.Because($"{PathOf(key)} is missing.", Location);
    }

    private Result<Maybe<T>> Find<T>(string key, string wanted, Func<TomlValue, T?> select)
        where T : class
    {
        if (!TryGet(key, out var value))
        {
            return Maybe<T>.None;
        }

        return select(value) is { } selected ? Maybe<T>.Of(selected) : WrongType(value, wanted);
    }

    private Result<Maybe<T>> Find<TValue, T>(string key, string wanted, Func<TValue, T> select)
        where TValue : TomlValue
        where T : struct
    {
        if (!TryGet(key, out var value))
        {
            return Maybe<T>.None;
        }

        return value is TValue typed ? Maybe<T>.Of(select(typed)) : WrongType(value, wanted);
    }

    private Result<ImmutableArray<T>> GetItems<T>(string key, string wanted, string wantedItem)
        where T : TomlValue
    {
        if (!TryGet(key, out var value))
        {
            return ImmutableArray<T>.Empty;
        }

        if (value is not TomlArray array)
        {
            return WrongType(value, wanted);
        }

        return array.Items.FirstOrDefault(static item => item is not T) is { } other
            ? WrongType(other, wantedItem)
            : array.Items.Cast<T>().ToImmutableArray();
    }
}
