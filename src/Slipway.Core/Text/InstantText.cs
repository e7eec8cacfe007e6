using System.Globalization;
using Slipway.Core.Failures;
using Slipway.Core.Toml;

namespace Slipway.Core.Text;

/// <summary>Points in time as people write them, by RFC 3339. Only absolute ones, so that a text means the same tomorrow.</summary>
public static class InstantText
{
    /// <summary>Parses a date, which means its start in UTC, or a date and time with an offset.</summary>
    /// <returns>The instant in UTC, or <see cref="CoreFailures.TimeInvalid"/>.</returns>
    public static Result<DateTimeOffset> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TomlDates.Parse(text, new FailureLocation("time")) is { } value
            ? From(value)
            : CoreFailures.TimeInvalid.Because($"{Shown.Quote(text)} is not a date or a time with an offset.");
    }

    /// <summary>The instant of a value of a TOML document.</summary>
    /// <returns>The instant in UTC, or <see cref="CoreFailures.TimeInvalid"/>.</returns>
    public static Result<DateTimeOffset> From(TomlDateTime value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.DateTimeKind switch
        {
            TomlDateTimeKind.LocalDate => new DateTimeOffset(value.Date!.Value, TimeOnly.MinValue, TimeSpan.Zero),
            TomlDateTimeKind.OffsetDateTime when value.ToUtc() is { } utc => utc,
            TomlDateTimeKind.LocalDateTime => CoreFailures.TimeInvalid.Because($"{value} has no offset from UTC: it would mean something else elsewhere.", hint: $"Write {value}Z for UTC."),
            _ => CoreFailures.TimeInvalid.Because($"{value} is no point in time."),
        };
    }

    /// <summary>An instant as <see cref="Parse"/> reads it, in UTC and without a fraction of zero.</summary>
    public static string Render(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
