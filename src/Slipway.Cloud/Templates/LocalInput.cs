using System.Text.RegularExpressions;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Cloud.Templates;

/// <summary>Names of the hub, and paths that go along: below the working directory, links followed.</summary>
internal static partial class LocalInput
{
    /// <summary>A name of the hub as it is, and a path as <c>./path</c>.</summary>
    /// <param name="key">The parameter.</param>
    /// <param name="text">What it was given.</param>
    /// <param name="workingDirectory">Absolute.</param>
    /// <returns>The name or path; a failure when it is neither.</returns>
    public static Result<string> HubOrPath(string key, string text, string workingDirectory)
    {
        if (!IsPath(text) && HubName().IsMatch(text))
        {
            return text;
        }

        return IsPath(text)
            ? Below(key, text, workingDirectory).Map(static path => "./" + path)
            : new Failure(CloudFailures.TemplateParameter, $"{key} is {Shown.Quote(text)}, which is no owner/name of the hub; a path begins with ./");
    }

    /// <summary>Whether it goes along.</summary>
    public static bool IsCarried(string settled) => settled.StartsWith("./", StringComparison.Ordinal);

    /// <summary>A path relative to the working directory, which it must be below; links count for what they lead to.</summary>
    public static Result<string> Below(string key, string text, string workingDirectory)
    {
        if (text.Length == 0 || text.Contains('\0', StringComparison.Ordinal))
        {
            return new Failure(CloudFailures.TemplateParameter, $"{key} is {Shown.Quote(text)}, and takes a path.");
        }

        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(text, workingDirectory));
        if (!(File.Exists(path) || Directory.Exists(path)))
        {
            return new Failure(CloudFailures.TemplateParameter, $"{key}: there is no {Shown.Quote(text)} below {Shown.Quote(workingDirectory)}.");
        }

        var (root, real) = (Real(workingDirectory), Real(path));
        var relative = Path.GetRelativePath(Path.GetFullPath(workingDirectory), path);
        return (real == root || real.StartsWith(root.TrimEnd('/') + "/", StringComparison.Ordinal)) && !relative.StartsWith("..", StringComparison.Ordinal)
            ? relative
            : new Failure(CloudFailures.TemplateParameter, $"{key} is {Shown.Quote(text)}, which is not below {Shown.Quote(workingDirectory)}: nothing else goes along.");
    }

    private static bool IsPath(string text) => text is "." or ".." || text.StartsWith("./", StringComparison.Ordinal) || text.StartsWith("../", StringComparison.Ordinal) || text.StartsWith('/')
        || text.EndsWith(".jsonl", StringComparison.Ordinal);

    // The path without any link on its way.
    private static string Real(string path)
    {
        var made = "/";
        foreach (var part in Path.GetFullPath(path).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            made = Path.Combine(made, part);
            FileSystemInfo info = Directory.Exists(made) ? new DirectoryInfo(made) : new FileInfo(made);
            made = info.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? made;
        }

        return made;
    }

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}/[A-Za-z0-9_.-]{1,96}\z", RegexOptions.CultureInvariant)]
    private static partial Regex HubName();
}
