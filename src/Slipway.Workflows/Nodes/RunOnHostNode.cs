using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Machines.Processes;
using Slipway.Projects.Discovery;
using Slipway.Runs.Arguments;
using Slipway.Runs.Distant;
using Slipway.Runs.Hosts;
using Slipway.Runs.Jobs;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Nodes;

/// <summary>Runs a script on a host as <c>slipway run --on</c> does, or on this machine.</summary>
/// <param name="services">What nodes are made with.</param>
internal sealed class RunOnHostNode(NodeServices services) : INodeBehaviour
{
    private const int KeptOutput = 4 * 1024 * 1024;

    private readonly LocalScripts _scripts = new(services);

    /// <summary>The type.</summary>
    public static NodeType Type(NodeServices services) => new("run-on-host", "Processing", "Runs a script on a host that was added, with the files of its project.")
    {
        Purity = NodePurity.Never,
        RunsCode = true,
        Inputs =
        [
            PortSpec.Optional("host", PortType.Text, "the name that the host was added with, or its address; local for this machine") with { Default = JsonMembers.Of(HostName.Local) },
            PortSpec.Required("script", PortType.Text, "the script, relative to the workflow's file") with { NamesCode = true },
            PortSpec.Optional("args", PortType.Json, "a list of its arguments"),
            PortSpec.Optional("extras", PortType.Json, "a list of extras of its project"),
        ],
        Outputs = [PortSpec.Required("stdout", PortType.Text, "what it wrote to standard output, the last 4 MiB"), PortSpec.Required("exit_code", PortType.Number, "0: anything else is a failure")],
        Behaviour = new RunOnHostNode(services),
    };

    public async ValueTask<NodeOutcome> RunAsync(NodeCall call, CancellationToken cancellationToken)
    {
        if (!LocalScripts.PathOf(call, "script").TryGet(out var path, out var failure)
            || !LocalScripts.Texts(call, "args").TryGet(out var arguments, out failure)
            || !LocalScripts.Texts(call, "extras").TryGet(out var extras, out failure))
        {
            return failure;
        }

        var host = call.Text("host") ?? HostName.Local;
        var said = new ScriptOutput(call, KeptOutput);
        var ran = await (string.Equals(host, HostName.Local, StringComparison.Ordinal)
            ? HereAsync(call, path, arguments, extras, said, cancellationToken)
            : ThereAsync(call, host, arguments, extras, said, cancellationToken)).ConfigureAwait(false);
        said.End();
        if (!ran.TryGet(out var ended, out failure))
        {
            return failure;
        }

        return ended.Succeeded
            ? NodeOutcome.Of(NodeOutputs.None.With("stdout", PortValue.Of(said.OutputText)).With("exit_code", PortValue.Of(ended.Code)))
            : new Failure(NodeFailures.ScriptFailed, $"{call["script"].AsText()} ended with {ended.Describe()} on {host}.") { Detail = said.ErrorText };
    }

    private async Task<Result<ProcessOutcome>> HereAsync(
        NodeCall call, string path, ImmutableArray<string> arguments, ImmutableArray<string> extras, ScriptOutput said, CancellationToken cancellationToken) =>
        _scripts.Discover(path, call.Place.WorkflowFolder, new RequestSettings { Extras = extras }).TryGet(out var script, out var failure)
            ? await _scripts.RunAsync(script with { Arguments = arguments }, new NodeProgress(call), said, cancellationToken).ConfigureAwait(false)
            : failure;

    private async Task<Result<ProcessOutcome>> ThereAsync(
        NodeCall call, string host, ImmutableArray<string> arguments, ImmutableArray<string> extras, ScriptOutput said, CancellationToken cancellationToken)
    {
        if (!services.Hosts().TryGet(out var hosts, out var failure) || !hosts.Connect(host).TryGet(out var machine, out failure))
        {
            return failure;
        }

        using (machine)
        {
            var line = new RunArguments([.. extras.Select(static extra => new GivenOption(RunOptions.Extra, extra))], new RunTarget(TargetForm.Word, call["script"].AsText()), arguments, HelpAsked: false);
            var run = new AttachedRun(RunId.New(services.Time.GetUtcNow()), services.Version, services.Time);
            var attachment = new DistantAttachment(run, said, static _ => { });
            return await new DistantRun(services.Distant(hosts, call.Place.WorkflowFolder)).RunAsync(machine, host, line, attachment, new NodeProgress(call), cancellationToken).ConfigureAwait(false);
        }
    }
}
