using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;

namespace Slipway.Projects.Managed;

/// <summary>
/// The interpreter in <c>.vscode/settings.json</c>. Settings that are there keep every byte, comments too: the line is put behind the opening brace,
/// or nothing is written at all.
/// </summary>
public static class VsCodeSettings
{
    /// <summary>The file, relative to the project.</summary>
    public const string Name = ".vscode/settings.json";

    private const string Key = "python.defaultInterpreterPath";
    private const string Value = "${workspaceFolder}/.venv/bin/python";
    private const string Line = $"\"{Key}\": \"{Value}\"";
    private const string Indent = "    ";

    private static readonly JsonReaderOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>The content that the file should have.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="content">What it holds; null when it is not there.</param>
    /// <returns>The content; <see cref="ProjectFailures.NotMergeable"/> when nothing can be added without losing something.</returns>
    public static Result<byte[]> Compose(string path, byte[]? content)
    {
        if (content is null || content.Length == 0)
        {
            return Encoding.UTF8.GetBytes($"{{\n{Indent}{Line}\n}}\n");
        }

        var mark = content.AsSpan().StartsWith(Mark) ? Mark.Length : 0;
        try
        {
            var look = Read(content.AsSpan(mark));
            return look switch
            {
                { Said: Value } => content,
                { Said: { } other } => Refused(path, $"it says {other} already"),
                _ => Insert(content, mark + look.Behind, look.IsEmpty),
            };
        }
        catch (JsonException exception)
        {
            return Refused(path, "it is not JSON, not even with comments") with { Location = new FailureLocation(path, (int)(exception.LineNumber ?? 0) + 1) };
        }
    }

    /// <summary>What a file says.</summary>
    /// <param name="Behind">The offset behind the opening brace.</param>
    /// <param name="IsEmpty">Whether it has no settings.</param>
    /// <param name="Said">The interpreter that it names; null for none.</param>
    private sealed record Settings(int Behind, bool IsEmpty, string? Said);

    private static Settings Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, Lenient);
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
        {
            throw new JsonException();
        }

        var behind = (int)reader.TokenStartIndex + 1;
        var isEmpty = true;
        string? said = null;
        while (reader.Read())
        {
            if (reader.CurrentDepth != 1 || reader.TokenType is not JsonTokenType.PropertyName)
            {
                continue;
            }

            isEmpty = false;
            var isOurs = reader.ValueTextEquals(Key);
            reader.Read();
            said = !isOurs ? said : reader.TokenType is JsonTokenType.String ? reader.GetString() : "something else";
            reader.Skip();
        }

        return new Settings(behind, isEmpty, said);
    }

    private static Result<byte[]> Insert(byte[] content, int at, bool isEmpty)
    {
        var end = content.AsSpan().IndexOf("\r\n"u8) >= 0 ? "\r\n" : "\n";
        var line = $"{end}{Indent}{Line}{(isEmpty ? string.Empty : ",")}";

        // `{}` has no line end of its own before its closing brace.
        var isOneLine = content.AsSpan(at).IndexOf((byte)'\n') is var newline && (newline < 0 || content.AsSpan(at, newline).IndexOf((byte)'}') >= 0);
        return (byte[])[.. content.AsSpan(0, at), .. Encoding.UTF8.GetBytes(isOneLine ? line + end : line), .. content.AsSpan(at)];
    }

    private static Failure Refused(string path, string why) =>
        new(ProjectFailures.NotMergeable, $"{path} cannot be added to: {why}.") { Hint = $"Write {Line} there yourself, or leave --vscode away." };
}
