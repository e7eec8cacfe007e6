namespace Slipway.SkyPilotApi.Clusters;

/// <summary>Takes a job through its states: one job of a cluster at a time, in their order.</summary>
internal sealed class JobDriver(SkyPilotServerOptions options, Action<Job, string> changed)
{
    internal async Task RunAsync(Job job, Task before)
    {
        try
        {
            changed(job, "PENDING");
            await before.WaitAsync(job.Stop.Token);
            changed(job, await WorkAsync(job));
        }
        catch (OperationCanceledException)
        {
            changed(job, "CANCELLED");
        }
        catch (IOException)
        {
            // The cluster's directory has gone from under it.
            changed(job, "FAILED_DRIVER");
        }
        finally
        {
            job.Log.Complete();
        }
    }

    private async Task<string> WorkAsync(Job job)
    {
        using var log = new JobLog(job);
        var process = new JobProcess(job, options, log, leader => job.ProcessId = leader);
        if (job.IsToHang || job.Task.Setup is not null)
        {
            changed(job, "SETTING_UP");
            if (job.IsToHang)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, job.Stop.Token);
            }

            if (await process.RunAsync("setup", job.Task.Setup!) is not 0)
            {
                log.Note($"\u001b[31mERROR: Job {job.Id}'s setup failed.\u001b[0m\n");
                return job.Stop.IsCancellationRequested ? "CANCELLED" : "FAILED_SETUP";
            }
        }

        changed(job, "RUNNING");
        var code = await process.RunAsync("job", job.Task.Run);
        if (code is > 0)
        {
            log.Note($"\u001b[31mERROR: Job {job.Id} failed with return code list: [{code}]\u001b[0m\n");
        }

        return code switch
        {
            null => "CANCELLED",
            0 => "SUCCEEDED",
            _ => "FAILED",
        };
    }
}
