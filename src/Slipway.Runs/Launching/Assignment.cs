namespace Slipway.Runs.Launching;

/// <summary>A variable and a value. A class for the same reason as <see cref="Arguments.GivenOption"/>.</summary>
/// <param name="Name">The variable.</param>
/// <param name="Value">The text.</param>
public sealed record Assignment(string Name, string Value)
{
    /// <summary>From an entry of a dictionary.</summary>
    public static Assignment From(KeyValuePair<string, string> pair) => new(pair.Key, pair.Value);

    /// <summary>As an entry of a dictionary.</summary>
    public KeyValuePair<string, string> ToPair() => new(Name, Value);
}
