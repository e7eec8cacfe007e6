using Slipway.Core.Failures;

namespace Slipway.Cli;

/// <summary>The coded failures of the command line itself.</summary>
internal static class CliFailures
{
    /// <summary>The command line is wrong.</summary>
    public static readonly FailureCode Usage = new(
        "CLI0101", ExitCode.Usage, "The command line is wrong.", "`slipway -h` shows the commands.");

    /// <summary>The command passes the workload's output through and cannot print JSON.</summary>
    public static readonly FailureCode NoJson = new(
        "CLI0102", ExitCode.Usage, "This command cannot print JSON.", "Standard output belongs to the workload; `slipway plan --json` describes the run.");

    /// <summary>A person's answer is needed and nobody can be asked.</summary>
    public static readonly FailureCode NeedsAnswer = new(
        "CLI0103", ExitCode.Usage, "A question cannot be asked here.", "Give the answer as an option.");

    /// <summary>Cancelled by the user.</summary>
    public static readonly FailureCode Cancelled = new(
        "CLI0104", ExitCode.Cancelled, "Cancelled.", "Nothing half-made was left behind; the same command starts again.");

    /// <summary>A defect.</summary>
    public static readonly FailureCode Defect = new(
        "CLI0105", ExitCode.Defect, "Slipway failed unexpectedly: this is a defect of Slipway.", "Report it with the text above.");

    /// <summary>A person said no.</summary>
    public static readonly FailureCode Declined = new(
        "CLI0106", ExitCode.Cancelled, "A question was answered with no.", "Nothing was changed; the same command asks again.");

    /// <summary>A document that a command reads is not there.</summary>
    public static readonly FailureCode DocumentMissing = new(
        "CLI0107", ExitCode.NotFound, "A document is not there.", "Name a file, or '-' for standard input.");

    /// <summary>A person is needed, at a terminal of their own.</summary>
    public static readonly FailureCode NeedsPerson = new(
        "CLI0108", ExitCode.WaitsForPerson, "This needs a person at a terminal.", "Run the same command in a terminal of your own.");
}
