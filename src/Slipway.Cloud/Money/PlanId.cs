using System.Text.RegularExpressions;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Core.Text;

namespace Slipway.Cloud.Money;

/// <summary>The id of a plan: <c>p-</c> and the first ten digits of its digest.</summary>
public readonly partial record struct PlanId
{
    private readonly string? _text;

    private PlanId(string text) => _text = text;

    /// <summary>The id of a digest.</summary>
    public static PlanId Of(Sha256Digest digest) => new($"p-{digest.Hex[..10]}");

    /// <summary>Reads an id.</summary>
    public static Result<PlanId> Parse(string? text) => text is not null && Form().IsMatch(text)
        ? new PlanId(text)
        : new Failure(CloudFailures.PlanNotFound, $"{Shown.Quote(text ?? string.Empty)} is no id of a plan.");

    /// <inheritdoc/>
    public override string ToString() => _text ?? string.Empty;

    [GeneratedRegex("^p-[0-9a-f]{10}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
