using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Machines.Files;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Loading;

/// <summary>Inputs that a person gives beside the file: <c>node.port=value</c>, read as the port wants it; and secrets by the variables that hold them.</summary>
/// <param name="catalogue">The types of nodes.</param>
/// <param name="folder">The directory that paths are relative to.</param>
/// <param name="variable">Reads a variable; null when unset.</param>
public sealed class GivenInputs(NodeCatalogue catalogue, string folder, Func<string, string?> variable)
{
    private const long MaxBytes = 16 * 1024 * 1024;

    /// <summary>All that was given.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="values">Texts <c>node.port=value</c>.</param>
    /// <param name="secrets">Names of variables, or texts <c>node.port=VARIABLE</c>.</param>
    public Result<ImmutableSortedDictionary<PortAddress, PortValue>> Read(WorkflowGraph graph, IEnumerable<string> values, IEnumerable<string> secrets)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var given = ImmutableSortedDictionary.CreateBuilder<PortAddress, PortValue>();
        foreach (var text in values)
        {
            if (!Cut(text, graph, "--set").TryGet(out var cut, out var failure) || !Value(cut).TryGet(out var value, out failure))
            {
                return failure;
            }

            given[cut.Address] = value;
        }

        foreach (var text in secrets)
        {
            if (!Secret(text, graph).TryGet(out var ports, out var failure))
            {
                return failure;
            }

            foreach (var (address, value) in ports)
            {
                given[address] = value;
            }
        }

