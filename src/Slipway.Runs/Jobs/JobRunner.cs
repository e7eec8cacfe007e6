using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines;
using Slipway.Machines.Posix;
using Slipway.Machines.Processes;
using Slipway.Machines.Ssh.Remote;
using Slipway.Runs.Services;

namespace Slipway.Runs.Jobs;

/// <summary>Starts jobs on a machine: they go on whatever becomes of whoever started them.</summary>
/// <param name="host">The machine and its store.</param>
/// <param name="time">The clock.</param>
/// <param name="version">The version of Slipway, for the record.</param>
public sealed class JobRunner(BuildHost host, TimeProvider time, string version)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    /// <summary>Starts a job in the background, and returns once its supervisor is known to be there and to hold the lease of its environment.</summary>
    /// <param name="spec">The job.</param>
    /// <param name="cancellationToken">Ends the wait; a job that was started by then goes on.</param>
    public async Task<Result<JobInfo>> StartAsync(JobSpec spec, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (!CommandScript.Render(spec.Command, "printf '%s\\n' \"$*\" >\"$sw_run/unstarted\"").TryGet(out var script, out var failure))
        {
            return failure;
        }

        var now = time.GetUtcNow();
        var id = RunId.New(now);
        var record = JobRecord.Of(spec, id, host.Machine.Name, now, version);
        var command = JobScripts.Starting(host, id, (record.Name, now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)), Arguments(spec)) with
        {
            StandardInput = Input(record, spec.Before ?? string.Empty, script),
            Timeout = StartLimit,
        };
        var ran = await host.Machine.RunAsync(command, output: null, cancellationToken).ConfigureAwait(false);
        if (!ran.TryGet(out var outcome, out failure) && failure.Code == MachinesFailures.ConnectionLost)
        {
            // Whether it was started is not known: the same id starts it once at most, and is confirmed otherwise.
            ran = await host.Machine.RunAsync(command, output: null, cancellationToken).ConfigureAwait(false);
        }

        return ran.Then(end => Conclude(spec, end, new JobInfo(id, record, SupervisorState.Alive, Exit: null)));
    }

    private Result<JobInfo> Conclude(JobSpec spec, ProcessOutcome outcome, JobInfo started)
    {
        var answer = outcome.OutputText.Trim();
        const string Refused = "refused ";
        return !outcome.Succeeded ? JobScripts.Unreadable(host, outcome)
            : answer is "started" ? started
            : answer.StartsWith(Refused, StringComparison.Ordinal) ? Refusal(spec, answer[Refused.Length..])
            : JobScripts.Unreadable(host, outcome);
    }

    private Failure Refusal(JobSpec spec, string word)
    {
        var machine = host.Machine.Name;
        return word switch
        {
            "port" => new Failure(ServiceFailures.PortTaken, $"Something listens on port {spec.Service!.Port} of {machine} already."),
            "gone" or "collected" => new Failure(JobFailures.EnvironmentGone, $"The environment {spec.Environment!.Slot} was collected before {spec.Name} could take it."),
            "curl" => Lacking("neither curl nor wget, one of which asks the probe", "curl"),
            "tmux" => Lacking("no tmux, which keeps the terminal of a job", "tmux"),
            "flock" or "setsid" => Lacking($"no {word}", word is "flock" ? "flock (of util-linux)" : "setsid (of util-linux)"),
            "lease" => NotStarted($"the lease {spec.Environment!.Lease} cannot be written", "Look at who owns the store there."),
            "disk" => NotStarted($"nothing can be written below {host.Layout.Runs}", "Make room on the disk there, or look at who owns the store."),
            _ => NotStarted("its supervisor did not answer within 5 seconds", "It will not start later; try again when the machine is less busy."),
        };

        Failure Lacking(string what, string tool) => NotStarted($"{machine} has {what}", $"Install {tool} there.");

        Failure NotStarted(string why, string hint) => new(JobFailures.NotStarted, $"The job {spec.Name} was not started on {machine}: {why}.") { Hint = hint };
    }

    private static ImmutableArray<string> Arguments(JobSpec spec) =>
    [
        Number(JobLimits.Seconds(spec.MaxDuration)),
        Number(spec.MaxLogBytes ?? 0),
        Number(JobLimits.Seconds(spec.Grace)),
        spec.Environment?.Lease ?? string.Empty,
        spec.Environment?.Meta ?? string.Empty,
        Number(spec.Service?.Port ?? 0),
        spec.Service?.Probe.Kind.ToString().ToLowerInvariant() ?? "none",
        spec.Service?.Probe.Text ?? string.Empty,
        Number(JobLimits.Seconds(spec.Service?.ReadyTimeout)),
        spec.HasTerminal ? "1" : "0",
    ];

    private static byte[] Input(JobRecord record, string before, string script)
    {
        var fragment = PosixText.Encode(before);
        return
        [
            .. JsonSerializer.SerializeToUtf8Bytes(record, JobJson.Default.JobRecord),
            .. Encoding.ASCII.GetBytes($"\n{Number(fragment.Length)}\n"),
            .. fragment,
            .. PosixText.Encode(script),
        ];
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
