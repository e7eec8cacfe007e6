using System.Globalization;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Cloud.Money;

/// <summary>
/// An amount of US dollars: decimal and never a binary float, never negative. Read from text with at most six decimals or from a JSON number; written as text with
/// two to six decimals. A JSON number with more digits (a price that was a binary float somewhere) is rounded up to six.
/// </summary>
public readonly record struct Usd : IComparable<Usd>
{
    /// <summary>The most that is taken for an amount: anything above is a mistake of its writer.</summary>
    public const decimal Most = 10_000_000m;

    private const int MostDecimals = 6;
    private const decimal Step = 1_000_000m;
    private const int LongestText = 24;

    private Usd(decimal value) => Value = value;

    /// <summary>Nothing.</summary>
    public static Usd Zero => default;

    /// <summary>Dollars.</summary>
    public decimal Value { get; }

    /// <summary>Whether this is nothing at all.</summary>
    public bool IsZero => Value == 0;

    /// <summary>The amount of a decimal; refused when negative or above <see cref="Most"/>.</summary>
    public static Result<Usd> Of(decimal value, string field = "amount") => value is >= 0 and <= Most
        ? new Usd(value)
        : new Failure(CloudFailures.AmountInvalid, $"{field} is {value.ToString(CultureInfo.InvariantCulture)}: amounts go from 0 to {Most} dollars.");

    /// <summary>The amount of a text such as <c>6.84</c>: digits, and a point with one to six more.</summary>
    public static Result<Usd> Parse(string? text, string field = "amount") => text is { Length: > 0 and <= LongestText } && IsPlain(text)
        ? Of(decimal.Parse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture), field)
        : new Failure(CloudFailures.AmountInvalid, $"{field} is {Shown.Quote(text ?? "null")}, which is no amount of dollars.");

    /// <summary>The amount of a JSON value, a string as <see cref="Parse"/> reads it or a number.</summary>
    public static Result<Usd> Read(JsonElement value, string field)
    {
        if (value.ValueKind is JsonValueKind.String)
        {
            return Parse(value.GetString(), field);
        }

        return value.ValueKind is JsonValueKind.Number && value.TryGetDecimal(out var number)
            ? number is >= 0 and <= Most ? new Usd(Up(number, Step)) : Of(number, field)
            : new Failure(CloudFailures.AmountInvalid, $"{field} is {Shown.Quote(value.GetRawText())}, which is no amount of dollars.");
    }

    /// <summary>The sum.</summary>
    public static Usd operator +(Usd one, Usd other) => new(one.Value + other.Value);

    /// <summary>What is left of one after another; nothing where the other is larger.</summary>
    public static Usd operator -(Usd one, Usd other) => new(Math.Max(0, one.Value - other.Value));

    /// <summary>So many times.</summary>
    public static Usd operator *(Usd one, int times) => new(one.Value * Math.Max(0, times));

    /// <summary>Whether less.</summary>
    public static bool operator <(Usd one, Usd other) => one.Value < other.Value;

    /// <summary>Whether more.</summary>
    public static bool operator >(Usd one, Usd other) => one.Value > other.Value;

    /// <summary>Whether less or the same.</summary>
    public static bool operator <=(Usd one, Usd other) => one.Value <= other.Value;

    /// <summary>Whether more or the same.</summary>
    public static bool operator >=(Usd one, Usd other) => one.Value >= other.Value;

    /// <summary>What a price per hour comes to over a time, unrounded: multiplied before it is divided, so that whole hours stay exact.</summary>
    public Usd For(TimeSpan time) => new(Value * Math.Max(0, time.Ticks) / TimeSpan.TicksPerHour);

    /// <summary>So many hundredths of this.</summary>
    public Usd Percent(int percent) => new(Value * Math.Max(0, percent) / 100);

    /// <summary>Rounded up to the cent: what ceilings are.</summary>
    public Usd CeilingToCent() => new(Up(Value, 100));

    /// <inheritdoc/>
    public int CompareTo(Usd other) => Value.CompareTo(other.Value);

    /// <summary>Two to six decimals, further ones rounded up.</summary>
    public override string ToString() => Up(Value, Step).ToString("0.00####", CultureInfo.InvariantCulture);

    private static decimal Up(decimal value, decimal steps) => Math.Ceiling(value * steps) / steps;

    private static bool IsPlain(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? text : text[..point];
        var rest = point < 0 ? "0" : text[(point + 1)..];
        return whole.Length > 0 && rest.Length is > 0 and <= MostDecimals && whole.All(char.IsAsciiDigit) && rest.All(char.IsAsciiDigit);
    }
}
