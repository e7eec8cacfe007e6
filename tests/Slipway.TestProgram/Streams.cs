namespace Slipway.TestProgram;

internal static class Streams
{
    public static int CopyInput()
    {
        using var input = Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        input.CopyTo(output);
        return 0;
    }

    /// <summary>The same number of bytes to both streams, in turns, so that a reader of only one of them hangs.</summary>
    public static int Flood(long count)
    {
        using var output = Console.OpenStandardOutput();
        using var error = Console.OpenStandardError();
        var chunk = new byte[64 * 1024];
        for (var i = 0; i < chunk.Length; i++)
        {
            chunk[i] = (byte)('a' + (i % 26));
        }

        for (var left = count; left > 0; left -= chunk.Length)
        {
            var part = chunk.AsSpan(0, (int)Math.Min(left, chunk.Length));
            output.Write(part);
            error.Write(part);
        }

        return 0;
    }
}
