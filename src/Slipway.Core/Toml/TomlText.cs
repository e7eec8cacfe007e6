using System.Globalization;
using System.Text;

namespace Slipway.Core.Toml;

/// <summary>How scalar values are written.</summary>
internal static class TomlText
{
    /// <summary>A basic string. A lone surrogate, which no document can hold, becomes U+FFFD.</summary>
    public static string String(string value)
    {
        var builder = new StringBuilder(value.Length + 2).Append('"');
        foreach (var rune in value.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '"' => builder.Append("\\\""),
                '\\' => builder.Append("\\\\"),
                '\b' => builder.Append("\\b"),
                '\t' => builder.Append("\\t"),
                '\n' => builder.Append("\\n"),
                '\f' => builder.Append("\\f"),
                '\r' => builder.Append("\\r"),
                < ' ' or '\u007F' => builder.Append("\\u").Append(rune.Value.ToString("X4", CultureInfo.InvariantCulture)),
                _ => builder.Append(rune),
            };
        }

        return builder.Append('"').ToString();
    }

    public static string Float(double value)
    {
        if (double.IsNaN(value))
        {
            return "nan";
        }

        if (double.IsInfinity(value))
        {
            return value > 0 ? "inf" : "-inf";
        }

        var text = value.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();
        return text.AsSpan().ContainsAny('.', 'e') ? text : text + ".0";
    }

    public static string DateTime(TomlDateTime value)
    {
        var builder = new StringBuilder();
        if (value.Date is { } date)
        {
            builder.Append(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        }

        if (value.Time is { } time)
        {
            builder.Append(value.Date is null ? string.Empty : "T").Append(time.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture));
        }

        return value.Offset is not { } offset ? builder.ToString()
            : offset == TimeSpan.Zero ? builder.Append('Z').ToString()
            : builder.Append(offset < TimeSpan.Zero ? '-' : '+').Append(offset.ToString("hh\\:mm", CultureInfo.InvariantCulture)).ToString();
    }
}
