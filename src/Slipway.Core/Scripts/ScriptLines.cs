namespace Slipway.Core.Scripts;

/// <summary>Lines as Python counts them: LF, CRLF and CR each end one.</summary>
internal static class ScriptLines
{
    /// <summary>How many line ends there are.</summary>
    public static int Count(ReadOnlySpan<byte> text)
    {
        var count = 0;
        for (var index = 0; index < text.Length; index++)
        {
            var isPair = text[index] == (byte)'\r' && index + 1 < text.Length && text[index + 1] == (byte)'\n';
            count += text[index] == (byte)'\n' || (text[index] == (byte)'\r' && !isPair) ? 1 : 0;
        }

        return count;
    }

    public static string[] Split(string text) =>
        text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n');
}
