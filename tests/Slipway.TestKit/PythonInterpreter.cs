namespace Slipway.TestKit;

/// <summary>A Python interpreter of this machine.</summary>
/// <param name="FullPath">The absolute path of the program.</param>
/// <param name="Version">Major, minor and micro version.</param>
public sealed record PythonInterpreter(string FullPath, Version Version)
{
    /// <summary>The wheel tag of its ABI, for example <c>cp311</c>.</summary>
    public string Tag => $"cp{Version.Major}{Version.Minor}";

    /// <inheritdoc/>
    public override string ToString() => FullPath;
}
