using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines.Posix;
using Slipway.Machines.Processes;
using Slipway.Machines.Ssh.Remote;

namespace Slipway.Runs.Jobs;

/// <summary>The shell scripts of jobs, and the answers of the one that is asked about them: one call to the machine each.</summary>
internal static class JobScripts
{
    private const int LinesOfBadAnswer = 5;

    private static readonly string Start = HostScripts.Read("start.sh");
    private static readonly string Files = HostScripts.Read("record.sh");
    private static readonly string Supervise = Files + HostScripts.Read("supervise.sh");
    private static readonly string Jobs = HostScripts.Read("jobs.sh");

    /// <summary>What keeps the record of an attached run.</summary>
    public static string Attached { get; } = Files + HostScripts.Read("attached.sh");

    /// <summary>The command that starts a run.</summary>
    /// <param name="host">Where.</param>
    /// <param name="id">The run.</param>
    /// <param name="name">Its name and time, as its directory keeps them.</param>
    /// <param name="supervisor">What the supervisor is given after its directory.</param>
    public static ProcessCommand Starting(BuildHost host, RunId id, (string Name, string Milliseconds) name, ImmutableArray<string> supervisor) =>
        ProcessCommand.Create("sh", ["-c", Start, "sh", host.Layout.Runs, id.ToString(), name.Name, name.Milliseconds, Supervise, .. supervisor]);

    /// <summary>The command that asks.</summary>
    public static ProcessCommand Asking(BuildHost host, params ReadOnlySpan<string> question) =>
        ProcessCommand.Create("sh", ["-c", Jobs, "sh", host.Layout.Runs, .. question]);

    /// <summary>What <see cref="Joining"/> ends with when the terminal is still there.</summary>
    public const int Left = 3;

    /// <summary>The command that joins this terminal with the one of a run.</summary>
    public static ProcessCommand Joining(BuildHost host, RunId id) =>
        ProcessCommand.Create("sh", "-c", $"cd -- \"$1\" || exit 1; tmux -S tty attach-session -t job; ! tmux -S tty has-session -t job 2>/dev/null || exit {Left}", "sh", $"{host.Layout.Runs}/{id}") with { IsAttached = true };

    /// <summary>Asks, and reads what is told about runs.</summary>
    public static async Task<Result<JobAnswer>> AskAsync(BuildHost host, ProcessCommand question, CancellationToken cancellationToken)
    {
        var ran = await host.Machine.RunAsync(question, output: null, cancellationToken).ConfigureAwait(false);
        return ran.Then(outcome => outcome.Succeeded ? ReadAnswer(host, PosixText.Decode(outcome.StandardOutput.Span)) : Unreadable(host, outcome));
    }

    /// <summary>The failure of an answer that is none.</summary>
    public static Failure Unreadable(BuildHost host, ProcessOutcome outcome) =>
        new(JobFailures.AnswerUnreadable, $"{host.Machine.Name} did not answer about its jobs ({outcome.Describe()}).") { Detail = outcome.ErrorText.Trim() };

    /// <summary>The failure where no run has a name or an id.</summary>
    public static Failure Missing(BuildHost host, string word) =>
        new(JobFailures.NotFound, $"There is no job '{word.ReplaceLineEndings(" ")}' on {host.Machine.Name}.");

    /// <summary>The failure where a run has no logs.</summary>
    public static Failure NoLogs(BuildHost host, string word) =>
        new(JobFailures.NoLogs, $"The run '{word}' on {host.Machine.Name} is attached to who started it: its output went to that terminal, and is in no log.");

    private static Result<JobAnswer> ReadAnswer(BuildHost host, string text)
    {
        var answer = new JobAnswer();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var (word, rest) = line.IndexOf(' ', StringComparison.Ordinal) is > 0 and var space ? (line[..space], line[(space + 1)..]) : (line, string.Empty);
            if (!answer.Take(word, rest))
            {
                return new Failure(JobFailures.AnswerUnreadable, $"{host.Machine.Name} said something about its jobs that is not understood.")
                {
                    Detail = string.Join('\n', text.Split('\n').Take(LinesOfBadAnswer)),
                };
            }
        }

        return answer;
    }
}

/// <summary>What a machine told about runs.</summary>
internal sealed class JobAnswer
{
    private readonly List<JobInfo> _jobs = [];
    private (RunId Id, SupervisorState State)? _run;
    private bool _known;

    /// <summary>The runs.</summary>
    public ImmutableArray<JobInfo> Jobs => [.. _jobs];

    /// <summary>Whether what was asked for is not there.</summary>
    public bool IsMissing { get; private set; }

    /// <summary>The last lines of a run's logs.</summary>
    public List<string> Tail { get; } = [];

    /// <summary>Runs that were removed.</summary>
    public List<string> Gone { get; } = [];

    /// <summary>Takes a line; false when it means nothing.</summary>
    public bool Take(string word, string rest)
    {
        switch (word)
        {
            case "run":
                var parts = rest.Split(' ');
                _run = parts.Length == 2 && RunId.Parse(parts[0]) is { } id && Enum.TryParse<SupervisorState>(parts[1], ignoreCase: true, out var state) ? (id, state) : null;
                _known = false;
                return true;
            case "spec":
                // A record that cannot be read, or one of something else in that place, is left out.
                _known = _run is not null && JobJson.Read(rest, JobJson.Default.JobRecord) is { } record && Add(record);
                return true;
            case "missing":
                IsMissing = true;
                return true;
            case "tail":
                Tail.Add(rest);
                return true;
            case "gone":
                Gone.Add(rest);
                return true;
            default:
                return !_known ? word is "exit" or "ready" or "logs" or "left" : Refine(word, rest);
        }
    }

    private bool Add(JobRecord record)
    {
        _jobs.Add(new JobInfo(_run!.Value.Id, record, _run.Value.State, Exit: null));
        return true;
    }

    private bool Refine(string word, string rest)
    {
        var numbers = rest.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        JobInfo? refined = word switch
        {
            "exit" => _jobs[^1] with { Exit = JobJson.Read(rest, JobJson.Default.JobExit) },
            "ready" => _jobs[^1] with { IsReady = true },
            "logs" when numbers.Length == 2 => _jobs[^1] with { LogBytes = (Number(numbers[0]), Number(numbers[1])) },
            "left" => _jobs[^1] with { LeftBehind = [.. numbers.Select(static number => (int)Number(number))] },
            "logs" => _jobs[^1],
            _ => null,
        };
        _jobs[^1] = refined ?? _jobs[^1];
        return refined is not null;
    }

    private static long Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
