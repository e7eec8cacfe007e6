using Slipway.Cli.Terminal;
using Slipway.Runs.Hosts;
using Slipway.Runs.Jobs;

namespace Slipway.Cli.Commands.Jobs;

/// <summary>Says that a job runs in the background, and how it is looked after.</summary>
internal static class JobStarted
{
    public static int Tell(Output output, JobInfo job, string on)
    {
        if (output.IsJson)
        {
            output.Json(JobDocument.From(job, on), JobDocuments.Default.JobDocument);
            return 0;
        }

        var there = string.Equals(on, HostName.Local, StringComparison.Ordinal) ? string.Empty : $" --on {on}";
        output.Data.WriteLine(job.Id.ToString());
        output.Say($"slipway: {job.Record.Name} runs in the background; `slipway job logs -f{there} {job.Id}` follows it, `slipway job cancel{there} {job.Id}` ends it.");
        return 0;
    }
}
