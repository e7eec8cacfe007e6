using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Projects.Backends;
using Slipway.Projects.Configuration;
using Slipway.Projects.Naming;

namespace Slipway.Projects.Managed;

/// <summary>What a shell that direnv looks after is told about the active environment.</summary>
/// <param name="Backend">The provisioner.</param>
/// <param name="Name">The environment.</param>
/// <param name="Prompt">The format of the prompt, checked.</param>
public sealed record EnvrcContent(string Backend, EnvironmentName Name, string Prompt);

/// <summary>
/// The block of <c>.envrc</c>, which direnv runs. It holds only statements of a short list, names everything relative to <c>$PWD</c>, so that the project
/// may be moved, and never sources anything.
/// </summary>
public static class EnvrcFile
{
    /// <summary>The file's name.</summary>
    public const string Name = ".envrc";

    private const string Dotenv = "dotenv_if_exists";
    private static readonly ImmutableArray<string> Variables = ["VIRTUAL_ENV", "CONDA_PREFIX", "SLIPWAY_PROMPT"];

    /// <summary>The content that the file should have.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="file">What it holds; null when it is not there.</param>
    /// <param name="content">What it should say.</param>
    public static Result<byte[]> Compose(string path, byte[]? file, EnvrcContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return Compose(path, file, StatementsOf(content));
    }

    /// <summary>The content with certain statements in the block; one that is not allowed there refuses the whole.</summary>
    internal static Result<byte[]> Compose(string path, byte[]? file, ImmutableArray<string> statements) =>
        statements.FirstOrDefault(static statement => !IsAllowed(statement)) is { } refused
            ? new Failure(ProjectFailures.StatementRefused, $"{path}: {Shown.Quote(refused)} may not stand in a file that a shell runs.")
            : ManagedBlock.Find(path, file).Map(block => block.With(statements));

    /// <summary>Whether a statement may stand in the block.</summary>
    internal static bool IsAllowed(string statement) =>
        statement.Length == 0
        || statement is Dotenv
        || (statement[0] == '#' && !statement.Any(char.IsControl))
        || (Quoted(statement, "PATH_add ") is { } added && IsRelative(added))
        || (Quoted(statement, "watch_file ") is { } watched && IsRelative(watched))
        || Variables.Any(name => Quoted(statement, $"export {name}=") is { } value && IsValue(value));

    private static ImmutableArray<string> StatementsOf(EnvrcContent content)
    {
        // An interpreter that is used as it stands has no tree of its own to activate.
        string[] activation = content.Backend is BackendDetector.Installed ? []
            : ["PATH_add \".venv/bin\"", $"export {(content.Backend is BackendDetector.Micromamba ? "CONDA_PREFIX" : "VIRTUAL_ENV")}=\"$PWD/.venv\""];
        var prompt = PromptFormat.Render(content.Prompt, content.Backend, content.Name);
        return
        [
            $"watch_file \"{EnvironmentSelection.ActiveFile}\"",
            .. activation,
            .. prompt.Length == 0 ? (string[])[] : [$"export SLIPWAY_PROMPT=\"{prompt}\""],
            Dotenv,
        ];
    }

    private static string? Quoted(string statement, string before) =>
        statement.Length >= before.Length + 2 && statement.StartsWith(before + '"', StringComparison.Ordinal) && statement.EndsWith('"')
            ? statement[(before.Length + 1)..^1] : null;

    private static bool IsValue(string text) => text.StartsWith("$PWD/", StringComparison.Ordinal) ? IsRelative(text["$PWD/".Length..]) : IsPlain(text);

    private static bool IsRelative(string path) => path.Length > 0 && IsPlain(path) && path[0] is not ('/' or '~' or '-') && !path.Split('/').Contains("..");

    // Within double quotes.
    private static bool IsPlain(string text) => !text.Any(static c => char.IsControl(c) || c is '"' or '$' or '`' or '\\' or '!');
}
