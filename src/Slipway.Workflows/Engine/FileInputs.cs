using System.Text.Json;
using Slipway.Core.Failures;

namespace Slipway.Workflows.Engine;

/// <summary>Inputs that are files: the path in a workflow's file becomes the content that lies there now, so that keys and later nodes see content only.</summary>
internal static class FileInputs
{
    /// <summary>The call with content in the place of paths.</summary>
    public static async ValueTask<Result<NodeCall>> KeepAsync(NodeCall call, CancellationToken cancellationToken)
    {
        foreach (var port in call.Type.Inputs)
        {
            if (!port.Type.IsFile || call.Find(port.Name) is not { IsSecret: false, Blob: null } value || value.Json.ValueKind is not JsonValueKind.String)
            {
                continue;
            }

            var path = Path.GetFullPath(value.AsText(), call.Place.WorkflowFolder);
            if (!File.Exists(path))
            {
                return new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.{port.Name} names {path}, and there is no such file.") { Hint = "Paths in a workflow are relative to its file." };
            }

            var kept = await call.Place.Blobs.KeepFileAsync(path, mediaType: null, cancellationToken).ConfigureAwait(false);
            if (!kept.TryGet(out var blob, out var failure))
            {
                return failure;
            }

            call = call.With(port.Name, PortValue.Of(blob));
        }

        return call;
    }
}
