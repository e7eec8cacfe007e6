using System.Collections.Immutable;
using System.Text;

namespace Slipway.Environments.Sources;

/// <summary>The machines of a netrc file (the format of ftp and curl). An entry <c>default</c> counts for none: it would be sent to anybody.</summary>
internal static class NetrcFile
{
    /// <summary>The user name and password of a machine; null when the file has none.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="host">The machine's name, without a port.</param>
    public static (string Login, string Password)? Find(string text, string host)
    {
        var words = Words(text);
        for (var index = 0; index < words.Length; index++)
        {
            if (words[index] is "machine" && index + 1 < words.Length && string.Equals(words[index + 1], host, StringComparison.OrdinalIgnoreCase))
            {
                return Entry(words.AsSpan()[(index + 2)..]);
            }
        }

        return null;
    }

    private static (string Login, string Password) Entry(ReadOnlySpan<string> words)
    {
        var (login, password) = (string.Empty, string.Empty);
        for (var index = 0; index + 1 < words.Length && words[index] is "login" or "user" or "password" or "account"; index += 2)
        {
            login = words[index] is "login" or "user" ? words[index + 1] : login;
            password = words[index] is "password" ? words[index + 1] : password;
        }

        return (login, password);
    }

    private static ImmutableArray<string> Words(string text)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        var isMacro = false;
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            // A macro ends at the next empty line.
            isMacro &= line.Trim().Length > 0;
            if (!isMacro && !line.TrimStart().StartsWith('#'))
            {
                isMacro = AddWords(line, words);
            }
        }

        return words.ToImmutable();
    }

    private static bool AddWords(string line, ImmutableArray<string>.Builder words)
    {
        for (var index = 0; index < line.Length;)
        {
            if (char.IsWhiteSpace(line[index]))
            {
                index++;
                continue;
            }

            var word = TakeWord(line, ref index);
            if (word is "macdef")
            {
                return true;
            }

            words.Add(word);
        }

        return false;
    }

    private static string TakeWord(string line, ref int index)
    {
        var word = new StringBuilder();
        var isQuoted = line[index] == '"';
        index += isQuoted ? 1 : 0;
        for (; index < line.Length && (isQuoted ? line[index] != '"' : !char.IsWhiteSpace(line[index])); index++)
        {
            if (line[index] == '\\' && index + 1 < line.Length)
            {
                index++;
            }

            word.Append(line[index]);
        }

        index += isQuoted ? 1 : 0;
        return word.ToString();
    }
}
