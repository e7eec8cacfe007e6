using System.Text.RegularExpressions;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Environments.Provisioners.Pip;

namespace Slipway.Environments.Provisioners.Uv;

/// <summary>
/// Names uv's failures, from its own words and from the notes of <c>uv_driver.py</c>, with the codes that pip's failures have. Read from the
/// source of uv 0.12, and seen with uv 0.11.15. The order of the rules matters: a failing index also leaves uv without a solution.
/// </summary>
internal static partial class UvDiagnosis
{
    private const int MaxLines = 8;

    // uv proves step by step; the last step is the one that names what was asked for.
    private const int MaxReason = 1200;

    private static readonly Func<PipWords, PipDiagnosis.Finding?>[] Rules =
        [PipDiagnosis.FullDisk, PipIndexFindings.Sources, Unfit, WrongHash, Repository, OtherPython, OtherPlatform, Build, Index, NoSolution];

    /// <summary>The failure that some output of uv describes.</summary>
    /// <param name="failure">The failure of the step that ran uv.</param>
    /// <param name="output">Everything that was written.</param>
    public static Failure Name(Failure failure, string output)
    {
        var words = new PipWords(UrlMask.Apply(output));
        var told = Told(words);
        var named = PipDiagnosis.Name(failure, words, Rules)
            ?? (told.Count > 0 ? failure with { Message = $"{failure.Message.TrimEnd('.')}: {PipWords.Ended(PipWords.Clip(Sentence(told[^1])))}" } : failure);
        return named with { Detail = told.Count > 0 ? string.Join('\n', told.TakeLast(MaxLines)) : null };
    }

    private static PipDiagnosis.Finding? Unfit(PipWords words) => words.Notes("unfit").FirstOrDefault() is { } what
        ? new PipDiagnosis.Finding(EnvironmentFailures.WrongPlatform, $"no file of {what} fits this platform and Python")
        : null;

    private static PipDiagnosis.Finding? WrongHash(PipWords words) => HashMismatch().Match(words.Text) is { Success: true } match
        ? new PipDiagnosis.Finding(
            EnvironmentFailures.HashMismatch,
            $"{match.Groups["what"].Value} has the SHA-256 {match.Groups["got"].Value}, and {match.Groups["expected"].Value} is expected")
        : null;

    private static PipDiagnosis.Finding? Repository(PipWords words)
    {
        if (!words.Has("Git operation failed") && !words.Has("failed to clone into") && !words.Has("failed to fetch into"))
        {
            return null;
        }

        var said = words.Lines.Select(line => line.Trim(' ', '│')).LastOrDefault(line => line.StartsWith("fatal: ", StringComparison.Ordinal)) ?? Reason(words);
        return new PipDiagnosis.Finding(EnvironmentFailures.RepositoryUnavailable, $"git says: {PipWords.Clip(said.TrimEnd('.'))}");
    }

    private static PipDiagnosis.Finding? OtherPython(PipWords words) => Python().Match(Joined(words)) is { Success: true } match
        ? new PipDiagnosis.Finding(EnvironmentFailures.Unsatisfiable, $"this is Python {match.Groups[1].Value}, and {match.Groups[2].Value} is needed", PipDiagnosis.PythonHint)
        : null;

    private static PipDiagnosis.Finding? OtherPlatform(PipWords words) => Platform().Match(Joined(words)) is { Success: true } match
        ? new PipDiagnosis.Finding(EnvironmentFailures.WrongPlatform, $"no file of {match.Groups[1].Value} fits this platform and Python")
        : null;

    private static PipDiagnosis.Finding? Build(PipWords words)
    {
        var match = Building().Match(words.Text);
        if (!match.Success)
        {
            return null;
        }

        var compiler = words.Lines.Select(line => line.Trim()).FirstOrDefault(line => Compiler().IsMatch(line));
        var reason = compiler ?? Told(words).Select(Sentence).LastOrDefault(line => line.Length > 0 && !line.StartsWith("hint:", StringComparison.Ordinal)) ?? "its build failed";
        return new PipDiagnosis.Finding(
            EnvironmentFailures.BuildFailed, $"{match.Groups[1].Value} does not build: {PipWords.Clip(reason.TrimEnd('.'))}", compiler is null ? null : PipDiagnosis.CompilerHint);
    }

