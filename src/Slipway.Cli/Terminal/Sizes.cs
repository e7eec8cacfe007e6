using System.Buffers;
using System.Globalization;

namespace Slipway.Cli.Terminal;

/// <summary>Numbers for people.</summary>
internal static class Sizes
{
    // A century: enough for any policy, and far from what a time span cannot hold.
    private const int MostDays = 36_500;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    /// <summary>Bytes with a decimal unit, as disks and downloads are sold: <c>1.2 GB</c>.</summary>
    public static string Text(long bytes) => bytes switch
    {
        < 1000 => $"{bytes} B",
        < 999_950 => $"{bytes / 1e3:0.0} kB",
        < 999_950_000 => $"{bytes / 1e6:0.0} MB",
        _ => $"{bytes / 1e9:0.0} GB",
    };

    /// <summary>Reads a size such as <c>20GB</c>, <c>1.5 TB</c>, <c>512MiB</c>: decimal units, or binary ones with an i; null when it is none.</summary>
    public static long? ParseBytes(string text)
    {
        const NumberStyles Number = NumberStyles.AllowDecimalPoint;
        const decimal Most = 1e18m;
        var unit = text.AsSpan().IndexOfAnyExcept(Digits);
        if (unit <= 0 || !decimal.TryParse(text.AsSpan(0, unit), Number, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        decimal? factor = text[unit..].Trim().ToUpperInvariant() switch
        {
            "B" => 1m,
            "K" or "KB" => 1e3m,
            "M" or "MB" => 1e6m,
            "G" or "GB" => 1e9m,
            "T" or "TB" => 1e12m,
            "KIB" => 1024m,
            "MIB" => 1024m * 1024,
            "GIB" => 1024m * 1024 * 1024,
            "TIB" => 1024m * 1024 * 1024 * 1024,
            _ => null,
        };
        return factor is { } times && number <= Most / times ? (long)(number * times) : null;
    }

    /// <summary>How long ago: <c>5 minutes ago</c>.</summary>
    public static string Ago(TimeSpan age) => age switch
    {
        { TotalMinutes: < 1 } => "just now",
        { TotalHours: < 1 } => $"{(int)age.TotalMinutes} min ago",
        { TotalDays: < 1 } => $"{(int)age.TotalHours} h ago",
        _ => $"{(int)age.TotalDays} d ago",
    };

    /// <summary>Reads an age such as <c>30d</c>, <c>12h</c>, <c>45m</c>; null when it is none.</summary>
    public static TimeSpan? ParseAge(string text)
    {
        if (text.Length < 2 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > MostDays)
        {
            return null;
        }

        return text[^1] switch
        {
            'd' => TimeSpan.FromDays(number),
            'h' => TimeSpan.FromHours(number),
            'm' => TimeSpan.FromMinutes(number),
            _ => null,
        };
    }
}
