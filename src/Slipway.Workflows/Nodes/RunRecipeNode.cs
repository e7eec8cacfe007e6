using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Runs.Hosts;
using Slipway.Runs.Jobs;
using Slipway.Training.Adapters.Records;
using Slipway.Training.Adapters.Runs;
using Slipway.Training.Loops;
using Slipway.Training.Runtime;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Nodes;

/// <summary>Trains by a recipe as <c>slipway recipe run</c> does: a run of its own with its record, which can be looked at, cancelled and taken up like any other.</summary>
/// <param name="services">What nodes are made with.</param>
internal sealed class RunRecipeNode(NodeServices services) : INodeBehaviour
{
    /// <summary>The type.</summary>
    public static NodeType Type(NodeServices services) => new("run-recipe", "Processing", "Trains a model by a recipe, here or on a host that was added.")
    {
        Purity = NodePurity.Never,
        RunsCode = true,
        Inputs =
        [
            PortSpec.Required("recipe", PortType.Text, "a recipe's name, such as sl_basic, or its file") with { NamesCode = true },
            PortSpec.Optional("preset", PortType.Text, "settings that come with the recipe under a name"),
            PortSpec.Optional("config", PortType.Text, "a file of settings, TOML or JSON") with { NamesCode = true },
            PortSpec.Optional("settings", PortType.Json, "an object of settings; they come last, and win"),
            PortSpec.Optional("manifest", PortType.Text, "which adapters are used: default, local, dev, prod, test, or a file") with { Default = JsonMembers.Of("default"), NamesCode = true },
            PortSpec.Optional("host", PortType.Text, "the machine that trains: the name that it was added with, or its address; local for this one") with { Default = JsonMembers.Of(HostName.Local) },
            PortSpec.Optional("build_environment", PortType.Boolean, "build an environment for training, whatever is installed"),
        ],
        Outputs =
        [
            PortSpec.Required("run", PortType.Text, "the run, as `slipway recipe runs` lists it"),
            PortSpec.Required("report", PortType.Json, "how it went"),
            PortSpec.Required("metrics", PortType.Json, "the metrics of the last step"),
            PortSpec.Optional("checkpoint", PortType.Text, "the weights at the end, to go on from"),
            PortSpec.Optional("sampler", PortType.Text, "the weights at the end, to sample from"),
            PortSpec.Optional("curves", PortType.Image, "the first picture of its curves"),
        ],
        Behaviour = new RunRecipeNode(services),
    };

    public async ValueTask<NodeOutcome> RunAsync(NodeCall call, CancellationToken cancellationToken)
    {
        var folder = call.Place.WorkflowFolder;
        var host = call.Text("host") ?? HostName.Local;
        if (!Order(call).TryGet(out var order, out var failure) || !services.Python(host, folder).TryGet(out var python, out failure))
        {
            return failure;
        }

        var id = RunId.New(services.Time.GetUtcNow());
        var machines = new RecipeMachines(_ => Task.FromResult<Result<BuildHost>>(services.Here), services.Hosts, services.Variable, services.Time, services.Version, folder);
        using var contexts = new RecipeContexts(machines, new NodeProgress(call), call.Log);
        var place = new RecipePlace(host, python.OrDefault(), call.Find("build_environment") is { Json.ValueKind: JsonValueKind.True }, IsOffline: false);
        var opened = await contexts.OpenAsync(place, id, run: null, cancellationToken).ConfigureAwait(false);
        if (!opened.TryGet(out var context, out failure))
        {
            return failure;
        }

        var ran = await new RunRecipe(context).RunAsync(id, order, static _ => "raise", new Listener(call), sink: null, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return ran.TryGet(out var end, out failure) ? await OutcomeAsync(call, end, cancellationToken).ConfigureAwait(false) : failure;
    }

    private static Result<RecipeOrder> Order(NodeCall call)
    {
        var settings = call.Find("settings")?.Json;
        return settings is { ValueKind: not JsonValueKind.Object }
            ? new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.settings is {WorkflowText.Kind(settings.Value)}, and should be an object.")
            : new RecipeOrder(call["recipe"].AsText())
            {
                Preset = call.Text("preset"),
                ConfigFile = call.Text("config"),
                Manifest = call.Text("manifest") ?? "default",
                Set = [.. settings?.EnumerateObject().Select(static setting => $"{setting.Name}={PortValue.Of(setting.Value).AsText()}") ?? []],
            };
    }

    private static async Task<NodeOutcome> OutcomeAsync(NodeCall call, RecipeRunEnd end, CancellationToken cancellationToken)
    {
        if (end.Report is not { } report)
        {
            return end.Failure is { } failure
                ? failure with { Message = $"{failure.Message} It was the run {end.Id}." }
                : new Failure(NodeFailures.RunCancelled, $"Somebody cancelled the run {end.Id}.") { Hint = $"`slipway recipe resume {end.Id}` goes on with it." };
        }

        var last = report.Stages.LastOrDefault();
        var outputs = NodeOutputs.None
            .With("run", PortValue.Of(end.Id))
            .With("report", PortValue.Of(JsonMembers.Make(report.WriteTo)))
            .With("metrics", PortValue.Of(Metrics(last)));
        outputs = last?.StatePath is { } state ? outputs.With("checkpoint", PortValue.Of(state)) : outputs;
        outputs = last?.SamplerPath is { } sampler ? outputs.With("sampler", PortValue.Of(sampler)) : outputs;
        if (end.Plots.IsEmpty)
        {
            return NodeOutcome.Of(outputs);
        }

        var kept = await call.Place.Blobs.KeepFileAsync(end.Plots[0], "image/svg+xml", cancellationToken).ConfigureAwait(false);
        return kept.TryGet(out var picture, out var unkept) ? NodeOutcome.Of(outputs.With("curves", PortValue.Of(picture))) : unkept;
    }

    private static JsonElement Metrics(StageReport? stage) => JsonMembers.Make(writer =>
    {
        writer.WriteStartObject();
        foreach (var (name, value) in stage?.Last.Where(static pair => double.IsFinite(pair.Value)) ?? [])
        {
            writer.WriteNumber(name, value);
        }

        writer.WriteEndObject();
    });

    private sealed class Listener(NodeCall call) : ITrainingListener
    {
        public void Say(string message) => call.Log(message);

        // The run's own record has them.
        public void Metrics(int stage, int step, ImmutableSortedDictionary<string, double> values)
        {
        }

        public void Progress(TrainingProgress progress) => call.Progress(
            progress.Total > 0 ? (double)progress.Step / progress.Total : null,
            string.Create(CultureInfo.InvariantCulture, $"{progress.Stage}: step {progress.Step} of {progress.Total}"));
    }
}
