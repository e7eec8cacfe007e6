using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Machines.Files;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;

namespace Slipway.Workflows.Nodes;

/// <summary>What a script leaves: a document with its outputs, and files that the document names.</summary>
/// <param name="call">The node.</param>
/// <param name="document">The absolute path of the document.</param>
/// <param name="folder">The absolute directory of the files.</param>
internal sealed class ScriptOutputs(NodeCall call, string document, string folder)
{
    private const long Largest = 64 * 1024 * 1024;

    /// <summary>The absolute path of the document.</summary>
    public string Document => document;

    /// <summary>The absolute directory of the files.</summary>
    public string Folder => folder;

    /// <summary>Reads them.</summary>
    public async Task<Result<NodeOutputs>> ReadAsync(CancellationToken cancellationToken)
    {
        if (!LocalFiles.Exists(Document))
        {
            return Complete(NodeOutputs.None, []);
        }

        if (!LocalFiles.Read(Document, Largest).TryGet(out var bytes, out var failure))
        {
            return Refused(failure.Message);
        }

        try
        {
            using var parsed = JsonDocument.Parse(bytes);
            return await ReadAsync(parsed.RootElement, cancellationToken).ConfigureAwait(false);
        }
        catch (JsonException exception)
        {
            return Refused($"it is no JSON: {exception.Message}");
        }
    }

    private async Task<Result<NodeOutputs>> ReadAsync(JsonElement root, CancellationToken cancellationToken)
    {
        if (Objection(root) is { } objection)
        {
            return Refused(objection);
        }

        var read = NodeOutputs.None;
        foreach (var member in Members(root, "outputs"))
        {
            read = read.With(member.Name, PortValue.Of(member.Value.Clone()));
        }

        foreach (var member in Members(root, "files"))
        {
            if (!Locate(member).TryGet(out var path, out var failure)
                || !(await call.Place.Blobs.KeepFileAsync(path, mediaType: null, cancellationToken).ConfigureAwait(false)).TryGet(out var blob, out failure))
            {
                return failure;
            }

            read = read.With(member.Name, PortValue.Of(blob));
        }

        return Complete(read, root.TryGetProperty("absent", out var absent) ? [.. absent.EnumerateArray().Select(static item => item.GetString()!)] : []);
    }

    private static string? Objection(JsonElement root)
    {
        if (root.ValueKind is not JsonValueKind.Object)
        {
            return $"it is {WorkflowText.Kind(root)}, and should be an object";
        }

        foreach (var member in root.EnumerateObject())
        {
            switch (member.Name)
            {
                case "outputs" or "files" when member.Value.ValueKind is not JsonValueKind.Object:
                    return $"/{member.Name} is {WorkflowText.Kind(member.Value)}, and should be an object";
                case "absent" when member.Value.ValueKind is not JsonValueKind.Array || member.Value.EnumerateArray().Any(static item => item.ValueKind is not JsonValueKind.String):
                    return "/absent should be a list of outputs";
                case "outputs" or "files" or "absent":
                    break;
                default:
                    return $"it has the member {Shown.Quote(member.Name)}, and may have outputs, files and absent";
            }
        }

        var names = Members(root, "outputs").Concat(Members(root, "files")).Select(static member => member.Name).ToList();
        return names.FirstOrDefault(static name => !PortAddress.IsPortName(name)) is { } bad ? $"{Shown.Quote(bad)} is no name of a port (lower-case letters, digits and underscores)"
            : names.GroupBy(static name => name, StringComparer.Ordinal).FirstOrDefault(static group => group.Count() > 1) is { } twice ? $"{twice.Key} is there twice"
            : null;
    }

    private static JsonElement.ObjectEnumerator Members(JsonElement root, string name) => root.TryGetProperty(name, out var members) ? members.EnumerateObject() : default;

    private Result<string> Locate(JsonProperty file)
    {
        if (file.Value.ValueKind is not JsonValueKind.String || file.Value.GetString() is not { Length: > 0 } named || named.Contains('\0', StringComparison.Ordinal))
        {
            return Refused($"/files/{file.Name} is {WorkflowText.Kind(file.Value)}, and should be a path below the folder for files");
        }

        var path = Path.GetFullPath(named, Folder);
        if (!File.Exists(path))
        {
            return Refused($"/files/{file.Name} names {Shown.Quote(named)}, and there is no such file in the folder for files");
        }

        return LocalPaths.Resolve(path).Then(real => LocalPaths.Resolve(Folder).Then(root => real.StartsWith($"{root}/", StringComparison.Ordinal)
            ? (Result<string>)real
            : Refused($"/files/{file.Name} names {Shown.Quote(named)}, which lies outside of the folder for files")));
    }

    // An output that is forgotten would silently skip all that needs it, so a script says which ones it means to leave out.
    private Result<NodeOutputs> Complete(NodeOutputs read, IReadOnlyList<string> absent)
    {
        var missing = call.Wanted.Where(port => !read.Values.ContainsKey(port) && !absent.Contains(port, StringComparer.Ordinal)).ToList();
        return missing.Count == 0 ? read
            : Refused($"there is no output {string.Join(", ", missing)}, from which an edge leads; there {(read.Values.Count == 0 ? "are none" : $"is {string.Join(", ", read.Values.Keys)}")}") with
            {
                Hint = "The script names it in \"outputs\" or \"files\", or, to have what needs it skipped, in \"absent\".",
            };
    }

    private Failure Refused(string why) => new(NodeFailures.ScriptOutputs, $"What {call["script"].AsText()} wrote to ${PythonScriptNode.OutputsVariable} cannot be used: {why.TrimEnd('.')}.");
}
