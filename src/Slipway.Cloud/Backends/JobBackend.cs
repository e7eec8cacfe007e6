using System.Collections.Immutable;
using System.Text;
using Slipway.Cloud.Launching;
using Slipway.Cloud.Money;
using Slipway.Cloud.Offers;
using Slipway.Cloud.SkyPilot;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines.Files;
using Slipway.Machines.Processes;
using Slipway.Runs.Hosts;
using Slipway.Runs.Jobs;
using Slipway.Runs.Transfer;

namespace Slipway.Cloud.Backends;

/// <summary>A machine of one's own, this one or one by SSH: the package is a job there, whose supervisor ends it at its limit and outlives us.</summary>
internal sealed class JobBackend(OpenedHost opened, string backend, string on, CloudDeskSettings settings) : IBackend
{
    public const string Local = "local";
    public const string Ssh = "ssh";

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(120);

    public string Backend => backend;

    public BackendCapabilities Capabilities { get; } = new(Spot: false, Autostop: false, Priced: false, HardTimeout: true, MultiNode: false);

    private BuildHost Host => opened.Host;

    private JobBook Book => new(Host, settings.Time);

    public static async Task<Result<IBackend>> OpenAsync(string on, CloudDeskSettings settings, CancellationToken cancellationToken)
    {
        var host = await OpenedHost.OpenAsync(on, settings.Here, settings.Hosts, cancellationToken).ConfigureAwait(false);
        return host.Map(opened => (IBackend)new JobBackend(opened, opened.Remote is null ? Local : Ssh, on, settings));
    }

    public void Dispose() => opened.Dispose();

    public Task<Result<OfferList>> FetchAsync(CancellationToken cancellationToken)
    {
        var offer = new Offer(backend, backend is Ssh ? on : string.Empty, string.Empty, null, 0, backend is Ssh ? $"the host {on}" : "this machine") { AsOf = settings.Time.GetUtcNow() };
        return Task.FromResult(Result.Ok(new OfferList(backend, settings.Time.GetUtcNow(), [offer], [])));
    }

    public Result<string> Preview(LaunchSpec spec) => string.Empty;

    public async Task<Result<RunHandle>> PrepareAsync(LaunchSpec spec, string package, CancellationToken cancellationToken)
    {
        var handle = new RunHandle(spec.Run, spec.Name) { IdleMinutes = spec.IdleMinutes, Package = package };
        if (opened.Remote is null)
        {
            return handle;
        }

        var here = await settings.Here(cancellationToken).ConfigureAwait(false);
        if (!here.TryGet(out var local, out var failure))
        {
            return failure;
        }

        var target = $"{Host.Layout.Home}/cloud/{spec.Run}";
        var made = await Host.Machine.RunAsync(ProcessCommand.Create("mkdir", "-p", "-m", "700", target), output: null, cancellationToken).ConfigureAwait(false);
        if (!made.TryGet(out _, out failure))
        {
            return failure;
        }

        var sent = await new FileTransfer(local.Machine, Host.Machine).PushAsync(package, $"{target}/package", progress: null, cancellationToken).ConfigureAwait(false);
        return sent.Map(_ => handle with { Package = $"{target}/package" });
    }

    public async Task<Result<Submission>> SubmitAsync(LaunchSpec spec, RunHandle handle, CancellationToken cancellationToken)
    {
        if (!JobName.Parse(spec.Name).TryGet(out var name, out var failure))
        {
            return failure;
        }

        var variables = spec.Secrets.Add("SLIPWAY_RESULTS", $"{handle.Package}/results");
        // One stream, as on rented machines: lines that were read once keep their numbers.
        var job = new JobSpec(name, ProcessCommand.Create("sh", "-c", "exec bash ./run.sh 2>&1") with { WorkingDirectory = handle.Package, Environment = EnvironmentChanges.None with { Set = variables } })
        {
            MaxDuration = spec.Plan.MaxRuntime,
            Grace = Grace,
            Secrets = [.. spec.Secrets.Keys],
        };
        var started = await new JobRunner(Host, settings.Time, settings.Version).StartAsync(job, cancellationToken).ConfigureAwait(false);
        return started.Map(info => new Submission(handle with { RequestId = info.Id.ToString() }, IsAdopted: false));
    }

    public async Task<Result<bool>> IsThereAsync(RunHandle handle, CancellationToken cancellationToken)
    {
        var found = await Book.FindAsync(handle.Name, cancellationToken).ConfigureAwait(false);
        return found.IsOk ? true : found.Failure.Code == JobFailures.NotFound ? false : found.Failure;
    }

