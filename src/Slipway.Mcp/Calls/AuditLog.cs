using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Mcp.Tools;

namespace Slipway.Mcp.Calls;

/// <summary>
/// The record of an assistant's calls: a line of JSON each, only ever appended to, in a file of the user alone. It holds the digest of all arguments and the values of those that cannot be a secret.
/// </summary>
/// <param name="folder">The directory; for people <c>$XDG_STATE_HOME/slipway/mcp</c>.</param>
/// <param name="guard">Cleans all texts.</param>
/// <param name="time">The clock.</param>
public sealed class AuditLog(string folder, TextGuard guard, TimeProvider time)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly Lock _gate = new();

    /// <summary>The file.</summary>
    public string FilePath { get; } = $"{folder}/audit.jsonl";

    /// <summary>The place for a user: <c>XDG_STATE_HOME</c> when absolute, else <c>~/.local/state</c>.</summary>
    public static string FolderOf(string home, string? xdgStateHome) => $"{(xdgStateHome is ['/', ..] ? xdgStateHome.TrimEnd('/') : $"{home}/.local/state")}/slipway/mcp";

    /// <summary>Makes the directory, and refuses a file that others may write.</summary>
    public Result<Unit> Prepare() => LocalFiles.MakeDirectory(folder, OwnerOnly | UnixFileMode.UserExecute).Then(_ =>
        LocalPaths.IsPrivateDirectory(folder) && (!LocalPaths.StatusOf(FilePath).Exists || LocalPaths.IsPrivateFile(FilePath))
            ? Result.Ok(Unit.Value)
            : new Failure(McpFailures.AuditUnwritable, $"{FilePath} and its directory must be yours alone."));

    /// <summary>Notes a call.</summary>
    /// <param name="tool">The tool, or the address of a resource.</param>
    /// <param name="arguments">What it was called with; null when that could not be read.</param>
    /// <param name="client">The client's name for itself.</param>
    /// <param name="outcome"><c>started</c>, <c>ok</c>, <c>asked</c>, <c>cancelled</c>, or the name of an error.</param>
    /// <param name="duration">How long it took; null where it begins.</param>
    public Result<Unit> Note(string tool, ToolArguments? arguments, string? client, string outcome, TimeSpan? duration)
    {
        var line = ToolSchema.Write(writer =>
        {
            writer.WriteString("time", time.GetUtcNow().UtcDateTime);
            writer.WriteString("tool", Cut(tool));
            writer.WriteString("client", Cut(client ?? string.Empty));
            writer.WriteString("outcome", outcome);
            if (duration is { } taken)
            {
                writer.WriteNumber("ms", (long)taken.TotalMilliseconds);
            }

            if (arguments is not null)
            {
                writer.WriteString("arguments_sha256", arguments.Digest.Hex);
                Arguments(writer, ToolCatalogue.Find(tool), arguments);
            }
        });
        return Append(Encoding.UTF8.GetBytes(line.GetRawText() + "\n"));
    }

    private void Arguments(Utf8JsonWriter writer, McpTool? tool, ToolArguments arguments)
    {
        writer.WriteStartObject("arguments");
        foreach (var parameter in tool?.Parameters.Where(parameter => parameter.IsRecorded && arguments.Has(parameter.Name)) ?? [])
        {
            writer.WriteString(parameter.Name, Cut(arguments.Values[parameter.Name].ToString()));
        }

        writer.WriteEndObject();
    }

    private Result<Unit> Append(byte[] line)
    {
        try
        {
            lock (_gate)
            {
                using var file = new FileStream(FilePath, new FileStreamOptions
                {
                    Mode = FileMode.Append,
                    Access = FileAccess.Write,
                    Share = FileShare.ReadWrite,
                    BufferSize = 0,
                    UnixCreateMode = OwnerOnly,
                });
                file.Write(line);
            }

            return Unit.Value;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return new Failure(McpFailures.AuditUnwritable, $"{FilePath} cannot be written.") { Detail = failed.Message };
        }
    }

    private string Cut(string text) => guard.Clean(text) is { Length: > 256 } longer ? longer[..256] + "…" : guard.Clean(text);
}
