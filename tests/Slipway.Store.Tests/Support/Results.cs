using Slipway.Core.Failures;

namespace Slipway.Store.Tests.Support;

/// <summary>Assertions on results that say what was there instead.</summary>
internal static class Results
{
    public static T Ok<T>(this Result<T> result)
        where T : notnull
    {
        Assert.True(result.IsOk, result.ToString());
        return result.Value;
    }

    public static Failure Fails<T>(this Result<T> result, FailureCode code)
        where T : notnull
    {
        Assert.False(result.IsOk, result.ToString());
        Assert.Equal(code.Id, result.Failure.Code.Id);
        return result.Failure;
    }
}
