using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;
using Slipway.Machines.Processes;
using Slipway.Runs.Arguments;
using Slipway.Runs.Reports;

namespace Slipway.Cli.Commands.Run;

/// <summary><c>run --report</c>: whatever becomes of a run is written to a file.</summary>
internal static class ReportedRun
{
    /// <summary>Runs under a report.</summary>
    /// <param name="output">How the command talks.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="run">The run, with its report and an output that tells the report of failures.</param>
    public static async Task<int> ExecuteAsync(Output output, RunArguments arguments, Func<RunReport, Output, Task<int>> run)
    {
        var variables = StartupEnvironment.Read().ToBlock();
        var begun = RunReport.Begin(
            arguments, Directory.GetCurrentDirectory(), name => variables.Find(PosixText.Encode(name)) is { } value ? PosixText.Decode(value) : null, TimeProvider.System);
        if (!begun.TryGet(out var report, out var failure))
        {
            return output.Fail(failure);
        }

        try
        {
            return await run(report, output with { Failed = why => Warn(output, report.Fail(why)) }).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Warn(output, report.Fail(new Failure(CliFailures.Cancelled, "Cancelled.")));
            throw;
        }
        catch (Exception defect)
        {
            Warn(output, report.Fail(new Failure(CliFailures.Defect, $"{defect.GetType().Name}: {defect.Message}")));
            throw;
        }
    }

    /// <summary>The workload has ended; this process ends as it did.</summary>
    public static int End(Output output, RunReport report, ProcessOutcome outcome)
    {
        Warn(output, report.End(outcome));
        output.People.Flush();
        if (outcome.End is ProcessEnd.Signalled)
        {
            SignalEnd.By(outcome.Code);
        }

        return outcome.ShellCode;
    }

    /// <summary>A report that can no longer be written changes nothing about the run.</summary>
    public static void Warn(Output output, Result<Unit>? written)
    {
        if (written is { IsOk: false } failed)
        {
            output.Say($"slipway: warning {failed.Failure.Code}: {failed.Failure.Message}");
        }
    }
}
