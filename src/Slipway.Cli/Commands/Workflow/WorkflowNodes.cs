using System.Collections.Immutable;
using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Workflows;
using Slipway.Workflows.Types;

namespace Slipway.Cli.Commands.Workflow;

/// <summary><c>workflow nodes</c>: the types that nodes may have, with their ports.</summary>
internal static class WorkflowNodes
{
    public static Command Define(Output output, Func<Services> services)
    {
        var name = new Argument<string?>("TYPE") { Description = "One type, with its ports; all of them by default.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("nodes", "List the types that nodes may have, or the ports of one.\n\nExample: slipway workflow nodes text-input") { name };
        WorkflowCommands.Bind(command, output, services, (parsed, context, _) =>
        {
            var all = context.Catalogue.All;
            if (parsed.GetValue(name) is { } asked)
            {
                if (context.Catalogue.Find(asked) is not { } type)
                {
                    var near = NearestName.Of(asked, all.Select(static known => known.Id));
                    return Task.FromResult(output.Fail(new Failure(WorkflowsFailures.UnknownType, $"There is no type '{asked}'{(near is null ? "." : $"; did you mean '{near}'?")}")));
                }

                all = [type];
            }

            Print(output, all, parsed.GetValue(name) is not null);
            return Task.FromResult(0);
        });
        return command;
    }

    private static void Print(Output output, ImmutableArray<NodeType> types, bool isOne)
    {
        if (output.IsJson)
        {
            output.Json(new WorkflowNodesDocument("slipway.workflow-nodes/1", [.. types.Select(WorkflowTypeEntry.From)]), WorkflowJson.Default.WorkflowNodesDocument);
        }
        else if (!isOne)
        {
            TextTable.Write(output.Data, ["TYPE", "CATEGORY", "INPUTS", "OUTPUTS", "WHAT"], [.. types.Select(static type => (IReadOnlyList<string>)
                [type.Id, type.Category, Names(type.Inputs), Names(type.Outputs), type.Description])]);
        }
        else
        {
            var type = types[0];
            output.Data.WriteLine(Plain.Line($"{type.Id}, version {type.Version} ({type.Category}): {type.Description}"));
            output.Data.WriteLine($"kept: {type.Purity switch { NodePurity.Pure => "yes", NodePurity.Seeded => "with a seed", _ => "never" }}{(type.RunsCode ? "; runs code that the workflow brings, so it asks for trust once" : string.Empty)}");
            TextTable.Write(output.Data, ["PORT", "TYPE", "REQUIRED", "DEFAULT", "WHAT"],
                [.. type.Inputs.Select(static port => Row("in ", port)), .. type.Outputs.Select(static port => Row("out", port))]);
        }
    }

    private static IReadOnlyList<string> Row(string way, PortSpec port) =>
        [$"{way} {port.Name}", port.Type.Id + (port.TakesMany ? ", many" : string.Empty), port.IsRequired ? "yes" : "no", port.Default?.GetRawText() ?? string.Empty, Describe(port)];

    private static string Describe(PortSpec port) => port.Choices.Length > 0 ? $"{port.Description}: {string.Join(", ", port.Choices)}" : port.Description;

    private static string Names(ImmutableArray<PortSpec> ports) => ports.Length == 0 ? "-" : string.Join(' ', ports.Select(static port => port.IsRequired ? port.Name : $"[{port.Name}]"));
}
