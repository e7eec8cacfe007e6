using System.Buffers;

namespace Slipway.Workers.Frames;

/// <summary>
/// The memory of payloads. Large arrays come from a pool, where those that were given back are used again: made anew each time, they keep
/// the collector busier than all else that a call does.
/// </summary>
internal static class FrameMemory
{
    private const int Large = 80 * 1024;

    /// <summary>An array of at least this size.</summary>
    public static byte[] Rent(int size) => size < Large ? GC.AllocateUninitializedArray<byte>(size) : ArrayPool<byte>.Shared.Rent(size);

    /// <summary>Gives an array back; nothing may use it afterwards.</summary>
    public static void Return(byte[] array)
    {
        if (array.Length >= Large)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
