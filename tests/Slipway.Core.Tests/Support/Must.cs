using Slipway.Core.Failures;

namespace Slipway.Core.Tests.Support;

/// <summary>Assertions on results that show the failure.</summary>
internal static class Must
{
    public static T Succeed<T>(Result<T> result)
        where T : notnull
    {
        Assert.True(result.IsOk, result.ToString());
        return result.Value;
    }

    public static Failure Fail<T>(Result<T> result, FailureCode code)
        where T : notnull
    {
        Assert.False(result.IsOk, result.ToString());
        Assert.Equal(code, result.Failure.Code);
        return result.Failure;
    }
}
