using Slipway.Core.Failures;

namespace Slipway.Core.Toml;

/// <summary>The four kinds of dates and times of TOML.</summary>
public enum TomlDateTimeKind
{
    /// <summary>Date, time and offset from UTC.</summary>
    OffsetDateTime,

    /// <summary>Date and time without an offset.</summary>
    LocalDateTime,

    /// <summary>A date alone.</summary>
    LocalDate,

    /// <summary>A time alone.</summary>
    LocalTime,
}

/// <summary>A date, a time, or both. Fractions of a second are kept to 100 nanoseconds; further digits are cut off.</summary>
public sealed class TomlDateTime : TomlValue
{
    /// <summary>A value from its parts; at least a date or a time, and an offset only with both.</summary>
    /// <exception cref="ArgumentException">The parts make no kind of value.</exception>
    public TomlDateTime(DateOnly? date, TimeOnly? time, TimeSpan? offset = null, FailureLocation? location = null)
        : base(location)
    {
        if ((date is null && time is null) || (offset is not null && (date is null || time is null)))
        {
            throw new ArgumentException("A date or a time is needed, and both with an offset.", nameof(date));
        }

        Date = date;
        Time = time;
        Offset = offset;
    }

    /// <summary>Which parts there are.</summary>
    public TomlDateTimeKind DateTimeKind => (Date, Time, Offset) switch
    {
        (_, _, not null) => TomlDateTimeKind.OffsetDateTime,
        (not null, not null, _) => TomlDateTimeKind.LocalDateTime,
        (not null, _, _) => TomlDateTimeKind.LocalDate,
        _ => TomlDateTimeKind.LocalTime,
    };

    /// <summary>The date.</summary>
    public DateOnly? Date { get; }

    /// <summary>The time of the day.</summary>
    public TimeOnly? Time { get; }

    /// <summary>The offset from UTC, in whole minutes and of less than a day.</summary>
    public TimeSpan? Offset { get; }

    internal override string Kind => DateTimeKind switch
    {
        TomlDateTimeKind.OffsetDateTime => "a date and time with an offset",
        TomlDateTimeKind.LocalDateTime => "a date and time",
        TomlDateTimeKind.LocalDate => "a date",
        _ => "a time",
    };

    /// <summary>The instant in UTC; null without an offset, or when it lies outside what .NET can represent.</summary>
    public DateTimeOffset? ToUtc()
    {
        if (Offset is not { } offset)
        {
            return null;
        }

        var ticks = Date!.Value.ToDateTime(Time!.Value).Ticks - offset.Ticks;
        return ticks >= DateTimeOffset.MinValue.Ticks && ticks <= DateTimeOffset.MaxValue.Ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : null;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) =>
        obj is TomlDateTime other && Date == other.Date && Time == other.Time && Offset == other.Offset;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Date, Time, Offset);

    /// <summary>The value as TOML writes it.</summary>
    public override string ToString() => TomlText.DateTime(this);
}
