using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Core.Contracts;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Environments;
using Slipway.Environments.Bindings;
using Slipway.Machines.Files;
using Slipway.Runs.Hosts;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Nodes;

/// <summary>Has the environment ready that a model or anything else declares. All that is done about dependencies in a graph is done here.</summary>
/// <param name="services">What nodes are made with.</param>
internal sealed class DependencyEnvironmentNode(NodeServices services) : INodeBehaviour
{
    private const int Rounds = 3;
    private const string Manual = "manual";

    /// <summary>The type.</summary>
    public static NodeType Type(NodeServices services) => new("dependency-environment", "Processing", "Has the Python environment ready that a model declares.")
    {
        // What it gives could have been collected since, so it is asked for each time; what is there already costs little.
        Purity = NodePurity.Never,
        RunsOnResume = true,
        RunsCode = true,
        Inputs =
        [
            PortSpec.Required("dependency_requirements", PortType.Requirements, "what is needed"),
            PortSpec.Optional("selected_binding_ids", PortType.Json, "a list of the bindings that are meant; all of them without it, or those that the document selects"),
            PortSpec.Optional("mode", PortType.Text, "auto installs what is missing; manual never does") with { Choices = ["auto", Manual], Default = JsonMembers.Of("auto") },
            PortSpec.Optional("host", PortType.Text, "the host that installs, by its name or address") with { Default = JsonMembers.Of(HostName.Local) },
            PortSpec.Optional("manual_overrides", PortType.Json, "patches for this node alone, after those that the user stored"),
        ],
        Outputs =
        [
            PortSpec.Required("environment_ref", PortType.Environment, "the environment, ready"),
            PortSpec.Required("resolved_dependency_requirements", PortType.Json, "the requirements as declared, the overrides, and what follows") with { Aliases = ["dependency_requirements"] },
            PortSpec.Required("status", PortType.Json, "what came of each requirement") with { Aliases = ["dependency_status"] },
        ],
        Behaviour = new DependencyEnvironmentNode(services),
    };

    public async ValueTask<NodeOutcome> RunAsync(NodeCall call, CancellationToken cancellationToken)
    {
        var host = call.Text("host") ?? HostName.Local;
        if (!Question(call, host).TryGet(out var question, out var failure)
            || !(await services.OpenAsync(host, cancellationToken).ConfigureAwait(false)).TryGet(out var machine, out failure))
        {
            return failure;
        }

        using (machine)
        {
            var environments = services.Environments(machine, call.Place.WorkflowFolder);
            Func<BindingQuestion, IDependencyActivity, IBuildProgress, CancellationToken, Task<Result<BindingAnswer>>> ask = question.Mode is DependencyMode.Manual ? environments.CheckAsync : environments.EnsureAsync;
            for (var round = 0; round < Rounds; round++)
            {
                var asked = await ask(question, new Activity(call), NoProgress.Instance, cancellationToken).ConfigureAwait(false);
                if (!asked.TryGet(out var answer, out failure))
                {
                    return failure;
                }

                if (answer.Status.State is not DependencyState.Ready)
                {
                    return Unready(call, host, answer);
                }

                if (machine.Remote is not null)
                {
                    // Nothing here can hold a lease there for longer than a command: what uses the environment takes one of its own, and proves then that it is still there.
                    return new NodeFinished(Outputs(answer));
                }

                if (EnvironmentHold.Take(machine.Host.Layout, answer.Reference!.Slot!) is { } hold)
                {
                    return new NodeFinished(Outputs(answer)) { Holds = hold };
                }

                // Collected between the look and the lease: once more.
            }

            return new Failure(EnvironmentFailures.KeepsVanishing, $"The environment of {call.Node.Id} vanished {Rounds} times before it could be held.");
        }
    }

    private Result<BindingQuestion> Question(NodeCall call, string host)
    {
        if (!ContractJson.ReadRequirements(call["dependency_requirements"].Json.GetRawText(), $"{call.Node.Id}.dependency_requirements").TryGet(out var requirements, out var failure)
            || !LocalScripts.Texts(call, "selected_binding_ids").TryGet(out var selected, out failure)
            || !Patches(call).TryGet(out var patches, out failure)
            || !services.Python(host, call.Place.WorkflowFolder).TryGet(out var python, out failure)
            || !services.Sources(call.Place.WorkflowFolder).TryGet(out var sources, out failure))
        {
            return failure;
        }

        return new BindingQuestion(requirements)
        {
            SelectedBindingIds = selected,
            Mode = call.Text("mode") is Manual ? DependencyMode.Manual : DependencyMode.Auto,
            Overrides = patches,
            Python = python.OrDefault(),
            Sources = sources,
        };
    }

