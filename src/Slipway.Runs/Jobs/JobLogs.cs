using System.Globalization;
using Slipway.Core.Failures;
using Slipway.Environments;

namespace Slipway.Runs.Jobs;

/// <summary>What of a job's logs is asked for.</summary>
/// <param name="Job">Its id or name.</param>
public sealed record JobLogRequest(string Job)
{
    /// <summary>Whether standard error is asked for, in place of standard output.</summary>
    public bool Errors { get; init; }

    /// <summary>How many of the last lines to begin with; null for all.</summary>
    public int? Tail { get; init; }

    /// <summary>Whether what comes is waited for, until the job is over.</summary>
    public bool Follow { get; init; }
}

/// <summary>Reads the logs of a machine's jobs.</summary>
/// <param name="host">The machine and its store.</param>
/// <param name="time">The clock.</param>
public sealed class JobLogs(BuildHost host, TimeProvider time)
{
    private const int Truncated = 3;
    private const int NoSuchRun = 4;
    private const int NoLogs = 5;
    private const int WordsKept = 64 * 1024;

    /// <summary>
    /// Hands a log on, over one call to the machine. A lost connection is made again, and the log goes on at the byte it had come to. All that
    /// was written is handed on before this ends.
    /// </summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="sink">Receives it.</param>
    /// <param name="cancellationToken">Ends the reading; the job goes on.</param>
    public async Task<Result<Unit>> FollowAsync(JobLogRequest request, IJobLogSink sink, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!JobBook.IsWord(request.Job))
        {
            return JobScripts.Missing(host, request.Job);
        }

        using var text = new LogText(sink, time);
        var reconnection = new Reconnection(time);
        while (true)
        {
            var ended = await reconnection.RunAsync(token => OnceAsync(request, text, reconnection, token), sink.Notice, cancellationToken).ConfigureAwait(false);
            if (ended.TryGet(out var isOver, out var failure) && !isOver)
            {
                sink.Notice("The log has become shorter, so it begins again.");
                text.Restart();
                continue;
            }

            text.Complete();
            return failure is null ? Unit.Value : failure;
        }
    }

    // False when the log has become shorter.
    private async Task<Result<bool>> OnceAsync(JobLogRequest request, LogText text, Reconnection reconnection, CancellationToken cancellationToken)
    {
        var from = text.Place is { } place ? $"+{place.ToString(CultureInfo.InvariantCulture)}"
            : request.Tail is { } lines ? $"-{lines.ToString(CultureInfo.InvariantCulture)}"
            : "+0";
        var question = JobScripts.Asking(host, "logs", text.Run?.ToString() ?? request.Job, request.Errors ? "err.log" : "out.log", from, request.Follow ? "follow" : "once") with { CaptureLimit = WordsKept };
        var ran = await host.Machine.RunAsync(question, text, cancellationToken).ConfigureAwait(false);
        text.EndCall();
        if (text.HasArrived)
        {
            reconnection.Heard();
            text.HasArrived = false;
        }

        return ran.Then<bool>(outcome => outcome.Code switch
        {
            0 => true,
            Truncated => false,
            NoSuchRun => JobScripts.Missing(host, request.Job),
            NoLogs => JobScripts.NoLogs(host, request.Job),
            _ => JobScripts.Unreadable(host, outcome),
        });
    }
}