        return given.ToImmutable();
    }

    /// <summary>Values that a record holds.</summary>
    public static ImmutableSortedDictionary<PortAddress, PortValue> Of(JsonElement json) => json.ValueKind is not JsonValueKind.Object
        ? ImmutableSortedDictionary<PortAddress, PortValue>.Empty
        : json.EnumerateObject()
            .Select(static member => (Address: PortAddress.Parse(member.Name), member.Value))
            .Where(static pair => pair.Address is not null)
            .ToImmutableSortedDictionary(static pair => pair.Address!.Value, static pair => PortValue.Of(pair.Value.Clone()));

    /// <summary>The same values for a record; secrets are left out.</summary>
    public static JsonElement ToJson(IReadOnlyDictionary<PortAddress, PortValue> given) => JsonMembers.Make(writer =>
    {
        writer.WriteStartObject();
        foreach (var (address, value) in given.Where(static pair => !pair.Value.IsSecret))
        {
            writer.WritePropertyName(address.ToString());
            value.Json.WriteTo(writer);
        }

        writer.WriteEndObject();
    });

    private readonly record struct Given(PortAddress Address, PortSpec Port, string Text);

    private Result<Given> Cut(string text, WorkflowGraph graph, string option)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0 || PortAddress.Parse(text[..equals]) is not { } address)
        {
            return new Failure(WorkflowsFailures.BadValue, $"{option} {text} is not of the form node.port={(option is "--set" ? "value" : "VARIABLE")}.");
        }

        if (!graph.Nodes.TryGetValue(address.Node, out var node))
        {
            return new Failure(WorkflowsFailures.UnknownNode, $"{option} names the node '{address.Node}', which the workflow does not have.");
        }

        if (catalogue.Find(node.Type) is not { } type)
        {
            return new Failure(WorkflowsFailures.UnknownType, $"{option} names the node '{address.Node}', whose type '{node.Type}' is not known here.");
        }

        return type.Input(address.Port) is { } port
            ? new Given(address with { Port = port.Name }, port, text[(equals + 1)..])
            : new Failure(WorkflowsFailures.UnknownPort, $"{option} names '{address}'; '{type.Id}' has {(type.Inputs.IsEmpty ? "no inputs" : $"the inputs {string.Join(", ", type.Inputs.Select(static port => port.Name))}")}.");
    }

    private Result<PortValue> Value(Given given)
    {
        var (address, port, text) = (given.Address, given.Port, given.Text);
        if (port.Type.Equals(PortType.Secret))
        {
            return new Failure(WorkflowsFailures.SavedSecret, $"'{address}' is a secret, and --set would leave it in the record of the run and in the shell's history.")
            {
                Hint = $"Set a variable, and name it: --secret {address}=VARIABLE.",
            };
        }

        if (port.Type.Equals(PortType.Environment))
        {
            return new Failure(WorkflowsFailures.BadValue, $"'{address}' is an environment, which each run makes anew; it cannot be given.");
        }

        if (port.Type.IsFile)
        {
            return PortValue.Of(Path.GetFullPath(text.StartsWith('@') ? text[1..] : text, folder));
        }

        return Content(address, text).Then(content => Json(port, content) is { } json && port.Objection(json) is null
            ? PortValue.Of(json)
            : (Result<PortValue>)new Failure(WorkflowsFailures.BadValue, $"'{address}' takes {Expected(port)}, and --set gives '{Shorten(content)}'."));
    }

    // @FILE is the text of a file; @@ begins a text with an at sign.
    private Result<string> Content(PortAddress address, string text)
    {
        if (!text.StartsWith('@') || text.StartsWith("@@", StringComparison.Ordinal))
        {
            return text.StartsWith('@') ? text[1..] : text;
        }

        var path = Path.GetFullPath(text[1..], folder);
        return File.Exists(path)
            ? LocalFiles.Read(path, MaxBytes).Map(static bytes => Encoding.UTF8.GetString(bytes))
            : new Failure(WorkflowsFailures.BadValue, $"--set {address} names the file {text[1..]}, and there is no such file.") { Hint = "A text that begins with an at sign is written with two of them." };
    }

    private static JsonElement? Json(PortSpec port, string text)
    {
        try
        {
            return port.Type.Id switch
            {
                _ when port.Type.Equals(PortType.Number) => double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? JsonMembers.Of(number) : null,
                _ when port.Type.Equals(PortType.Boolean) => text.Trim() is "true" or "false" ? JsonMembers.Parse(text) : null,
                _ when port.Type.Equals(PortType.Json) || port.Type.Equals(PortType.Requirements) => JsonMembers.Parse(text),
                _ => JsonMembers.Of(text),
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Expected(PortSpec port) => port.Choices.Length > 0 ? $"one of {string.Join(", ", port.Choices)}"
        : port.Type.Equals(PortType.Number) ? "a number"
        : port.Type.Equals(PortType.Boolean) ? "true or false"
        : port.Type.Equals(PortType.Requirements) ? "a JSON object"
        : port.Type.Equals(PortType.Json) ? "a JSON value, in which texts have quotes"
        : port.Type.Id;

    private static string Shorten(string text)
    {
        const int Shown = 60;
        return (text.Length <= Shown ? text : $"{text[..Shown]}…").ReplaceLineEndings(" ");
    }

    // NAME alone goes where the file names it: to the secret inputs of nodes that have this name as a value. A node may also read the variable by itself.
    private Result<List<(PortAddress Address, PortValue Value)>> Secret(string text, WorkflowGraph graph)
    {
        var name = text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..];
        if (variable(name) is not { Length: > 0 } value)
        {
            return new Failure(WorkflowsFailures.SecretMissing, $"--secret names the variable {name}, which is not set.");
        }

        if (!text.Contains('=', StringComparison.Ordinal))
        {
            var ports = graph.Nodes.Values.Where(node => node.Inputs.Values.Any(input => input.ValueKind is JsonValueKind.String && input.ValueEquals(name)))
                .SelectMany(node => (catalogue.Find(node.Type)?.Inputs ?? []).Where(static port => port.Type.Equals(PortType.Secret)).Select(port => new PortAddress(node.Id, port.Name)));
            return ports.Select(address => (address, PortValue.OfSecret(value))).ToList();
        }

        return Cut(text, graph, "--secret").Then<List<(PortAddress Address, PortValue Value)>>(cut => cut.Port.Type.Equals(PortType.Secret)
            ? new List<(PortAddress Address, PortValue Value)> { (cut.Address, PortValue.OfSecret(value)) }
            : new Failure(WorkflowsFailures.BadValue, $"--secret names '{cut.Address}', which takes {cut.Port.Type} and no secret: it would be written down."));
    }
}
