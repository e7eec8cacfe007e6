using Slipway.Core.Failures;

namespace Slipway.Environments.Provisioners.Pip;

/// <summary>Names pip's failures, from its own words.</summary>
internal static class PipDiagnosis
{
    private const int MaxLines = 12;
    private const int MaxLineLength = 400;

    // In this order: a failing index also makes pip say that no version was found.
    private static readonly (string Words, FailureCode Code)[] Signs =
    [
        ("No space left on device", DiskFull),
        ("Disk quota exceeded", DiskFull),
        ("DO NOT MATCH THE HASHES", EnvironmentFailures.HashMismatch),
        ("401 Client Error", EnvironmentFailures.IndexUnauthorized),
        ("401 Error", EnvironmentFailures.IndexUnauthorized),
        ("403 Client Error", EnvironmentFailures.IndexUnauthorized),
        ("Failed to establish a new connection", EnvironmentFailures.IndexUnavailable),
        ("Name or service not known", EnvironmentFailures.IndexUnavailable),
        ("Temporary failure in name resolution", EnvironmentFailures.IndexUnavailable),
        ("Server Error", EnvironmentFailures.IndexUnavailable),
        ("Read timed out", EnvironmentFailures.IndexUnavailable),
        ("Connection aborted", EnvironmentFailures.IndexUnavailable),
        ("IncompleteRead", EnvironmentFailures.IndexUnavailable),
        ("Connection broken", EnvironmentFailures.IndexUnavailable),
        ("CERTIFICATE_VERIFY_FAILED", EnvironmentFailures.IndexUnavailable),
        ("404 Client Error", EnvironmentFailures.IndexUnavailable),
        ("ResolutionImpossible", EnvironmentFailures.Conflict),
        ("conflicting dependencies", EnvironmentFailures.Conflict),
        ("is not a supported wheel on this platform", EnvironmentFailures.WrongPlatform),
        ("subprocess-exited-with-error", EnvironmentFailures.BuildFailed),
        ("metadata-generation-failed", EnvironmentFailures.BuildFailed),
        ("Failed building wheel", EnvironmentFailures.BuildFailed),
        ("Failed to build", EnvironmentFailures.BuildFailed),
        ("requires a different Python", EnvironmentFailures.Unsatisfiable),
        ("No matching distribution found", EnvironmentFailures.Unsatisfiable),
        ("missing: ", EnvironmentFailures.Offline),
    ];

    private static FailureCode DiskFull => Store.StoreFailures.NotWritable;

    /// <summary>The failure that some output of pip describes.</summary>
    /// <param name="failure">The failure of the step that ran pip.</param>
    /// <param name="output">Everything pip wrote.</param>
    public static Failure Name(Failure failure, string output)
    {
        foreach (var (words, code) in Signs)
        {
            if (output.Contains(words, StringComparison.OrdinalIgnoreCase))
            {
                return failure with { Code = code, Message = $"{failure.Message}: {Reason(output, code)}", Detail = Shorten(output) };
            }
        }

        return failure with { Detail = Shorten(output) };
    }

    private static string Reason(string output, FailureCode code)
    {
        var errors = Errors(output).ToList();
        var said = code == EnvironmentFailures.Conflict ? errors.FirstOrDefault() : errors.LastOrDefault();
        return said is null ? code.Summary : Clip(said["ERROR: ".Length..]);
    }

    /// <summary>pip's own words, without the lines that only say that it is busy.</summary>
    private static string Shorten(string output)
    {
        var telling = output.Split('\n')
            .Select(line => line.TrimEnd())
            .Where(line => line.Length > 0 && !line.StartsWith("==", StringComparison.Ordinal) && !line.StartsWith("Progress ", StringComparison.Ordinal))
            .Select(Clip)
            .ToList();
        return string.Join('\n', telling.TakeLast(MaxLines));
    }

    private static IEnumerable<string> Errors(string output) =>
        output.Split('\n').Where(line => line.StartsWith("ERROR: ", StringComparison.Ordinal)).Select(line => line.TrimEnd());

    private static string Clip(string line) => line.Length <= MaxLineLength ? line : line[..MaxLineLength] + "...";
}
