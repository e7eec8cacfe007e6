using System.Globalization;
using Slipway.Cloud.Money;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines.Files;
using Slipway.Runs.Jobs;

namespace Slipway.Cloud.Launching;

/// <summary>The files of rented runs: a folder for each among all runs, and beside them what plans were made of.</summary>
internal sealed class CloudRecords(string home, string version)
{
    private const long MostBytes = 256 * 1024;
    private const long MostRequestBytes = 4 * 1024 * 1024;
    private const UnixFileMode File = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Private = File | UnixFileMode.UserExecute;

    public string FolderOf(RunId run) => $"{home}/runs/{run}";

    public string LockOf(RunId run) => $"{home}/cloud/locks/{run}.lock";

    public string OffersOf(string backend) => $"{home}/cloud/offers-{backend}.json";

    public Result<Unit> Prepare() => LocalFiles.MakeDirectory($"{home}/cloud/locks", Private)
        .Then(_ => LocalFiles.MakeDirectory($"{home}/cloud/requests", Private)).Then(_ => LocalFiles.MakeDirectory($"{home}/runs", Private));

    /// <summary>Begins the record of a run.</summary>
    public Result<Unit> Begin(CloudRecord record, LaunchPlan plan) => LocalFiles.MakeDirectory(FolderOf(record.Run), Private)
        .Then(_ => Write(record)).Then(_ => LocalFiles.Write($"{FolderOf(record.Run)}/run.json", RunText(record, plan), File));

    public Result<Unit> Write(CloudRecord record) => LocalFiles.Write($"{FolderOf(record.Run)}/cloud.json", record.Render(), File);

    /// <summary>The run is over: from here on its record may be cleared away like that of any other.</summary>
    public Result<Unit> End(CloudRecord record) => Write(record).Then(_ => LocalFiles.Write($"{FolderOf(record.Run)}/exit.json", ExitText(record), File));

    public Result<CloudRecord> Read(RunId run)
    {
        var path = $"{FolderOf(run)}/cloud.json";
        if (!LocalFiles.Exists(path))
        {
            return new Failure(CloudFailures.RunNotFound, $"There is no rented run {run}.");
        }

        return LocalFiles.Read(path, MostBytes).Then(bytes => JsonText.Read(bytes) is { } json && CloudRecord.Read(json) is { } record && record.Run == run
            ? Result.Ok(record)
            : new Failure(CloudFailures.RecordDamaged, $"{path} is no record of a rented run."));
    }

    public IEnumerable<RunId> All() => Directory.Exists($"{home}/runs")
        ? Directory.EnumerateDirectories($"{home}/runs").Where(static folder => LocalFiles.Exists($"{folder}/cloud.json"))
            .Select(static folder => RunId.Parse(Path.GetFileName(folder))).OfType<RunId>().OrderByDescending(static run => run.ToString(), StringComparer.Ordinal)
        : [];

    /// <summary>Keeps what a plan is made of, under its digest.</summary>
    public Result<Unit> Keep(byte[] request) => LocalFiles.Write(RequestFile(Sha256Digest.Of(request)), request, File);

    public Result<byte[]> Request(Sha256Digest digest)
    {
        var read = LocalFiles.Read(RequestFile(digest), MostRequestBytes);
        return read.IsOk && Sha256Digest.Of(read.Value) == digest
            ? read.Value
            : new Failure(CloudFailures.PlanMismatch, "What the plan was made of is not there any more, or was changed.") { Hint = "Make a new plan." };
    }

    private string RequestFile(Sha256Digest digest) => $"{home}/cloud/requests/{digest.Hex}.json";

    private byte[] RunText(CloudRecord record, LaunchPlan plan) => JsonText.Of(writer =>
    {
        writer.WriteString("schema", "slipway.run/1");
        writer.WriteString("run_id", record.Run.ToString());
        writer.WriteString("kind", "cloud");
        writer.WriteString("name", record.Handle.Name);
        writer.Time("created_at", record.CreatedAt);
        writer.WriteStartObject("created_by");
        writer.WriteString("user", Environment.UserName);
        writer.WriteString("host", Environment.MachineName);
        writer.WriteString("version", version);
        writer.WriteEndObject();
        writer.WriteStartObject("spec");
        writer.Sentences("argv", ["slipway", "cloud", "launch", record.Plan]);
        writer.WriteString("host", record.Host ?? record.Backend);
        writer.WriteStartObject("limits");
        writer.WriteNumber("max_seconds", (long)plan.MaxRuntime.TotalSeconds);
        writer.WriteNumber("grace_seconds", 120);
        writer.WriteEndObject();
        writer.WriteEndObject();
    });

    private static byte[] ExitText(CloudRecord record) => JsonText.Of(writer =>
    {
        writer.WriteString("schema", "slipway.exit/1");
        writer.WriteString("end", record.State switch
        {
            Backends.BackendState.Succeeded => "finished",
            Backends.BackendState.Cancelled => "cancelled",
            _ => "failed",
        });
        writer.WriteNumber("code", record.State is Backends.BackendState.Succeeded ? 0 : 1);
        writer.WriteString("started_at", (record.StartedAt ?? record.CreatedAt).ToString("O", CultureInfo.InvariantCulture));
        writer.WriteString("ended_at", (record.EndedAt ?? record.CreatedAt).ToString("O", CultureInfo.InvariantCulture));
    });
}
