using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Slipway.Runs.Jobs;

/// <summary>The id of a run: when it was started, and eight digits that nobody else drew, as <c>20261122t022900-7f3a9c21</c>.</summary>
public readonly partial record struct RunId
{
    private const int RandomDigits = 8;

    private readonly string? _text;

    private RunId(string text) => _text = text;

    /// <summary>A new id.</summary>
    public static RunId New(DateTimeOffset now) => new($"{TimeText(now, "yyyyMMdd't'HHmmss")}-{RandomNumberGenerator.GetHexString(RandomDigits, lowercase: true)}");

    /// <summary>The id that a text is; null when it is none.</summary>
    public static RunId? Parse(string text) => Form().IsMatch(text) ? new RunId(text) : null;

    /// <summary>A time as the first part of an id would have it, digits only: what orders runs by their start.</summary>
    internal static string Digits(DateTimeOffset time) => TimeText(time, "yyyyMMddHHmmss");

    private static string TimeText(DateTimeOffset time, string format) => time.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string ToString() => _text ?? string.Empty;

    [GeneratedRegex("^[0-9]{8}t[0-9]{6}-[0-9a-f]{8}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
