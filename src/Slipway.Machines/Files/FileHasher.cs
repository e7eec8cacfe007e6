using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Slipway.Core.Failures;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Files;

/// <summary>Hashes files piece by piece, several at a time, at most one for each processor.</summary>
internal static class FileHasher
{
    private const int BufferSize = 256 * 1024;

    /// <summary>Fills in the digests of the files among the entries that <paramref name="wanted"/> selects, in place.</summary>
    public static Failure? Fill(string root, List<InventoryEntry> entries, Func<InventoryEntry, bool> wanted, CancellationToken cancellationToken)
    {
        Failure? failure = null;
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        Parallel.ForEach(Partitioner.Create(Pick(entries, wanted), EnumerablePartitionerOptions.NoBuffering), options, (index, state) =>
        {
            var entry = entries[index];
            if (Hash($"{root}/{entry.Path}").TryGet(out var hashed, out var problem))
            {
                entries[index] = entry with { Sha256 = hashed.Sha256, Size = hashed.Size };
            }
            else
            {
                Interlocked.CompareExchange(ref failure, problem, null);
                state.Stop();
            }
        });
        return failure;
    }

    /// <summary>Digest and length of one file, a link not followed. The length is what was hashed, also when the file grows meanwhile.</summary>
    public static Result<(string Sha256, long Size)> Hash(string path)
    {
        var fd = Descriptor.Open(path, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking);
        if (fd < 0)
        {
            return FileFailures.Reading(path, fd);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            var size = 0L;
            while (true)
            {
                var count = Descriptor.Read(fd, buffer);
                if (count <= 0)
                {
                    return count < 0 ? FileFailures.Reading(path, count) : (Convert.ToHexStringLower(hash.GetHashAndReset()), size);
                }

                hash.AppendData(buffer, 0, count);
                size += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            Descriptor.Close(fd);
        }
    }

    private static IEnumerable<int> Pick(List<InventoryEntry> entries, Func<InventoryEntry, bool> wanted)
    {
        // By count, not by enumerator: entries are replaced while this runs.
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Kind is FileKind.File && wanted(entries[i]))
            {
                yield return i;
            }
        }
    }
}
