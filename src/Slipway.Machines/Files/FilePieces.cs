using System.Buffers;
using Slipway.Core.Failures;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Files;

/// <summary>Reads files that are too large to be held, piece by piece.</summary>
public static class FilePieces
{
    private const int BufferSize = 256 * 1024;

    /// <summary>Receives a piece.</summary>
    /// <param name="piece">The bytes, good only until the return.</param>
    /// <returns>Whether to go on.</returns>
    public delegate bool Taker(ReadOnlySpan<byte> piece);

    /// <summary>Reads at most <paramref name="most"/> bytes of a file.</summary>
    /// <param name="path">The file; a link is not followed.</param>
    /// <param name="most">How many bytes at most.</param>
    /// <param name="take">Receives them.</param>
    /// <returns>How many bytes were read.</returns>
    public static Result<long> Read(string path, long most, Taker take)
    {
        ArgumentNullException.ThrowIfNull(take);
        var fd = Descriptor.Open(path, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking);
        if (fd < 0)
        {
            return FileFailures.Reading(path, fd);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var read = 0L;
            while (read < most)
            {
                var count = Descriptor.Read(fd, buffer.AsSpan(0, (int)Math.Min(buffer.Length, most - read)));
                if (count < 0)
                {
                    return FileFailures.Reading(path, count);
                }

                read += count;
                if (count == 0 || !take(buffer.AsSpan(0, count)))
                {
                    break;
                }
            }

            return read;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            Descriptor.Close(fd);
        }
    }

    /// <summary>Digest (lower case hex SHA-256) and length of one file, a link not followed.</summary>
    public static Result<(string Sha256, long Size)> Hash(string path) => FileHasher.Hash(path);
}
