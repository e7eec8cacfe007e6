using System.Text;

namespace Slipway.TestProgram;

/// <summary>Standard output without any encoding in between.</summary>
internal static class Bytes
{
    public static int Write(ReadOnlySpan<byte[]> items)
    {
        using var output = Console.OpenStandardOutput();
        foreach (var item in items)
        {
            output.Write(item);
            output.WriteByte(0);
        }

        return 0;
    }

    public static int WriteText(string text)
    {
        using var output = Console.OpenStandardOutput();
        output.Write(Encoding.UTF8.GetBytes(text + "\n"));
        return 0;
    }
}
