using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.Processes;
using Slipway.Runs.Arguments;
using Slipway.Runs.Jobs;

namespace Slipway.Runs.Reports;

/// <summary>
/// The file of <c>run --report</c>: one document, written whole each time a run comes to another stage, so that it tells how far a run came, however that ended.
/// </summary>
public sealed class RunReport
{
    // Shorter ones are in every text.
    private const int ShortestSecret = 4;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path;
    private readonly string[] _secrets;
    private readonly TimeProvider _time;
    private readonly long _began;
    private RunReportDocument _document;
    private long _started;

    private RunReport(string path, RunArguments arguments, string host, Func<string, string?> variable, TimeProvider time)
    {
        _path = path;
        _time = time;
        _began = time.GetTimestamp();
        _secrets = [.. arguments.Values(RunOptions.Secret).Select(variable).OfType<string>().Where(static value => value.Length >= ShortestSecret)];
        var now = time.GetUtcNow();
        Id = RunId.New(now);
        _document = new RunReportDocument
        {
            RunId = Id.ToString(),
            Stage = "prepare",
            Target = arguments.Target is { } target ? Clean(target.Form is TargetForm.Module ? $"-m {target.Text}" : target.Text) : null,
            Arguments = [.. arguments.Tail.Select(Clean)],
            Host = host,
            CreatedAt = now.UtcDateTime,
        };
    }

    /// <summary>The id of the run.</summary>
    public RunId Id { get; }

    /// <summary>Begins the report of a command line with <c>--report</c>.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="workingDirectory">The current directory.</param>
    /// <param name="variable">Reads a variable that Slipway was started with.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The report; a failure when it cannot be written, before anything is done.</returns>
    public static Result<RunReport> Begin(RunArguments arguments, string workingDirectory, Func<string, string?> variable, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var given = arguments.Value(RunOptions.Report)!;
        if (given.Length == 0)
        {
            return new Failure(RunFailures.Usage, $"{RunOptions.Report.Name} needs the name of a file.");
        }

        var path = Path.GetFullPath(given, workingDirectory);
        if (LocalPaths.StatusOf(path) is { Exists: true, Kind: not FileKind.File } || given.EndsWith('/'))
        {
            return new Failure(RunFailures.ReportUnwritable, $"{given} is not a regular file, and a report replaces a file as a whole.");
        }

        var report = new RunReport(path, arguments, arguments.Value(RunOptions.On) ?? "local", variable, time);
        return report.Write().Map(_ => report);
    }

    /// <summary>The workload is about to start.</summary>
    public Result<Unit> Start(RunFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        _started = _time.GetTimestamp();
        _document = _document with
        {
            Stage = "start",
            EnvironmentKey = facts.Environment.Key,
            Slot = facts.Environment.Slot,
            LockDigest = facts.Environment.LockDigest,
            Decision = new ReportedDecision(Name(facts.Decision.Kind.ToString()), Name(facts.Decision.Reason.ToString()), facts.Decision.Sentence),
            WorkspaceSnapshot = facts.WorkspaceSnapshot,
            StartedAt = _time.GetUtcNow().UtcDateTime,
            PrepareSeconds = Seconds(_began, _started),
        };
        return Write();
    }

    /// <summary>The workload has ended.</summary>
    public Result<Unit> End(ProcessOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        var isSignalled = outcome.End is ProcessEnd.Signalled;
        return Conclude(_document with { Stage = isSignalled ? "signalled" : "exited", ExitCode = outcome.ShellCode, Signal = isSignalled ? outcome.Code : null });
    }

    /// <summary>It ends here, without an end of the workload's own.</summary>
    public Result<Unit> Fail(Failure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        var code = (int)failure.Code.Exit;
        return Conclude(_document with
        {
            ExitCode = code,
            Failure = new ReportedFailure(failure.Code.Id, code, Clean(failure.Message), Clean(failure.Remedy), failure.Detail is { } detail ? Clean(detail) : null),
        });
    }

    private Result<Unit> Conclude(RunReportDocument document)
    {
        if (_document.EndedAt is not null)
        {
            return Unit.Value;
        }

        var now = _time.GetTimestamp();
        var hasStarted = document.StartedAt is not null;
        _document = document with
        {
            EndedAt = _time.GetUtcNow().UtcDateTime,
            PrepareSeconds = document.PrepareSeconds ?? Seconds(_began, now),
            RunSeconds = hasStarted ? Seconds(_started, now) : null,
        };
        return Write();
    }

    private Result<Unit> Write()
    {
        var written = LocalFiles.Write(_path, RunReportJson.Write(_document), OwnerOnly);
        return written.TryGet(out _, out var failure) ? written : new Failure(RunFailures.ReportUnwritable, $"The report {_path} cannot be written: {failure.Message}");
    }

    private double Seconds(long from, long to) => Math.Round(_time.GetElapsedTime(from, to).TotalSeconds, 3);

    private string Clean(string text) => _secrets.Aggregate(text, static (kept, secret) => kept.Replace(secret, "***", StringComparison.Ordinal));

    private static string Name(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