    public async Task<Result<Observation>> ObserveAsync(RunHandle handle, CancellationToken cancellationToken)
    {
        var found = await Book.FindAsync(handle.Name, cancellationToken).ConfigureAwait(false);
        if (!found.TryGet(out var job, out var failure))
        {
            return failure.Code == JobFailures.NotFound ? new Observation(BackendState.UnknownEnded, string.Empty) { Phase = "the machine does not know it" } : failure;
        }

        return new Observation(StateOf(job.State), job.StateName)
        {
            Phase = job.Describe(),
            HasMachines = !job.IsOver,
            RentedAt = job.Record.CreatedAt,
            StartedAt = job.Exit?.StartedAt ?? job.Record.CreatedAt,
            EndedAt = job.Exit?.EndedAt,
            Error = job.State is JobState.Failed or JobState.TimedOut or JobState.FailedToStart or JobState.Lost ? job.Describe() : null,
        };
    }

    public Task<Result<Unit>> SetGuardsAsync(RunHandle handle, CancellationToken cancellationToken) => Task.FromResult(Result.Ok(Unit.Value));

    public async Task<Result<ImmutableArray<string>>> LogAsync(RunHandle handle, CancellationToken cancellationToken)
    {
        using var output = new Text();
        var read = await new JobLogs(Host, settings.Time).FollowAsync(new JobLogRequest(handle.Name), output, cancellationToken).ConfigureAwait(false);
        return read.Map(_ => output.Lines);
    }

    public Task<Result<ImmutableArray<string>>> ProvisionLogAsync(RunHandle handle, CancellationToken cancellationToken) => Task.FromResult(Result.Ok(ImmutableArray<string>.Empty));

    public async Task<Result<Unit>> CancelAsync(RunHandle handle, CancellationToken cancellationToken) =>
        (await Book.CancelAsync(handle.Name, cancellationToken).ConfigureAwait(false)).Map(static _ => Unit.Value);

    public async Task<Result<Unit>> FetchAsync(RunHandle handle, string folder, CancellationToken cancellationToken)
    {
        var log = await LogAsync(handle, cancellationToken).ConfigureAwait(false);
        var here = await settings.Here(cancellationToken).ConfigureAwait(false);
        if (!log.TryGet(out var lines, out var failure) || !here.TryGet(out var local, out failure)
            || !LocalFiles.MakeDirectory($"{folder}/logs", Private).TryGet(out _, out failure)
            || !LocalFiles.Write($"{folder}/logs/run.log", Encoding.UTF8.GetBytes(string.Concat(lines.Select(static line => line + "\n"))), UnixFileMode.UserRead | UnixFileMode.UserWrite).TryGet(out _, out failure))
        {
            return failure;
        }

        var results = $"{handle.Package}/results";
        var there = await Host.Machine.RunAsync(ProcessCommand.Create("test", "-d", results), output: null, cancellationToken).ConfigureAwait(false);
        if (!there.TryGet(out var answer, out failure) || !answer.Succeeded)
        {
            return failure is null ? Unit.Value : failure;
        }

        return opened.Remote is null
            ? await CopyAsync(results, $"{folder}/results", cancellationToken).ConfigureAwait(false)
            : (await new FileTransfer(local.Machine, Host.Machine).PullAsync(results, $"{folder}/results", progress: null, cancellationToken).ConfigureAwait(false)).Map(static _ => Unit.Value);
    }

    public async Task<Result<ImmutableArray<string>>> DisposeAsync(RunHandle handle, CancellationToken cancellationToken)
    {
        var cancelled = await Book.CancelAsync(handle.Name, cancellationToken).ConfigureAwait(false);
        return cancelled.IsOk || cancelled.Failure.Code == JobFailures.NotFound ? ImmutableArray<string>.Empty : cancelled.Failure;
    }

    public Task<Result<Settlement>> CostAsync(RunHandle handle, CancellationToken cancellationToken) => Task.FromResult(Result.Ok(new Settlement(handle.Run, "nobody bills it")));

    private async Task<Result<Unit>> CopyAsync(string from, string to, CancellationToken cancellationToken)
    {
        var copied = await Host.Machine.RunAsync(ProcessCommand.Create("cp", "-R", from, to), output: null, cancellationToken).ConfigureAwait(false);
        return copied.Then<Unit>(outcome => outcome.Succeeded ? Unit.Value : new Failure(CloudFailures.NothingToFetch, $"{from} cannot be copied: {CleanText.Summary(outcome.ErrorText)}"));
    }

    private static BackendState StateOf(JobState state) => state switch
    {
        JobState.Running => BackendState.Running,
        JobState.Succeeded => BackendState.Succeeded,
        JobState.Cancelled => BackendState.Cancelled,
        JobState.Lost => BackendState.UnknownEnded,
        _ => BackendState.Failed,
    };

    private sealed class Text : IJobLogSink, IDisposable
    {
        private readonly MemoryStream _bytes = new();

        public ImmutableArray<string> Lines => [.. Encoding.UTF8.GetString(_bytes.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(CleanText.Plain)];

        public void Dispose() => _bytes.Dispose();

        public void Write(ReadOnlySpan<byte> text) => _bytes.Write(text);

        public void Notice(string text)
        {
        }
    }
}
