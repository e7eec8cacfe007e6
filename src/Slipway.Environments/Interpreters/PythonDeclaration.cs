using Slipway.Core.Failures;
using Slipway.Core.Versions;

namespace Slipway.Environments.Interpreters;

/// <summary>A <c>requires-python</c> and its place.</summary>
/// <param name="Range">The versions that it allows.</param>
/// <param name="At">Where it stands.</param>
public sealed record PythonDeclaration(VersionSpecifierSet Range, FailureLocation At)
{
    /// <summary>For people: <c>requires-python in app.py:2</c>.</summary>
    public override string ToString() => $"requires-python in {At with { Column = 0 }}";
}
