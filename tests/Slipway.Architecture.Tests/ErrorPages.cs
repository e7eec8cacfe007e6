using System.Text;
using Slipway.Core.Failures;

namespace Slipway.Architecture.Tests;

/// <summary>Renders the pages below docs/errors from the codes. What a person wrote below the mark stays.</summary>
internal static class ErrorPages
{
    /// <summary>Below this line a page belongs to people.</summary>
    public const string Mark = "<!-- Written by hand from here on. -->";

    /// <summary>The folder.</summary>
    public static string Folder => Path.Combine(SourceTree.Root, "docs", "errors");

    /// <summary>The path of a code's page.</summary>
    public static string PathOf(FailureCode code) => Path.Combine(Folder, $"{code.Id}.md");

    /// <summary>The generated part of a code's page.</summary>
    public static string Render(string room, FailureCode code) =>
        $"""
        # {code.Id}

        {code.Summary}

        | | |
        | --- | --- |
        | exit code | {(int)code.Exit}: {Meaning(code.Exit)} |
        | comes from | {room} |

        ## What to do

        {code.Remedy}

        {Mark}

        """;

    /// <summary>The page that lists all.</summary>
    public static string RenderIndex(IReadOnlyList<(string Room, IReadOnlyList<FailureCode> Codes)> rooms)
    {
        var text = new StringBuilder(
            """
            # Failure codes

            Every failure that Slipway expects has a code. It stands in the message (`slipway: error STO0103: ...`) and, with `--json`, in the field `code` of
            the document `slipway.error/1`. A code never changes its meaning and is never used again. The message of a failure is more exact than the page of its
            code: it names the file, the package or the process.

            ## Exit codes

            A workload's own exit code passes through. Those of Slipway itself:

            | code | meaning |
            | --- | --- |

            """);
        foreach (var exit in Enum.GetValues<ExitCode>().Order())
        {
            text.Append($"| {(int)exit} | {Meaning(exit)} |\n");
        }

        foreach (var (room, codes) in rooms)
        {
            text.Append($"\n## {room}\n\n| code | exit | what happened |\n| --- | --- | --- |\n");
            foreach (var code in codes.OrderBy(code => code.Id, StringComparer.Ordinal))
            {
                text.Append($"| [{code.Id}]({code.Id}.md) | {(int)code.Exit} | {code.Summary} |\n");
            }
        }

        return text.ToString();
    }

    private static string Meaning(ExitCode exit) => exit switch
    {
        ExitCode.Done => "done",
        ExitCode.ChecksFailed => "a check found something wrong",
        ExitCode.Usage => "the command line is wrong",
        ExitCode.BadData => "a file, a requirement or a record is malformed or cannot be satisfied",
        ExitCode.NotFound => "a named thing does not exist",
        ExitCode.Unavailable => "a host, a tool or a service is unavailable",
        ExitCode.Defect => "a defect of Slipway",
        ExitCode.StoreNotWritable => "the store cannot be written",
        ExitCode.Busy => "busy; trying again later is right",
        ExitCode.Refused => "refused by policy",
        ExitCode.Configuration => "the configuration or the machine's set-up is unusable",
        ExitCode.WaitsForPerson => "waits for a person's answer",
        ExitCode.NotExecutable => "the workload was found and cannot be executed",
        ExitCode.CommandNotFound => "the command was not found",
        ExitCode.Cancelled => "cancelled by the user",
        _ => throw new ArgumentOutOfRangeException(nameof(exit), exit, "Give this exit code a meaning here."),
    };
}
