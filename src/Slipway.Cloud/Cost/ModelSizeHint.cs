using System.Globalization;
using System.Text.RegularExpressions;

namespace Slipway.Cloud.Cost;

/// <summary>
/// What a model's name says of its size. A hint and no more: it may fill in a form for a person, and nothing is sized or refused by it. Experts count in full, which is an upper bound: what they share is counted for each.
/// </summary>
/// <param name="Parameters">Parameters.</param>
/// <param name="Word">The part of the name that says so.</param>
public sealed partial record ModelSizeHint(decimal Parameters, string Word)
{
    private const int LongestName = 300;

    /// <summary>Always true: for readers of the JSON that it is put in.</summary>
    public bool IsHint => true;

    /// <summary>The hint of a name such as <c>Mixtral-8x7B</c> or <c>Qwen2.5-1.5B</c>; null when it has none. Of several sizes the largest counts; active parameters (<c>A3B</c>) do not.</summary>
    public static ModelSizeHint? Of(string name)
    {
        if (name.Length > LongestName)
        {
            return null;
        }

        ModelSizeHint? largest = null;
        foreach (Match match in Size().Matches(name))
        {
            var parameters = Number(match, "size") * (match.Groups["experts"].Success ? Number(match, "experts") : 1) * (match.Groups["unit"].Value is "b" or "B" ? 1_000_000_000m : 1_000_000m);
            if (parameters is > 0 and <= ModelShape.MostParameters && parameters > (largest?.Parameters ?? 0))
            {
                largest = new ModelSizeHint(parameters, match.Value);
            }
        }

        return largest;
    }

    private static decimal Number(Match match, string group) => decimal.Parse(match.Groups[group].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<![A-Za-z0-9.])((?<experts>[0-9]{1,3})x)?(?<size>[0-9]{1,5}(\.[0-9]{1,3})?)(?<unit>[bBmM])(?![A-Za-z0-9])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Size();
}
