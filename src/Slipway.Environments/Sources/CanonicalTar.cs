using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Slipway.Core.Identity;

namespace Slipway.Environments.Sources;

/// <summary>
/// Writes an archive whose bytes depend on nothing but names, contents, links and execute bits (POSIX ustar, with GNU's entry for
/// long names). Its digest is the tree digest, so the format never changes.
/// </summary>
internal sealed class CanonicalTar(Stream output) : IDisposable
{
    private const int BlockSize = 512;
    private const int NameLength = 100;

    // Wheels are zip files, and zip knows no time before 1980; a day later, so that it holds in every time zone.
    private const long Time = 315_619_200;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Adds a regular file.</summary>
    public void AddFile(string name, ReadOnlySpan<byte> content, bool isExecutable)
    {
        AddHeader(name, '0', content.Length, isExecutable ? "0000755" : "0000644", link: string.Empty);
        AddContent(content);
    }

    /// <summary>Adds a symbolic link.</summary>
    public void AddLink(string name, string target) => AddHeader(name, '2', 0, "0000777", target);

    /// <summary>Ends the archive.</summary>
    public Sha256Digest Finish()
    {
        Emit(new byte[2 * BlockSize]);
        return Sha256Digest.Parse(Convert.ToHexStringLower(_hash.GetHashAndReset())).Value;
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private void AddHeader(string name, char kind, long size, string mode, string link)
    {
        AddLongText(name, 'L');
        AddLongText(link, 'K');
        var header = new byte[BlockSize];
        Put(header, 0, NameLength, name);
        Put(header, 100, 8, mode);
        Put(header, 108, 8, "0000000");
        Put(header, 116, 8, "0000000");
        Put(header, 124, 12, Convert.ToString(size, 8).PadLeft(11, '0'));
        Put(header, 136, 12, Convert.ToString(Time, 8).PadLeft(11, '0'));
        Put(header, 148, 8, "        ");
        header[156] = (byte)kind;
        Put(header, 157, NameLength, link);
        Put(header, 257, 8, "ustar  ");
        var sum = header.Sum(static value => (long)value);
        Put(header, 148, 8, string.Create(CultureInfo.InvariantCulture, $"{Convert.ToString(sum, 8).PadLeft(6, '0')}\0 "));
        Emit(header);
    }

    private void AddLongText(string text, char kind)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length <= NameLength)
        {
            return;
        }

        AddHeader("././@LongLink", kind, bytes.Length + 1, "0000644", string.Empty);
        AddContent([.. bytes, 0]);
    }

    private void AddContent(ReadOnlySpan<byte> content)
    {
        Emit(content);
        Emit(new byte[(BlockSize - (content.Length % BlockSize)) % BlockSize]);
    }

    private void Emit(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        output.Write(bytes);
    }

    private static void Put(byte[] header, int offset, int length, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text).AsSpan();
        bytes[..Math.Min(bytes.Length, length)].CopyTo(header.AsSpan(offset));
    }
}
