using System.Buffers;
using System.Text;

namespace Slipway.Cloud.SkyPilot;

/// <summary>Tokens that are known by how they begin, and private keys. A guess that errs to the safe side: what looks like one counts as one.</summary>
public static class SecretPatterns
{
    private static readonly SearchValues<byte> Body = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-."u8);

    // What a token begins with, how many characters must follow, and whose it is.
    private static readonly (string Prefix, int Least, string Kind)[] Tokens =
    [
        ("hf_", 30, "a Hugging Face token"),
        ("AKIA", 16, "an AWS access key"),
        ("ASIA", 16, "an AWS access key"),
        ("ghp_", 30, "a GitHub token"),
        ("gho_", 30, "a GitHub token"),
        ("github_pat_", 22, "a GitHub token"),
        ("glpat-", 20, "a GitLab token"),
        ("xoxb-", 20, "a Slack token"),
        ("xoxp-", 20, "a Slack token"),
        ("AIza", 35, "a Google API key"),
        ("sk-ant-", 20, "a model provider's key"),
        ("sk-proj-", 20, "a model provider's key"),
        ("sky_", 24, "a SkyPilot service account token"),
        ("pypi-", 40, "a PyPI token"),
    ];

    /// <summary>What a file's content gives away, in words; null for nothing.</summary>
    public static string? Find(ReadOnlySpan<byte> content)
    {
        if (HasPrivateKey(content))
        {
            return "a private key";
        }

        foreach (var (prefix, least, kind) in Tokens)
        {
            if (Next(content, prefix, least, 0).Start >= 0)
            {
                return kind;
            }
        }

        return null;
    }

    /// <summary>The text with tokens replaced.</summary>
    public static string Mask(string text)
    {
        foreach (var (prefix, least, _) in Tokens)
        {
            if (text.Contains(prefix, StringComparison.Ordinal))
            {
                text = Mask(text, prefix, least);
            }
        }

        return text;
    }

    private static string Mask(string text, string prefix, int least)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var masked = new List<byte>(bytes.Length);
        var from = 0;
        for (var found = Next(bytes, prefix, least, 0); found.Start >= 0; found = Next(bytes, prefix, least, from))
        {
            masked.AddRange(bytes.AsSpan(from, found.Start - from));
            masked.AddRange("***"u8);
            from = found.End;
        }

        masked.AddRange(bytes.AsSpan(from));
        return Encoding.UTF8.GetString([.. masked]);
    }

    private static (int Start, int End) Next(ReadOnlySpan<byte> content, string prefix, int least, int from)
    {
        Span<byte> wanted = stackalloc byte[16];
        wanted = wanted[..Encoding.ASCII.GetBytes(prefix, wanted)];
        while (from < content.Length && content[from..].IndexOf(wanted) is >= 0 and var offset)
        {
            var start = from + offset;
            var rest = content[(start + wanted.Length)..];
            var length = rest.IndexOfAnyExcept(Body) is >= 0 and var end ? end : rest.Length;
            // Inside a longer word it is part of a name.
            if (length >= least && (start == 0 || !char.IsAsciiLetterOrDigit((char)content[start - 1]) && content[start - 1] != (byte)'_'))
            {
                return (start, start + wanted.Length + length);
            }

            from = start + wanted.Length;
        }

        return (-1, -1);
    }

    private static bool HasPrivateKey(ReadOnlySpan<byte> content)
    {
        var begin = content.IndexOf("-----BEGIN "u8);
        while (begin >= 0)
        {
            var line = content[begin..];
            var end = line.IndexOf((byte)'\n');
            // A line that goes on after the dashes is source code that speaks of keys.
            if ((end < 0 ? line : line[..end]).TrimEnd((byte)'\r').EndsWith("PRIVATE KEY-----"u8))
            {
                return true;
            }

            content = content[(begin + 11)..];
            begin = content.IndexOf("-----BEGIN "u8);
        }

        return false;
    }
}
