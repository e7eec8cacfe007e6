using System.Globalization;
using Slipway.Core.Failures;

namespace Slipway.Core.Toml;

/// <summary>Dates and times in the RFC 3339 forms of TOML.</summary>
internal static class TomlDates
{
    /// <summary>The value; null when the word is no valid date or time.</summary>
    public static TomlDateTime? Parse(ReadOnlySpan<char> word, FailureLocation location)
    {
        DateOnly? date = null;
        if (word.Length >= 10 && word[4] == '-')
        {
            date = ParseDate(word[..10]);
            if (date is null || word.Length == 10)
            {
                return date is null ? null : new TomlDateTime(date, time: null, offset: null, location);
            }

            if (word[10] is not ('T' or 't' or ' '))
            {
                return null;
            }

            word = word[11..];
        }

        if (ParseTime(ref word) is not { } time)
        {
            return null;
        }

        if (word.IsEmpty)
        {
            return new TomlDateTime(date, time, offset: null, location);
        }

        return date is not null && ParseOffset(word) is { } offset ? new TomlDateTime(date, time, offset, location) : null;
    }

    private static DateOnly? ParseDate(ReadOnlySpan<char> text)
    {
        if (text[7] != '-' || Number(text[..4]) is not { } year || Number(text[5..7]) is not { } month || Number(text[8..]) is not { } day)
        {
            return null;
        }

        return year >= 1 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            ? new DateOnly(year, month, day)
            : null;
    }

    private static TimeOnly? ParseTime(ref ReadOnlySpan<char> text)
    {
        if (text.Length < 8 || text[2] != ':' || text[5] != ':'
            || Number(text[..2]) is not { } hour || Number(text[3..5]) is not { } minute || Number(text[6..8]) is not { } second
            || hour > 23 || minute > 59 || second > 59)
        {
            return null;
        }

        text = text[8..];
        long ticks = 0;
        if (text is ['.', ..])
        {
            var length = text[1..].IndexOfAnyExceptInRange('0', '9');
            var digits = length < 0 ? text[1..] : text[1..(1 + length)];
            if (digits.IsEmpty)
            {
                return null;
            }

            ticks = Ticks(digits);
            text = text[(1 + digits.Length)..];
        }

        return new TimeOnly(hour, minute, second).Add(TimeSpan.FromTicks(ticks));
    }

    private static long Ticks(ReadOnlySpan<char> digits)
    {
        long ticks = 0;
        for (var index = 0; index < 7; index++)
        {
            ticks = (ticks * 10) + (index < digits.Length ? digits[index] - '0' : 0);
        }

        return ticks;
    }

    private static TimeSpan? ParseOffset(ReadOnlySpan<char> text)
    {
        if (text is "Z" or "z")
        {
            return TimeSpan.Zero;
        }

        if (text.Length != 6 || text[0] is not ('+' or '-') || text[3] != ':'
            || Number(text[1..3]) is not { } hours || Number(text[4..]) is not { } minutes || hours > 23 || minutes > 59)
        {
            return null;
        }

        var offset = new TimeSpan(hours, minutes, 0);
        return text[0] == '-' ? -offset : offset;
    }

    private static int? Number(ReadOnlySpan<char> digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
