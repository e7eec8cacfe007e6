using System.Reflection;
using Slipway.Core.Failures;

namespace Slipway.Core.Tests;

public sealed class CoreFailuresTests
{
    [Fact]
    public void Codes_are_unique_and_complete()
    {
        var codes = typeof(CoreFailures).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (FailureCode)field.GetValue(null)!).ToList();
        Assert.NotEmpty(codes);
        Assert.Equal(codes.Count, codes.Select(code => code.Id).Distinct(StringComparer.Ordinal).Count());
        Assert.All(codes, code =>
        {
            Assert.Matches("^COR[0-9]{4}$", code.Id);
            Assert.EndsWith(".", code.Summary, StringComparison.Ordinal);
            Assert.EndsWith(".", code.Remedy, StringComparison.Ordinal);
        });
    }
}
