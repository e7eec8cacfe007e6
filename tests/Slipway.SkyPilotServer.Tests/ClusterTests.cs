using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Slipway.SkyPilotApi.Tests.Support;
using Slipway.TestKit;

namespace Slipway.SkyPilotApi.Tests;

public sealed class ClusterTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_job_runs_with_its_files_streams_its_log_and_leaves_its_results()
    {
        await using var server = await StartAsync();
        using var caller = new Caller(server);
        var blob = new string('a', 64);
        await UploadAsync(caller, blob, ("home/ada/p/data.txt", "hello"));
        const string Script = "cat data.txt; echo \" $WHO $(basename \"$HOME\")\"; until [ -e ~/go ]; do sleep 0.05; done; mkdir -p ~/sky_logs/$SKYPILOT_INTERNAL_JOB_ID-train/slipway; echo 42 > ~/sky_logs/$SKYPILOT_INTERNAL_JOB_ID-train/slipway/metrics; echo end";
        var body = Caller.Launch("c1", Script, more: "workdir: /home/ada/p\nfile_mounts_mapping: {/home/ada/p: /home/ada/p}\nenvs: {WHO: ada}\n");
        body["file_mounts_blob_id"] = blob;
        Assert.Equal(1, (await caller.DoAsync("/launch", body))!["job_id"]!.GetValue<int>());

        var record = Assert.Single(await caller.StatusAsync("c1"))!;
        Assert.Equal(("UP", 10, true, false), (record["status"]!.GetValue<string>(), record["autostop"]!.GetValue<int>(), record["to_down"]!.GetValue<bool>(), record.AsObject().ContainsKey("credentials")));
        using var logs = await caller.PostAsync("/logs", Caller.Body("""{"cluster_name":"c1","job_id":null,"follow":true,"tail":0}"""));
        using var reader = new StreamReader(await logs.Content.ReadAsStreamAsync());
        Assert.Matches(@"^\(train, pid=\d+\) hello ada c1$", await LineAsync(reader, "hello"));
        Assert.Equal("RUNNING", (await caller.DoAsync("/job_status", Caller.Body("""{"cluster_name":"c1","job_ids":[1,2]}""")))!["1"]!.GetValue<string>());

        await File.WriteAllTextAsync(Path.Combine(server.HomeOf("c1"), "go"), string.Empty);
        Assert.Contains("Job finished (status: SUCCEEDED)", (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1], StringComparison.Ordinal);
        Assert.Equal(0, (await caller.ResultAsync(logs.Headers.GetValues("X-Skypilot-Request-ID").Single())).Value!.GetValue<int>());
        Assert.Equal("42\n", await DownloadAsync(caller, "c1", "slipway/metrics"));
        Assert.Empty(server.Violations);

        var home = server.HomeOf("c1");
        await caller.DownAsync("c1");
        Assert.Empty(await caller.StatusAsync("c1"));
        Assert.False(Directory.Exists(home));
    }

    [Fact]
    public async Task Cancelling_sends_TERM_to_all_that_the_job_started()
    {
        await using var server = await StartAsync();
        using var caller = new Caller(server);
        await caller.DoAsync("/launch", Caller.Launch("c1", "trap \"echo saved > ~/checkpoint; exit 0\" TERM; touch ~/ready; while :; do sleep 0.05; done"));
        await UntilFileAsync(Path.Combine(server.HomeOf("c1"), "ready"));
        await caller.DoAsync("/cancel", Caller.Body("""{"cluster_name":"c1","job_ids":[1],"all":false,"all_users":false}"""));
        Assert.Equal("CANCELLED", server.JobsOf("c1")[1]);
        Assert.Equal("saved\n", await File.ReadAllTextAsync(Path.Combine(server.HomeOf("c1"), "checkpoint")));
        Assert.Equal("UP", Assert.Single(server.LiveClusters).Status);
        Assert.Equal(103, (await caller.DoAsync("/logs", Caller.Body("""{"cluster_name":"c1","job_id":1,"follow":false}""")))!.GetValue<int>());
    }

    [Fact]
    public async Task Jobs_that_fail_say_so_and_wait_for_each_other()
    {
        await using var server = await StartAsync();
        using var caller = new Caller(server);
        await caller.DoAsync("/launch", Caller.Launch("c1", "until [ -e ~/go ]; do sleep 0.05; done; exit 3"));
        var next = Caller.Launch("c1", "true");
        Assert.Equal(2, (await caller.DoAsync("/exec", next))!["job_id"]!.GetValue<int>());
        await server.UntilJobIsAsync("c1", 1, "RUNNING").WaitAsync(Patience);
        await server.UntilJobIsAsync("c1", 2, "PENDING").WaitAsync(Patience);
        await File.WriteAllTextAsync(Path.Combine(server.HomeOf("c1"), "go"), string.Empty);
        await server.UntilJobIsAsync("c1", 2, "SUCCEEDED").WaitAsync(Patience);
        var queue = (await caller.DoAsync("/queue", Caller.Body("""{"cluster_name":"c1","skip_finished":false,"all_users":false}""")))!.AsArray();
        Assert.Equal("2 SUCCEEDED, 1 FAILED", string.Join(", ", queue.Select(job => $"{job!["job_id"]} {job["status"]}")));
        Assert.Equal(100, (await caller.DoAsync("/logs", Caller.Body("""{"cluster_name":"c1","job_id":1,"follow":true}""")))!.GetValue<int>());
    }

    [Fact]
    public async Task An_idle_machine_ends_by_itself_and_bills_until_then()
    {
        var clock = new ManualTimeProvider();
        await using var server = await StartAsync(new SkyPilotServerOptions { Folder = _folder.FullPath, Clock = clock, AutostopTakes = TimeSpan.FromMinutes(2) });
        using var caller = new Caller(server);
        await caller.DoAsync("/launch", Caller.Launch("c1", "until [ -e ~/go ]; do sleep 0.05; done"));
        clock.Advance(TimeSpan.FromMinutes(50));
        Assert.Equal("UP", Assert.Single(server.LiveClusters).Status);
        await File.WriteAllTextAsync(Path.Combine(server.HomeOf("c1"), "go"), string.Empty);
        await server.UntilJobIsAsync("c1", 1, "SUCCEEDED").WaitAsync(Patience);
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("AUTOSTOPPING", (await caller.StatusAsync("c1"))[0]!["status"]!.GetValue<string>());
        clock.Advance(TimeSpan.FromMinutes(2));
        await server.UntilClusterIsAsync("c1").WaitAsync(Patience);

        clock.Advance(TimeSpan.FromHours(5));
        Assert.Equal(1.5484m * 62 / 60, server.SpendOf("c1"), 6);
        var report = (await caller.DoAsync("/cost_report", Caller.Body()))!.AsArray();
        Assert.Equal(1.6, Assert.Single(report)!["total_cost"]!.GetValue<double>(), 3);
    }

    [Fact]
    public async Task A_managed_job_is_taken_up_again_when_its_machine_is_taken_away()
    {
        await using var server = await StartAsync();
        using var caller = new Caller(server);
        var task = Caller.Task("if [ -e ~/out/half ]; then echo resumed; else touch ~/out/half ~/ready; sleep 600; fi", "accelerators: {H100: 1}\n  use_spot: true", "file_mounts: {~/out: {source: \"s3://bucket\", mode: MOUNT}}\n");
        Assert.Equal("ClusterNotUpError", await caller.FailAsync("/jobs/queue/v2", Caller.Body("""{"refresh":false}""")));
        await caller.DoAsync("/jobs/launch", Caller.Body($$"""{"name":"m","task":{{JsonValue.Create(task).ToJsonString()}} }"""));
        await server.UntilClusterIsAsync("m-1", "UP").WaitAsync(Patience);
        await UntilFileAsync(Path.Combine(server.HomeOf("m-1"), "ready"));
        Assert.Empty(await caller.StatusAsync("m-1"));
        await server.PreemptAsync("m-1");
        using var logs = await caller.PostAsync("/jobs/logs", Caller.Body("""{"name":null,"job_id":1,"follow":true}"""));
        Assert.Contains("resumed", await logs.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var jobs = (await caller.DoAsync("/jobs/queue/v2", Caller.Body("""{"refresh":false,"fields":["job_id","status","recovery_count"]}""")))!;
        Assert.Equal("""{"job_id":1,"status":"SUCCEEDED","recovery_count":1}""", jobs["jobs"]![0]!.ToJsonString());
        Assert.Empty(server.LiveClusters);
        Assert.Empty(server.Violations);
    }

    [Fact]
    public async Task A_stopped_machine_keeps_its_disk_and_a_Kubernetes_one_cannot_be_stopped()
    {
        await using var server = await StartAsync(new SkyPilotServerOptions { Folder = _folder.FullPath, Offers = Catalogue.SkyPilotOffers.All, EnabledClouds = ["nebius", "kubernetes"] });
        using var caller = new Caller(server);
        await caller.DoAsync("/launch", Caller.Launch("c1", "touch ~/kept"));
        await server.UntilJobIsAsync("c1", 1, "SUCCEEDED").WaitAsync(Patience);
        await caller.DoAsync("/stop", Caller.Body("""{"cluster_name":"c1"}"""));
        Assert.Equal("ClusterNotUpError", await caller.FailAsync("/queue", Caller.Body("""{"cluster_name":"c1"}""")));
        await caller.DoAsync("/start", Caller.Body("""{"cluster_name":"c1","idle_minutes_to_autostop":7,"down":true}"""));
        Assert.Equal(7, (await caller.StatusAsync("c1"))[0]!["autostop"]!.GetValue<int>());
        Assert.True(File.Exists(Path.Combine(server.HomeOf("c1"), "kept")));

        var body = Caller.Launch("k", "true");
        body["task"] = body["task"]!.GetValue<string>().Replace("nebius", "k8s", StringComparison.Ordinal).Replace("L40S", "L4", StringComparison.Ordinal);
        await caller.DoAsync("/launch", body);
        Assert.Equal("NotSupportedError", await caller.FailAsync("/stop", Caller.Body("""{"cluster_name":"k"}""")));
    }

    private static async Task UploadAsync(Caller caller, string blob, (string Path, string Text) file)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            await using var entry = zip.CreateEntry(file.Path).Open();
            await entry.WriteAsync(Encoding.UTF8.GetBytes(file.Text));
        }

        var (all, half) = (bytes.ToArray(), (int)bytes.Length / 2);
        string Chunk(int index) => $"/upload_v2?user_hash=1a2b3c4d&upload_id={blob}&chunk_index={index}&total_chunks=2";
        Assert.Equal("""{"status":"uploading","missing_chunks":["part0"]}""", (await caller.PostBytesAsync(Chunk(1), all[half..]))!.ToJsonString());
        Assert.Equal("""{"status":"completed","missing_chunks":[]}""", (await caller.PostBytesAsync(Chunk(0), all[..half]))!.ToJsonString());
        Assert.True((await caller.JsonAsync($"/upload_v2/blob?user_hash=1a2b3c4d&blob_id={blob}"))!["exists"]!.GetValue<bool>());
    }

    private static async Task<string> DownloadAsync(Caller caller, string cluster, string file)
    {
        var folders = await caller.DoAsync("/download_logs", Caller.Body($$"""{"cluster_name":"{{cluster}}","job_ids":["1"]}"""));
        var folder = folders!["1"]!.GetValue<string>();
        using var response = await caller.PostAsync("/download", Caller.Body($$"""{"folder_paths":["{{folder}}"]}"""));
        Assert.StartsWith(response.Headers.GetValues("X-Home-Path").Single(), folder, StringComparison.Ordinal);
        using var zip = new ZipArchive(await response.Content.ReadAsStreamAsync(), ZipArchiveMode.Read);
        using var reader = new StreamReader(zip.GetEntry($"{folder.TrimStart('/')}/{file}")!.Open());
        return await reader.ReadToEndAsync();
    }

    private static async Task<string> LineAsync(StreamReader reader, string part)
    {
        while (await reader.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (line.Contains(part, StringComparison.Ordinal))
            {
                return line;
            }
        }

        return string.Empty;
    }

    /// <summary>A job cannot be waited for from outside but by what it writes.</summary>
    private static async Task UntilFileAsync(string path)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!File.Exists(path))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
        }
    }

    private Task<SkyPilotServer> StartAsync(SkyPilotServerOptions? options = null) => SkyPilotServer.StartAsync(options ?? new SkyPilotServerOptions { Folder = _folder.FullPath });
}