    private static PipDiagnosis.Finding? Index(PipWords words) => Fetching().Match(words.Text) is { Success: true } match
        ? new PipDiagnosis.Finding(
            Status().Match(words.Text) is { Success: true } ? EnvironmentFailures.IndexUnauthorized : EnvironmentFailures.IndexUnavailable,
            $"{match.Groups[1].Value} cannot be read: {PipWords.Clip(Sentence(Told(words).LastOrDefault() ?? string.Empty))}")
        : null;

    private static PipDiagnosis.Finding? NoSolution(PipWords words)
    {
        var text = Joined(words);
        if (!text.Contains("No solution found", StringComparison.Ordinal))
        {
            return null;
        }

        var because = text.IndexOf("Because ", StringComparison.Ordinal);
        var reason = because < 0 ? Reason(words) : text[because..].Split("hint:")[0].Trim().TrimEnd('.');
        return new PipDiagnosis.Finding(Absent().IsMatch(reason) ? EnvironmentFailures.Unsatisfiable : EnvironmentFailures.Conflict, PipWords.ClipTo(reason, MaxReason));
    }

    // uv draws its reasons as a tree.
    private static string Sentence(string line) => line.Trim(' ', '×', '╰', '├', '─', '▶', '│').TrimEnd('.');

    private static string Reason(PipWords words) => Told(words).Select(Sentence).LastOrDefault(line => line.Length > 0) ?? "no solution was found";

    private static string Joined(PipWords words) => Blanks().Replace(string.Join(' ', words.Lines.Select(line => line.Trim(' ', '×', '╰', '├', '─', '▶', '│'))), " ");

    // What uv says from its first error on, without what we note ourselves.
    private static List<string> Told(PipWords words) =>
    [
        .. words.Lines
            .SkipWhile(line => !line.StartsWith("error", StringComparison.Ordinal) && !line.TrimStart().StartsWith('×'))
            .Where(line => line.Trim().Length > 0 && !line.StartsWith("slipway-note: ", StringComparison.Ordinal) && !line.StartsWith("== ", StringComparison.Ordinal))
            .Select(line => PipWords.Clip(line.TrimEnd())),
    ];

    [GeneratedRegex(@"Hash mismatch for `(?<what>[^`]+)`\s+Expected:\s+sha256:(?<expected>[0-9a-f]+)\s+Computed:\s+sha256:(?<got>[0-9a-f]+)", RegexOptions.CultureInvariant)]
    private static partial Regex HashMismatch();

    [GeneratedRegex(@"[Tt]he current Python version \(([^)]+)\) does not satisfy (Python\S+)", RegexOptions.CultureInvariant)]
    private static partial Regex Python();

    [GeneratedRegex(@"(\S+) has no wheels with a matching ", RegexOptions.CultureInvariant)]
    private static partial Regex Platform();

    [GeneratedRegex(@"Failed to (?:download and )?build `([^`@ ]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Building();

    [GeneratedRegex(@":\d+(?::\d+)?: (?:fatal error|error): |error: command '[^']+' failed: No such file|error\[E\d+\]: ", RegexOptions.CultureInvariant)]
    private static partial Regex Compiler();

    [GeneratedRegex(@"Failed to (?:fetch|download)(?::| distribution from)? `([^`]+)`", RegexOptions.CultureInvariant)]
    private static partial Regex Fetching();

    [GeneratedRegex(@"status (?:client )?error \((?:401|403|407)", RegexOptions.CultureInvariant)]
    private static partial Regex Status();

    // "only a==1 is available" alone is a premise of many conflicts; it is the reason itself where it meets a demand on the same package.
    [GeneratedRegex(@"was not found in|there (?:is|are) no versions? of|[Oo]nly (?:the following versions of )?(?<name>[\w.-]+)\S* (?:is|are) available(?:: (?:\S+ )+?| )and (?:you require|\S+ depends on) \k<name>[<>=!~]", RegexOptions.CultureInvariant)]
    private static partial Regex Absent();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Blanks();
}
