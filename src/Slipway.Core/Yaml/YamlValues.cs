using System.Collections.Immutable;
using Slipway.Core.Failures;

namespace Slipway.Core.Yaml;

/// <summary>Takes values of known types out of a document; what is of another type is a failure with its place.</summary>
/// <param name="code">The code of such a failure.</param>
internal sealed class YamlValues(FailureCode code)
{
    /// <summary>A text; null when the key is absent.</summary>
    public Result<string> Text(YamlMap map, string key) => map[key] switch
    {
        YamlText text => text.Value,
        null => code.Because($"{key} is missing.", map.At),
        var other => Wrong(key, "a text", other),
    };

    /// <summary>A text, or the empty one when the key is absent.</summary>
    public Result<string> OptionalText(YamlMap map, string key) => map[key] is null ? string.Empty : Text(map, key);

    /// <summary>A mapping; an empty one when the key is absent.</summary>
    public Result<YamlMap> Map(YamlMap map, string key) => map[key] switch
    {
        YamlMap inner => inner,
        null => new YamlMap([], map.At),
        var other => Wrong(key, "a mapping", other),
    };

    /// <summary>A list; an empty one when the key is absent.</summary>
    public Result<ImmutableArray<YamlNode>> List(YamlMap map, string key) => map[key] switch
    {
        YamlList list => list.Items,
        null => ImmutableArray<YamlNode>.Empty,
        var other => Wrong(key, "a list", other),
    };

    /// <summary>The texts of a list; none when the key is absent.</summary>
    public Result<ImmutableArray<YamlText>> Texts(YamlMap map, string key) => List(map, key).Then(items => Texts(items, key));

    /// <summary>The texts of a list.</summary>
    public Result<ImmutableArray<YamlText>> Texts(ImmutableArray<YamlNode> items, string key) =>
        items.FirstOrDefault(item => item is not YamlText { IsNull: false }) is { } other
            ? Wrong($"an item of {key}", "a text", other)
            : items.Cast<YamlText>().ToImmutableArray();

    private Failure Wrong(string what, string wanted, YamlNode found) => code.Because($"{what} is {found.Kind}, and {wanted} is needed.", found.At);
}
