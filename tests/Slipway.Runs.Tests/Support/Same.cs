namespace Slipway.Runs.Tests.Support;

/// <summary>Compares item by item: immutable arrays are equal to xunit only when they are the same array.</summary>
internal static class Same
{
    public static void Items<T>(IEnumerable<T> expected, IEnumerable<T> actual) => Assert.Equal(expected.ToArray(), actual.ToArray());
}
