using Slipway.Core.Contracts;

namespace Slipway.Environments.Bindings;

/// <summary>The commands by which a person answers what dependencies need.</summary>
public static class DependencyCommands
{
    private const string ThisMachine = "local";

    /// <summary>The command that would answer; <c>PATH</c> or <c>URL</c> stands for the answer.</summary>
    /// <param name="file">The requirements, a document.</param>
    /// <param name="host">The machine that installs.</param>
    /// <param name="needed">What is needed.</param>
    public static string Override(string file, string host, NeededInput needed)
    {
        ArgumentNullException.ThrowIfNull(needed);
        var field = OverrideField.All.First(field => string.Equals(field.Name, needed.Field, StringComparison.Ordinal));
        var value = field == OverrideField.Python || field == OverrideField.WheelSourcePath ? "PATH" : "URL";
        return $"slipway deps override set {Quote(file)} --binding {Quote(needed.BindingId)}{(needed.Requirement is { } name ? $" --requirement {Quote(name)}" : string.Empty)} {field.Option} {value}{On(host)}";
    }

    /// <summary>The command that installs what is missing.</summary>
    /// <param name="file">The requirements, a document.</param>
    /// <param name="host">The machine that installs.</param>
    public static string Install(string file, string host) => $"slipway deps install {Quote(file)}{On(host)}";

    private static string On(string host) => string.Equals(host, ThisMachine, StringComparison.Ordinal) ? string.Empty : $" --on {Quote(host)}";

    private static string Quote(string word) => word.Length > 0 && word.All(static c => char.IsAsciiLetterOrDigit(c) || "-_./:=@+,".Contains(c, StringComparison.Ordinal))
        ? word
        : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
