using System.IO.Compression;
using System.Text.Json.Nodes;
using Slipway.SkyPilotApi.Clusters;
using Slipway.SkyPilotApi.Tasks;
using Slipway.TestKit;

namespace Slipway.SkyPilotApi.Uploads;

/// <summary>
/// The files of callers: uploaded zips, unpacked with the absolute paths of the caller's machine below a folder, and what a task names of them. Execute bits are lost
/// on the way, so that no client comes to rely on them. A bucket is a directory that outlives clusters.
/// </summary>
internal sealed class Files(string folder)
{
    private readonly Lock _gate = new();

    /// <summary>The home of the server, below which logs are gathered for download.</summary>
    internal string Home { get; } = Directory.CreateDirectory(Path.Combine(folder, "server")).FullName;

    /// <summary>Keeps a chunk of a zip; unpacks it when it is whole.</summary>
    /// <returns>The chunks that are still missing.</returns>
    internal IReadOnlyList<string> Keep(string user, string id, int index, int total, byte[] bytes, bool isBlob)
    {
        lock (_gate)
        {
            var parts = Directory.CreateDirectory(Path.Combine(Client(user), "uploads", id)).FullName;
            File.WriteAllBytes(Path.Combine(parts, $"part{index}"), bytes);
            var missing = Enumerable.Range(0, total).Select(static i => $"part{i}").Where(part => !File.Exists(Path.Combine(parts, part))).ToList();
            if (missing.Count == 0)
            {
                using var whole = new MemoryStream([.. Enumerable.Range(0, total).SelectMany(i => File.ReadAllBytes(Path.Combine(parts, $"part{i}")))]);
                Unpack(whole, isBlob ? Blob(user, id) : Path.Combine(Client(user), "file_mounts"));
                TempFolder.DeleteTree(parts);
            }

            return missing;
        }
    }

    internal bool HasBlob(string user, string id) => Directory.Exists(Blob(user, id));

    /// <summary>Finds out whether all that a task names of the caller's machine was uploaded.</summary>
    /// <exception cref="SkyError">Something was not.</exception>
    internal void Check(SkyTask task, string user, string? blobId)
    {
        if (task.Workdir is JsonObject)
        {
            throw new SkyError("NotSupportedError", "This stand-in clones no repositories: upload a workdir.");
        }

        if (task.Workdir is { } workdir && !Directory.Exists(Uploaded(task, user, blobId, workdir.GetValue<string>())))
        {
            throw new SkyError("ValueError", "Workdir must be a valid directory (or a symlink to a directory). " + workdir + " not found.");
        }

        foreach (var local in task.FileMounts.Select(static pair => Source(pair.Value)).Where(static source => !IsBucket(source)))
        {
            if (!Path.Exists(Uploaded(task, user, blobId, local)))
            {
                throw new SkyError("ValueError", $"File mount source '{local}' does not exist locally.");
            }
        }
    }

    /// <summary>Puts the files of a task into the home of its cluster.</summary>
    internal void Place(SkyTask task, string user, string? blobId, Cluster cluster)
    {
        if (task.Workdir is { } workdir)
        {
            Copy(Uploaded(task, user, blobId, workdir.GetValue<string>()), Path.Combine(cluster.Home, "sky_workdir"));
        }

        foreach (var (remote, value) in task.FileMounts)
        {
            var (source, target) = (Source(value), Path.Combine(cluster.Home, remote.StartsWith("~/", StringComparison.Ordinal) ? remote[2..] : remote.TrimStart('/')));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (!IsBucket(source))
            {
                Copy(Uploaded(task, user, blobId, source), target);
            }
            else if (!Path.Exists(target))
            {
                var bucket = Path.Combine(folder, "buckets", source.Replace("://", "/", StringComparison.Ordinal));
                File.CreateSymbolicLink(target, Directory.CreateDirectory(bucket).FullName);
            }
        }
    }

    /// <summary>Copies the logs of a job to where <c>/download</c> finds them.</summary>
    internal string GatherLogs(string user, Job job)
    {
        var target = Path.Combine(Client(user), "sky_logs", Path.GetFileName(job.LogFolder));
        TempFolder.DeleteTree(target);
        Directory.CreateDirectory(target);
        if (Directory.Exists(job.LogFolder))
        {
            Copy(job.LogFolder, target);
        }

        return target;
    }

    /// <summary>Writes the log of a managed job to where <c>/download</c> finds it.</summary>
    internal string KeepLog(string user, ManagedJob job)
    {
        var target = Path.Combine(Client(user), "sky_logs", "managed_jobs", $"{job.Id}-{job.Name}");
        TempFolder.DeleteTree(target);
        Directory.CreateDirectory(target);
        File.WriteAllText(Path.Combine(target, "run.log"), job.Log.Text);
        return target;
    }

    /// <summary>A zip of folders of one caller, whose entries are the absolute paths on the server; null when a folder is not the caller's.</summary>
    internal byte[]? Zip(string user, IEnumerable<string> folders)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var one in folders.Select(Expand))
            {
                if (!one.StartsWith(Client(user) + "/", StringComparison.Ordinal) || !Directory.Exists(one))
                {
                    return null;
                }

                foreach (var file in Directory.EnumerateFiles(one, "*", SearchOption.AllDirectories))
                {
                    zip.CreateEntryFromFile(file, file.TrimStart('/'));
                }
            }
        }

        return bytes.ToArray();
    }

    private string Expand(string path) => Path.GetFullPath(path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(Home, path[2..]) : path);

    private string Client(string user) => Path.Combine(Home, ".sky", "api_server", "clients", user);

    private string Blob(string user, string id) => Path.Combine(Client(user), "blobs", id);

    /// <summary>Where something of the caller's machine lies here: only what the task maps is looked for.</summary>
    private string Uploaded(SkyTask task, string user, string? blobId, string local) => task.Mapping[local]?.GetValue<string>() is { } mapped
        ? Path.Combine(blobId is null ? Path.Combine(Client(user), "file_mounts") : Blob(user, blobId), mapped.TrimStart('/'))
        : Path.Combine(Home, "not-mapped");

    private static string Source(JsonNode? mount) => mount is JsonObject map ? map["source"]?.GetValue<string>() ?? string.Empty : mount?.GetValue<string>() ?? string.Empty;

    private static bool IsBucket(string source) => source.Contains("://", StringComparison.Ordinal);

    private static void Unpack(Stream zip, string target)
    {
        Directory.CreateDirectory(target);
        using var archive = new ZipArchive(zip, ZipArchiveMode.Read);
        foreach (var entry in archive.Entries)
        {
            var path = Path.GetFullPath(Path.Combine(target, entry.FullName));
            if (!path.StartsWith(target + "/", StringComparison.Ordinal))
            {
                throw new InvalidDataException($"{entry.FullName} leads out of the upload.");
            }

            Directory.CreateDirectory(entry.FullName.EndsWith('/') ? path : Path.GetDirectoryName(path)!);
            if (!entry.FullName.EndsWith('/'))
            {
                using var content = entry.Open();
                using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
                content.CopyTo(file);
            }
        }
    }

    private static void Copy(string from, string to)
    {
        if (File.Exists(from))
        {
            File.Copy(from, to, overwrite: true);
            return;
        }

        Directory.CreateDirectory(to);
        foreach (var inner in Directory.EnumerateFileSystemEntries(from))
        {
            Copy(inner, Path.Combine(to, Path.GetFileName(inner)));
        }
    }
}
