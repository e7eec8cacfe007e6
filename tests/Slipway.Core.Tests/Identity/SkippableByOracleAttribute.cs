using Slipway.Core.Tests.Oracle;

namespace Slipway.Core.Tests.Identity;

/// <summary>A fact that needs Python's own hashlib to compare with.</summary>
internal sealed class SkippableByOracleAttribute : FactAttribute
{
    public SkippableByOracleAttribute() => Skip = PythonOracle.Missing;
}
