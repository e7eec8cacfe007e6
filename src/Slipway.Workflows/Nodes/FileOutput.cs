using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Machines.Files;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Nodes;

/// <summary>Writes a value to a file, whole or not at all, and never outside of the directory that it belongs to.</summary>
internal sealed class FileOutput : INodeBehaviour
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode OpenFolder = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static readonly JsonWriterOptions Style = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async ValueTask<NodeOutcome> RunAsync(NodeCall call, CancellationToken cancellationToken)
    {
        var value = call["file"];
        if (call.Text("path") is { } path)
        {
            if (!Target(call, path).TryGet(out var target, out var failure)
                || !(await WriteAsync(call, value, target, cancellationToken).ConfigureAwait(false)).TryGet(out _, out failure))
            {
                return failure;
            }

            call.Log($"wrote {target}");
        }

        return NodeOutcome.Of("file", value);
    }

    private static Result<string> Target(NodeCall call, string path)
    {
        var folder = call.Text("to") is "run" ? call.Place.OutputFolder : call.Place.WorkflowFolder;
        if (folder is null)
        {
            return new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.to is 'run', and this run keeps no files.") { Hint = "Leave it out: the file then lies beside the workflow." };
        }

        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal) || Path.IsPathRooted(path))
        {
            return new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.path is {Shown.Quote(path)}, and should be relative to {folder}.");
        }

        var target = Path.GetFullPath(path, folder);
        var root = Path.GetFullPath(folder).TrimEnd('/');
        if (!target.StartsWith($"{root}/", StringComparison.Ordinal) || target.EndsWith('/'))
        {
            return Outside(call, path, folder);
        }

        // A link on the way could lead out of it, so what is there already is looked at before anything is made.
        var standing = Path.GetDirectoryName(target)!;
        while (standing.Length > root.Length && !LocalFiles.Exists(standing))
        {
            standing = Path.GetDirectoryName(standing)!;
        }

        if (!LocalFiles.MakeDirectory(root, OpenFolder).Then(_ => LocalPaths.Resolve(root)).TryGet(out var real, out var failure) || !LocalPaths.Resolve(standing).TryGet(out var found, out failure))
        {
            return failure;
        }

        return string.Equals(found, real, StringComparison.Ordinal) || found.StartsWith($"{real}/", StringComparison.Ordinal) ? target : Outside(call, path, folder);
    }

    private static Failure Outside(NodeCall call, string path, string folder) =>
        new(WorkflowsFailures.BadValue, $"{call.Node.Id}.path is {Shown.Quote(path)}, which is no file below {folder}.") { Hint = "A workflow writes below its own directory, or below that of its run (`to`: `run`)." };

    private static async Task<Result<Unit>> WriteAsync(NodeCall call, PortValue value, string target, CancellationToken cancellationToken)
    {
        if (Directory.Exists(target))
        {
            return new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.path names {target}, which is a directory.");
        }

        var made = LocalFiles.MakeDirectory(Path.GetDirectoryName(target)!, OpenFolder);
        if (!made.IsOk)
        {
            return made.Failure;
        }

        if (value.Blob is not { } blob)
        {
            return LocalFiles.Write(target, value.Json.ValueKind is JsonValueKind.String ? Encoding.UTF8.GetBytes(value.AsText()) : Document(value.Json), Readable);
        }

        return await CopyAsync(call.Place.Blobs.PathOf(blob.Digest), target, cancellationToken).ConfigureAwait(false);
    }

    private static byte[] Document(JsonElement json)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Style))
        {
            json.WriteTo(writer);
        }

        stream.Write("\n"u8);
        return stream.ToArray();
    }

    private static async Task<Result<Unit>> CopyAsync(string source, string target, CancellationToken cancellationToken)
    {
        var draft = $"{Path.GetDirectoryName(target)}/.{Guid.NewGuid():N}";
        try
        {
            var from = File.OpenRead(source);
            await using (from.ConfigureAwait(false))
            {
                var to = new FileStream(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Readable });
                await using (to.ConfigureAwait(false))
                {
                    await from.CopyToAsync(to, cancellationToken).ConfigureAwait(false);
                    to.Flush(flushToDisk: true);
                }
            }

            return LocalFiles.Move(draft, target);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Failure(WorkflowsFailures.NodeFailed, $"{target} cannot be written: {exception.Message}");
        }
        finally
        {
            _ = LocalFiles.RemoveFile(draft);
        }
    }
}
