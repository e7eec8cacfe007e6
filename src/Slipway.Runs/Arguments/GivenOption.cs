namespace Slipway.Runs.Arguments;

/// <summary>An option as it was given. A class, because the runtime compiles collections of foreign value types at start, which a warm launch would pay for.</summary>
/// <param name="Option">The option.</param>
/// <param name="Value">Its value; empty for a switch.</param>
public sealed record GivenOption(RunOption Option, string Value);
