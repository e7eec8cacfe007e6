namespace Slipway.Core.Failures;

/// <summary>Makes results where the implicit conversions cannot: from a value whose static type is an interface.</summary>
public static class Result
{
    /// <summary>A result from a value.</summary>
    public static Result<T> Ok<T>(T value)
        where T : notnull => Result<T>.FromValue(value);
}