    private static Result<ImmutableArray<DependencyOverridePatch>> Patches(NodeCall call)
    {
        if (call.Find("manual_overrides") is not { } given)
        {
            return ImmutableArray<DependencyOverridePatch>.Empty;
        }

        if (given.Json.ValueKind is not JsonValueKind.Array)
        {
            return new Failure(WorkflowsFailures.BadValue, $"{call.Node.Id}.manual_overrides is {WorkflowText.Kind(given.Json)}, and should be a list of patches.");
        }

        var patches = ImmutableArray.CreateBuilder<DependencyOverridePatch>();
        foreach (var item in given.Json.EnumerateArray())
        {
            if (!ContractJson.ReadOverridePatch(item.GetRawText()).TryGet(out var patch, out var failure))
            {
                return failure with { Message = $"{call.Node.Id}.manual_overrides/{patches.Count}: {failure.Message}" };
            }

            patches.Add(patch);
        }

        return patches.ToImmutable();
    }

    private NodeOutcome Unready(NodeCall call, string host, BindingAnswer answer)
    {
        var status = answer.Status;
        var document = JsonMembers.Parse(ContractJson.Write(status));
        switch (status.State)
        {
            case DependencyState.NeedsUserInput:
                return Save(call).TryGet(out var file, out var failure)
                    ? new NodeWaits(status.Message ?? "The declared dependencies need an answer.", document.GetProperty("needed_input"))
                    {
                        Hint = string.Join('\n', status.NeededInput.Select(needed => DependencyCommands.Override(file, host, needed))),
                    }
                    : failure;
            case DependencyState.Missing:
                return Save(call).TryGet(out file, out failure)
                    ? new NodeWaits($"{status.Message ?? "The packages are not installed."} {call.Node.Id} installs nothing: its mode is manual.", document)
                    {
                        Hint = DependencyCommands.Install(file, host),
                    }
                    : failure;
            default:
                var code = answer.Failure?.Code ?? WorkflowsFailures.NodeFailed;
                return (answer.Failure ?? new Failure(code, string.Empty)) with { Message = $"{call.Node.Id} is {document.GetProperty("state").GetString()}: {answer.Failure?.Message ?? status.Message ?? code.Summary}" };
        }
    }

    // The commands that answer need the document as a file; the same document is the same file.
    private Result<string> Save(NodeCall call)
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var bytes = Encoding.UTF8.GetBytes(call["dependency_requirements"].Json.GetRawText());
        var path = $"{services.Here.Layout.Cache}/requirements/{Sha256Digest.Of(bytes).Hex[..16]}.json";
        return LocalFiles.MakeDirectory(Path.GetDirectoryName(path)!, OwnerOnly | UnixFileMode.UserExecute).Then(_ => LocalFiles.WriteUnsynced(path, bytes, OwnerOnly)).Map(_ => path);
    }

    private static NodeOutputs Outputs(BindingAnswer answer) => NodeOutputs.None
        .With("environment_ref", PortValue.Of(JsonMembers.Parse(ContractJson.Write(answer.Reference!))))
        .With("status", PortValue.Of(JsonMembers.Parse(ContractJson.Write(answer.Status))))
        .With("resolved_dependency_requirements", PortValue.Of(JsonMembers.Make(writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("base");
            writer.WriteRawValue(ContractJson.Write(answer.Resolved.Base));
            writer.WriteStartArray("overrides");
            foreach (var patch in answer.Resolved.Overrides)
            {
                writer.WriteRawValue(ContractJson.Write(patch));
            }

            writer.WriteEndArray();
            writer.WritePropertyName("effective");
            writer.WriteRawValue(ContractJson.Write(answer.Resolved.Effective));
            writer.WriteEndObject();
        })));

    /// <summary>Tells what happens to the dependencies: states as such, the installer's lines as a log, all else as progress.</summary>
    private sealed class Activity(NodeCall call) : IDependencyActivity
    {
        public void Report(DependencyActivity activity)
        {
            if (activity.State is { } state)
            {
                call.EnvironmentState(JsonMembers.Make(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("state", JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString()));
                    writer.WriteString("phase", JsonNamingPolicy.SnakeCaseLower.ConvertName(activity.Phase.ToString()));
                    writer.WriteString("message", activity.Message);
                    writer.WriteEndObject();
                }));
            }
            else if (activity.Stream is not null)
            {
                call.Log(activity.Message);
            }
            else
            {
                call.Progress(null, activity.Message);
            }
        }
    }
}
