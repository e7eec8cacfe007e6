namespace Slipway.Machines.HandOff;

/// <summary>What <c>execve</c> gets, as byte strings without NUL.</summary>
/// <param name="path">The file to execute; nothing is looked up.</param>
/// <param name="arguments">All arguments, argument 0 first.</param>
/// <param name="environment">Entries <c>NAME=VALUE</c>.</param>
public sealed class ExecImage(byte[] path, byte[][] arguments, byte[][] environment)
{
    /// <summary>The file to execute.</summary>
    public ReadOnlySpan<byte> Path => path;

    /// <summary>All arguments, argument 0 first.</summary>
    public ReadOnlySpan<byte[]> Arguments => arguments;

    /// <summary>Entries <c>NAME=VALUE</c>.</summary>
    public ReadOnlySpan<byte[]> Environment => environment;
}
