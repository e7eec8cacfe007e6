using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Identity;
using Slipway.Machines.Files;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Runs;

namespace Slipway.Workflows.Caching;

/// <summary>Outputs of nodes that ran before, by what they were made from: <c>cache/nodes</c> of a store. A shortcut: whatever is wrong with it, the node runs.</summary>
/// <param name="folder">Its absolute directory.</param>
/// <param name="blobs">Where the content lies that outputs name.</param>
public sealed class NodeCache(string folder, BlobStore blobs)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>What was kept; null when there is nothing, or content that it names is gone.</summary>
    public NodeOutputs? Find(Sha256Digest key)
    {
        try
        {
            var outputs = OutputsJson.Read(File.ReadAllBytes(PathOf(key)));
            return outputs is not null && outputs.Values.Values.All(value => value.Blob is not { } blob || blobs.Has(blob.Digest)) ? outputs : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Keeps outputs; those with a secret are never kept.</summary>
    public void Keep(Sha256Digest key, NodeOutputs outputs)
    {
        if (outputs.HasSecrets)
        {
            return;
        }

        var path = PathOf(key);
        _ = LocalFiles.MakeDirectory(Path.GetDirectoryName(path)!, OwnerOnly | UnixFileMode.UserExecute).Then(_ => LocalFiles.WriteUnsynced(path, OutputsJson.Write(outputs), OwnerOnly));
    }

    private string PathOf(Sha256Digest key) => $"{folder}/{key.Hex[..2]}/{key.Hex[2..]}.json";
}
