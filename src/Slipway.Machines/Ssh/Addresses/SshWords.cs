using System.Buffers;
using System.Text;

namespace Slipway.Machines.Ssh.Addresses;

/// <summary>The words of a command line that somebody printed for a shell: blanks separate, quotes and backslashes protect, nothing is expanded.</summary>
internal static class SshWords
{
    private static readonly SearchValues<char> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%_-+=:,./~[]");

    /// <summary>The words; null when a quote is not closed.</summary>
    public static List<string>? Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var inWord = false;
        var quote = '\0';
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quote != '\0' && c == quote)
            {
                quote = '\0';
            }
            else if (c is '\\' && quote is not '\'' && i + 1 < line.Length)
            {
                word.Append(line[++i]);
                inWord = true;
            }
            else if (quote is '\0' && c is '\'' or '"')
            {
                quote = c;
                inWord = true;
            }
            else if (quote is '\0' && c is ' ' or '\t')
            {
                Flush();
            }
            else
            {
                word.Append(c);
                inWord = true;
            }
        }

        Flush();
        return quote is '\0' ? words : null;

        void Flush()
        {
            if (inWord)
            {
                words.Add(word.ToString());
            }

            word.Clear();
            inWord = false;
        }
    }

    /// <summary>A word so that <see cref="Split"/> gives it back.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && !word.AsSpan().ContainsAnyExcept(Plain) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
