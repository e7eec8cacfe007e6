using System.Globalization;
using System.Text.Json;
using Slipway.Machines.Processes;

namespace Slipway.Runs.Jobs;

/// <summary>
/// A run that is attached to whoever started it, and still leaves a record on the machine that runs it: the same directory as a job, without logs.
/// The record is kept by what runs the command there, in the same call.
/// </summary>
/// <param name="id">Its id.</param>
/// <param name="version">The version of Slipway.</param>
/// <param name="time">The clock.</param>
public sealed class AttachedRun(RunId id, string version, TimeProvider time)
{
    private const string RunIdVariable = "SLIPWAY_RUN_ID";

    /// <summary>Its id.</summary>
    public RunId Id => id;

    /// <summary>The command, which knows its run and leaves a record of it.</summary>
    /// <param name="spec">What is recorded.</param>
    /// <param name="command">What is started for it.</param>
    /// <param name="runs">The directory of all runs on the machine.</param>
    /// <param name="host">The machine, as the user knows it.</param>
    public ProcessCommand Record(JobSpec spec, ProcessCommand command, string runs, string host)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(command);
        var now = time.GetUtcNow();
        var record = JobRecord.Of(spec, id, host, now, version) with { Output = JobRecord.OutputOfCaller };

        // Whoever waits for a command that has our own terminal passes signals on to it, so it would not understand one as meant for itself.
        var told = command.IsAttached ? "command" : "owner";
        return command with
        {
            Environment = command.Environment with { Set = command.Environment.Set.SetItem(RunIdVariable, id.ToString()) },
            Journal = new CommandJournal(
                JobScripts.Attached,
                [runs, id.ToString(), record.Name, now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), JsonSerializer.Serialize(record, JobJson.Default.JobRecord), told]),
        };
    }
}
