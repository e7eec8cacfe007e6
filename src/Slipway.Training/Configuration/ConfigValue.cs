using System.Globalization;
using System.Text.Json;

namespace Slipway.Training.Configuration;

/// <summary>The value of a setting.</summary>
public readonly record struct ConfigValue
{
    private readonly string? _text;
    private readonly double _number;
    private readonly long _whole;

    private ConfigValue(ConfigKind kind, string? text, double number, long whole) => (Kind, _text, _number, _whole) = (kind, text, number, whole);

    /// <summary>Its kind.</summary>
    public ConfigKind Kind { get; }

    /// <summary>The text.</summary>
    public string Text => _text ?? string.Empty;

    /// <summary>The number; also of a whole one.</summary>
    public double Number => _number;

    /// <summary>The whole number.</summary>
    public long Whole => _whole;

    /// <summary>The truth value.</summary>
    public bool Flag => _whole != 0;

    /// <summary>A text.</summary>
    public static ConfigValue Of(string text) => new(ConfigKind.Text, text, 0, 0);

    /// <summary>A truth value.</summary>
    public static ConfigValue Of(bool flag) => new(ConfigKind.Flag, null, flag ? 1 : 0, flag ? 1 : 0);

    /// <summary>A whole number.</summary>
    public static ConfigValue Of(long whole) => new(ConfigKind.Whole, null, whole, whole);

    /// <summary>A number.</summary>
    public static ConfigValue Of(double number) => new(ConfigKind.Number, null, number, 0);

    /// <summary>Writes it.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        switch (Kind)
        {
            case ConfigKind.Text:
                writer.WriteStringValue(Text);
                break;
            case ConfigKind.Flag:
                writer.WriteBooleanValue(Flag);
                break;
            case ConfigKind.Whole:
                writer.WriteNumberValue(Whole);
                break;
            default:
                writer.WriteNumberValue(Number);
                break;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        ConfigKind.Text => Text,
        ConfigKind.Flag => Flag ? "true" : "false",
        ConfigKind.Whole => Whole.ToString(CultureInfo.InvariantCulture),
        _ => Number.ToString("R", CultureInfo.InvariantCulture),
    };
}
