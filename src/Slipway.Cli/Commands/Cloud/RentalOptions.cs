using System.CommandLine;
using Slipway.Cloud;
using Slipway.Cloud.Launching;
using Slipway.Cloud.Money;
using Slipway.Cloud.Templates;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Runs.Distant;
using Slipway.Runs.Jobs;
using Slipway.Training.Adapters.Data;
using Slipway.Training.Adapters.Hub;

namespace Slipway.Cli.Commands.Cloud;

/// <summary>The options that say what is launched, and on what.</summary>
internal sealed class RentalOptions
{
    private const int MostParameterBytes = 1024 * 1024;

    private readonly Argument<string> _template = new("TEMPLATE") { Description = "A template's name (see `slipway cloud templates`), or the path of a file of yours, ./my.toml." };
    private readonly Option<string[]> _set = new("--set") { Description = "A parameter, repeatable; the last wins, and of a list each adds an item.", HelpName = "KEY=VALUE" };
    private readonly Option<string> _json = new("--params-json") { Description = "Parameters as a JSON object.", HelpName = "JSON" };
    private readonly Option<string> _file = new("--params") { Description = "A file with parameters, a JSON object.", HelpName = "FILE" };
    private readonly Option<string> _backend = new("--backend") { Description = "Where it runs: skypilot, ssh or local.", HelpName = "NAME", DefaultValueFactory = static _ => "skypilot" };
    private readonly Option<string> _on = new("--on") { Description = "The host, with --backend ssh.", HelpName = "HOST" };
    private readonly Option<string> _gpu = new("--gpu") { Description = "The GPU, such as H100.", HelpName = "NAME" };
    private readonly Option<int?> _count = new("--count") { Description = "GPUs of one machine.", HelpName = "N" };
    private readonly Option<int> _nodes = new("--nodes") { Description = "Machines.", HelpName = "N", DefaultValueFactory = static _ => 1 };
    private readonly Option<bool> _spot = new("--spot") { Description = "As spot: cheaper, and may be taken away." };
    private readonly Option<string[]> _cloud = new("--cloud") { Description = "Only this cloud, repeatable.", HelpName = "NAME" };
    private readonly Option<string> _region = new("--region") { Description = "Only this region.", HelpName = "NAME" };
    private readonly Option<string> _instance = new("--instance-type") { Description = "Only this machine.", HelpName = "NAME" };
    private readonly Option<string> _maxRuntime = new("--max-runtime") { Description = "The longest that the run may last, all attempts together: 90m, 4h, 1d.", HelpName = "TIME", DefaultValueFactory = static _ => "4h" };
    private readonly Option<string> _expected = new("--expected-runtime") { Description = "How long it will last as far as you can tell; only for the estimate.", HelpName = "TIME" };
    private readonly Option<int?> _disk = new("--disk") { Description = "GiB of disk.", HelpName = "GIB" };
    private readonly Option<int> _idle = new("--idle-minutes") { Description = "Minutes of idleness after which the machines delete themselves, 1 to 10.", HelpName = "N", DefaultValueFactory = static _ => 10 };
    private readonly Option<int?> _gpuIdle = new("--gpu-idle-minutes") { Description = "Minutes of idle GPUs after which the run is ended; the policy's by default.", HelpName = "N" };
    private readonly Option<string> _bucket = new("--bucket") { Description = "Where checkpoints go, s3://name/folder: what long spot runs need.", HelpName = "URL" };
    private readonly Option<bool> _refresh = new("--refresh") { Description = "Ask for prices anew." };
    private readonly Option<string> _supersede = new("--supersede") { Description = "A plan whose place this one takes.", HelpName = "PLAN" };

    private RentalOptions()
    {
    }

    public static RentalOptions AddTo(Command command)
    {
        var options = new RentalOptions();
        command.Arguments.Add(options._template);
        foreach (var option in (Option[])
            [options._set, options._json, options._file, options._backend, options._on, options._gpu, options._count, options._nodes, options._spot, options._cloud, options._region, options._instance,
             options._maxRuntime, options._expected, options._disk, options._idle, options._gpuIdle, options._bucket, options._refresh, options._supersede])
        {
            command.Options.Add(option);
        }

        return options;
    }

