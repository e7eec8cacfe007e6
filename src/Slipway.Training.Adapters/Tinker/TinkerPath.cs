using System.Text.RegularExpressions;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Training.Adapters.Tinker;

/// <summary>Where a checkpoint lies: <c>tinker://RUN/weights/NAME</c> for training, <c>tinker://RUN/sampler_weights/NAME</c> for sampling only.</summary>
/// <param name="Run">The run that saved it, as the service names it.</param>
/// <param name="IsSampler">Whether it can only be sampled.</param>
/// <param name="Name">Its name: letters, digits, <c>_</c> and <c>-</c>, at most 255.</param>
public sealed partial record TinkerPath(string Run, bool IsSampler, string Name)
{
    /// <summary>A path from its text.</summary>
    public static Result<TinkerPath> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var match = Form().Match(text);
        return match.Success && IsName(match.Groups["name"].Value)
            ? new TinkerPath(match.Groups["run"].Value, match.Groups["kind"].Value == "sampler_weights", match.Groups["name"].Value)
            : new Failure(TinkerFailures.BadPath, $"{Shown.Quote(text)} is not the path of a checkpoint.");
    }

    /// <inheritdoc/>
    public override string ToString() => $"tinker://{Run}/{(IsSampler ? "sampler_weights" : "weights")}/{Name}";

    /// <summary>Whether a checkpoint may be called so.</summary>
    internal static bool IsName(string name) => name.Length is > 0 and <= 255 && name.All(static character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-');

    // The service chooses the names of runs, so they are taken as they come.
    [GeneratedRegex(@"\Atinker://(?<run>[!-.0-~]{1,255})/(?<kind>weights|sampler_weights)/(?<name>[^/]+)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
