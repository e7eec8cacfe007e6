namespace Slipway.TinkerApi.Bodies;

/// <summary>What is wrong with a body; the first thing counts.</summary>
internal sealed class Problems
{
    /// <summary>The first; null while there is none.</summary>
    internal Refusal? First { get; private set; }

    /// <summary>A field is not as it has to be.</summary>
    internal void Add(string what) => First ??= new Refusal(422, what);

    /// <summary>Something else is wrong, for which another status is documented.</summary>
    internal void Add(Refusal refusal) => First ??= refusal;
}

/// <summary>Why a request is not accepted.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Message">What is wrong, with the place in the body.</param>
internal sealed record Refusal(int Status, string Message);