    /// <summary>The request, after its rows and model were looked at: a column that is missing costs nothing here.</summary>
    public async Task<Result<(RentalRequest Request, TemplateCheck Check)>> ReadAsync(ParseResult parsed, Services services, CancellationToken cancellationToken)
    {
        var name = parsed.GetRequiredValue(_template);
        if (!Work(parsed, name).TryGet(out var work, out var failure)
            || !Checks(services).TryGet(out var checks, out failure)
            || !(await checks.CheckAsync(work, cancellationToken).ConfigureAwait(false)).TryGet(out var check, out failure)
            || !Duration.Parse(parsed.GetRequiredValue(_maxRuntime), _maxRuntime.Name).TryGet(out var most, out failure)
            || !Maybe(parsed.GetValue(_expected), text => Duration.Parse(text, _expected.Name)).TryGet(out var expected, out failure)
            || !Maybe(parsed.GetValue(_supersede), static text => PlanId.Parse(text)).TryGet(out var before, out failure))
        {
            return failure;
        }

        var backend = parsed.GetRequiredValue(_backend);
        if (!work.Template.Backends.Contains(backend, StringComparer.Ordinal))
        {
            return new Failure(CliFailures.Usage, $"--backend is {Core.Text.Shown.Quote(backend)}, and {work.Template.Name} runs on {string.Join(", ", work.Template.Backends)}.");
        }

        return (new RentalRequest(new TemplatedWork(name, work, check.Vram, CarriedProgram.Own.Path), backend)
        {
            Host = parsed.GetValue(_on),
            Clouds = [.. parsed.GetValue(_cloud) ?? []],
            Region = parsed.GetValue(_region),
            InstanceType = parsed.GetValue(_instance),
            Gpu = parsed.GetValue(_gpu),
            Count = parsed.GetValue(_count),
            Nodes = parsed.GetValue(_nodes),
            Spot = parsed.GetValue(_spot),
            MaxRuntime = most,
            ExpectedRuntime = expected.Count == 0 ? null : expected[0],
            DiskGib = parsed.GetValue(_disk),
            IdleMinutes = parsed.GetValue(_idle),
            GpuIdleMinutes = parsed.GetValue(_gpuIdle),
            Bucket = parsed.GetValue(_bucket),
            Refresh = parsed.GetValue(_refresh),
            Supersedes = before.Count == 0 ? null : before[0],
        }, check);
    }

    private Result<TemplateWork> Work(ParseResult parsed, string name)
    {
        if (!TemplateCatalogue.Find(name).TryGet(out var template, out var failure)
            || !Maybe(parsed.GetValue(_file), static path => LocalFiles.Read(Path.GetFullPath(path), MostParameterBytes)).TryGet(out var bytes, out failure))
        {
            return failure;
        }

        var json = parsed.GetValue(_json) ?? (bytes.Count == 0 ? null : System.Text.Encoding.UTF8.GetString(bytes[0]));
        return parsed.GetValue(_json) is not null && bytes.Count > 0
            ? new Failure(CliFailures.Usage, "--params and --params-json are two ways to say the same thing: give one.")
            : TemplateArguments.Read(template, json, parsed.GetValue(_set) ?? []).Then(parameters => template.Read(parameters));
    }

    private static Result<TemplateChecks> Checks(Services services) =>
        Slipway.Store.Layout.StoreHome.Locate(services.Variable).Then(layout => HubOptions.FromEnvironment(services.Variable).Then(options => HubClient.Create(options with { Time = services.Time })).Then(hub =>
            DatasetStore.Create(new DatasetOptions { CacheDirectory = layout.Datasets, Token = services.Variable("HF_TOKEN"), Time = services.Time }, hub, userCode: null).Map(data => new TemplateChecks(hub, data))));

    // None or one: what is absent is no failure.
    private static Result<IReadOnlyList<T>> Maybe<T>(string? text, Func<string, Result<T>> parse)
        where T : notnull => text is null ? Result.Ok<IReadOnlyList<T>>([]) : parse(text).Map(static value => (IReadOnlyList<T>)[value]);
}
