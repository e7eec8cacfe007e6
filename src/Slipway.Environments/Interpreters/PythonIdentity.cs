namespace Slipway.Environments.Interpreters;

/// <summary>What of an environment's Python enters its key.</summary>
/// <param name="Implementation">For example <c>cpython</c>.</param>
/// <param name="FullVersion">With pre-release parts: <c>3.13.0rc1</c>.</param>
/// <param name="Abi"><c>SOABI</c> where the interpreter could be asked; else what its packager calls the ABI: <c>cp311</c>.</param>
public sealed record PythonIdentity(string Implementation, string FullVersion, string Abi)
{
    /// <summary>An environment without a Python.</summary>
    public static PythonIdentity None { get; } = new(string.Empty, string.Empty, string.Empty);
}
