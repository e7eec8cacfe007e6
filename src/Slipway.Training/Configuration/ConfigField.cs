using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Slipway.Training.Configuration;

/// <summary>What a setting of a recipe is.</summary>
public enum ConfigKind
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>A whole number.</summary>
    Whole,

    /// <summary>A number.</summary>
    Number,
}

/// <summary>One setting of a recipe: its name, its kind, what it may be, and what it is for.</summary>
/// <param name="Key">The name, in small letters and underscores.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Default">Its value when nobody says another; null for a setting that may be absent, and is.</param>
/// <param name="Help">What it is for, in one sentence.</param>
public sealed record ConfigField(string Key, ConfigKind Kind, ConfigValue? Default, string Help)
{
    /// <summary>Whether it may be absent: <c>none</c> on the command line, <c>null</c> in JSON.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The least that a number may be.</summary>
    public double Least { get; init; } = double.NegativeInfinity;

    /// <summary>The most that a number may be.</summary>
    public double Most { get; init; } = double.PositiveInfinity;

    /// <summary>What a text may be; empty for any.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>What it takes, in words.</summary>
    public string Accepts
    {
        get
        {
            var what = Kind switch
            {
                ConfigKind.Flag => "true or false",
                ConfigKind.Text when !Choices.IsEmpty => $"one of {string.Join(", ", Choices)}",
                ConfigKind.Text => "a text",
                ConfigKind.Whole => $"a whole number{Range}",
                _ => $"a number{Range}",
            };
            return IsOptional ? $"{what}, or none" : what;
        }
    }

    /// <summary>The value that a text of the command line is; null when it is none.</summary>
    public ConfigValue? Parse(string text) => Kind switch
    {
        ConfigKind.Text => Checked(ConfigValue.Of(text)),
        ConfigKind.Flag => bool.TryParse(text, out var flag) ? ConfigValue.Of(flag) : null,
        ConfigKind.Whole => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? Checked(ConfigValue.Of(whole)) : null,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? Checked(ConfigValue.Of(number)) : null,
    };

    /// <summary>The value that a JSON value is; null when it is none.</summary>
    public ConfigValue? Parse(JsonElement json) => (Kind, json.ValueKind) switch
    {
        (ConfigKind.Text, JsonValueKind.String) => Checked(ConfigValue.Of(json.GetString()!)),
        (ConfigKind.Flag, JsonValueKind.True or JsonValueKind.False) => ConfigValue.Of(json.GetBoolean()),
        (ConfigKind.Whole, JsonValueKind.Number) => json.TryGetInt64(out var whole) ? Checked(ConfigValue.Of(whole)) : null,
        (ConfigKind.Number, JsonValueKind.Number) => Checked(ConfigValue.Of(json.GetDouble())),
        _ => null,
    };

    private string Range => (Least, Most) switch
    {
        (double.NegativeInfinity, double.PositiveInfinity) => string.Empty,
        (_, double.PositiveInfinity) => string.Create(CultureInfo.InvariantCulture, $" of at least {Least}"),
        (double.NegativeInfinity, _) => string.Create(CultureInfo.InvariantCulture, $" of at most {Most}"),
        _ => string.Create(CultureInfo.InvariantCulture, $" from {Least} to {Most}"),
    };

    private ConfigValue? Checked(ConfigValue value) => Kind is ConfigKind.Text
        ? Choices.IsEmpty || Choices.Contains(value.Text, StringComparer.Ordinal) ? value : null
        : value.Number >= Least && value.Number <= Most ? value : null;
}
