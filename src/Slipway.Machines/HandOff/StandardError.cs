using Slipway.Machines.Posix;

namespace Slipway.Machines.HandOff;

/// <summary>Writes to descriptor 2 directly, for the warm launch: the first use of the console class costs more than the launch.</summary>
public static class StandardError
{
    /// <summary>Writes a line; a closed or full descriptor is not the launch's business.</summary>
    public static void WriteLine(string text) => _ = Descriptor.WriteAll(2, PosixText.Encode(text + "\n"));
}
