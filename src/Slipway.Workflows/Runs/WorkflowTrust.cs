using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Core.Scripts;
using Slipway.Machines.Files;
using Slipway.Store.Layout;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Loading;
using Slipway.Workflows.Models;
using Slipway.Workflows.Nodes;
using Slipway.Workflows.Types;

namespace Slipway.Workflows.Runs;

/// <summary>What a workflow would run that it brings along.</summary>
/// <param name="File">The workflow's file.</param>
/// <param name="Digest">The digest of the file, of the files that its nodes run and of its model catalogues: another byte is another question.</param>
/// <param name="Lines">What is run, a line each: nodes, their scripts, the packages that these ask for.</param>
public sealed record TrustQuestion(string File, Sha256Digest Digest, ImmutableArray<string> Lines);

/// <summary>
/// Which workflows may run code. One whose nodes do is asked about once for each state of its file, scripts and model catalogues, and the answer is kept for the user; one whose
/// nodes run no code is never asked about.
/// </summary>
/// <param name="catalogue">The types of nodes.</param>
/// <param name="layout">The user's store.</param>
public sealed partial class WorkflowTrust(NodeCatalogue catalogue, StoreLayout layout)
{
    private const long MaxBytes = 16 * 1024 * 1024;
    private const int Shown = 120;

    /// <summary>What has to be asked; null for nothing, or when it was answered before.</summary>
    public TrustQuestion? Question(LoadedWorkflow workflow, IReadOnlyDictionary<PortAddress, PortValue> given)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        var lines = ImmutableArray.CreateBuilder<string>();
        var digests = new StringBuilder("slipway.workflow-trust/1\n").Append(workflow.Digest.Hex).Append('\n');
        Look(new Looking(workflow, lines, digests, [workflow.Path]), given);
        var question = new TrustQuestion(workflow.Path, Sha256Digest.Of(digests.ToString()), lines.ToImmutable());
        return lines.Count == 0 || LocalFiles.Exists(PathOf(question)) ? null : question;
    }

    /// <summary>Remembers that the user said yes.</summary>
    public Result<Unit> Trust(TrustQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return LocalFiles.Write(PathOf(question), Encoding.UTF8.GetBytes($"{question.File}\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private void Look(Looking look, IReadOnlyDictionary<PortAddress, PortValue> given)
    {
        var (workflow, lines) = (look.Workflow, look.Lines);
        var active = workflow.Graph.Nodes.Values.Where(static node => !node.Bypass && node.Pinned.IsEmpty).ToList();
        var before = lines.Count;
        foreach (var node in active)
        {
            if (catalogue.Find(node.Type) is { RunsCode: true } type)
            {
                lines.Add($"node {node.Id} ({type.Id}): {type.Description}");
                Describe(look, node, type, given);
            }
        }

        // What a catalogue says a model needs is installed by the nodes that run code; without these it is only read.
        var models = lines.Count == before ? [] : active
            .SelectMany(node => (catalogue.Find(node.Type)?.Inputs ?? []).Where(static port => port.NamesCatalogue).Select(port => new PortAddress(node.Id, port.Name)))
            .SelectMany(address => Values(workflow.Graph, address, given, namesText: true))
            .Where(static value => value.Value.ValueKind is JsonValueKind.String)
            .Select(static value => value.Value.GetString()!);
        foreach (var shown in models.Distinct(StringComparer.Ordinal))
        {
            DescribeModels(look, Path.GetFullPath(shown, workflow.Folder), shown);
        }
    }

    private static void DescribeModels(Looking look, string path, string shown)
    {
        var (lines, digests) = (look.Lines, look.Digests);
        lines.Add($"models of {shown}:");
        foreach (var file in ModelCatalogue.FilesOf(path))
        {
            digests.Append(file[path.Length..]).Append(' ').Append(LocalFiles.Read(file, MaxBytes).TryGet(out var bytes, out var failure) ? Sha256Digest.Of(bytes).Hex : failure.Code.Id).Append('\n');
        }

        if (ModelCatalogue.Read(path).TryGet(out var models, out var unreadable))
        {
            lines.AddRange(models.Models.Values.Where(static model => model.Requirements is not null).SelectMany(static model => Packages(model.Requirements!.Value).Select(packages => $"  {model.Id},{packages[1..]}")));
        }
        else
        {
            lines.Add($"  cannot be read ({unreadable.Message})");
        }
    }

    private string PathOf(TrustQuestion question) => $"{layout.TrustedWorkflows}/{question.Digest.Hex}";

    private void Describe(Looking look, WorkflowNode node, NodeType type, IReadOnlyDictionary<PortAddress, PortValue> given)
    {
        var (workflow, lines) = (look.Workflow, look.Lines);
        foreach (var port in type.Inputs)
        {
            foreach (var (address, value) in Values(workflow.Graph, new PortAddress(node.Id, port.Name), given, port.NamesCode))
            {
                if ((port.Type.IsFile || port.NamesCode) && value.ValueKind is JsonValueKind.String)
                {
                    DescribeFile(Path.GetFullPath(value.GetString()!, workflow.Folder), value.GetString()!, port.Name, look);
                }
                else if (value.ValueKind is not JsonValueKind.Null)
                {
                    // What was given beside the file is in no digest of the file.
                    look.Digests.Append(address).Append('=').Append(value.GetRawText()).Append('\n');
                    lines.AddRange(port.Type.Equals(PortType.Requirements) ? Packages(value) : [$"  {port.Name}: {Shorten(value)}"]);
                    DescribeNamed(value.GetRawText(), [workflow.Folder], look);
                }
            }

            if (workflow.Graph.Edges.FirstOrDefault(edge => edge.To == new PortAddress(node.Id, port.Name)) is { From.Port: not null } edge
                && (port.Type.IsFile || port.NamesCode || port.Type.Equals(PortType.Requirements)))
            {
                lines.Add($"  {port.Name}: from node {edge.From}");
            }
        }
    }

    // What a port is given, or what the node that leads to it is given: a script's file is often a node of its own.
    private IEnumerable<(PortAddress Address, JsonElement Value)> Values(WorkflowGraph graph, PortAddress address, IReadOnlyDictionary<PortAddress, PortValue> given, bool namesText)
    {
        if (given.TryGetValue(address, out var now))
        {
            return now.IsSecret ? [] : [(address, now.Json)];
        }

        if (graph.Nodes[address.Node].Inputs.FirstOrDefault(input => catalogue.Find(graph.Nodes[address.Node].Type)?.Input(input.Key)?.Name == address.Port) is { Key: not null } input)
        {
            return [(address, input.Value)];
        }

        return graph.Edges.Where(edge => edge.To == address && graph.Nodes.ContainsKey(edge.From.Node))
            .SelectMany(edge => (catalogue.Find(graph.Nodes[edge.From.Node].Type)?.Inputs ?? [])
                .Where(port => port.Type.IsFile || (namesText && port.Type.Equals(PortType.Text)))
                .Select(port => new PortAddress(edge.From.Node, port.Name)))
            .Where(from => given.ContainsKey(from) || graph.Nodes[from.Node].Inputs.ContainsKey(from.Port))
            .SelectMany(from => Values(graph, from, given, namesText));
    }

    private void DescribeFile(string path, string shown, string port, Looking look)
    {
        var (lines, digests) = (look.Lines, look.Digests);
        if (!path.EndsWith(".py", StringComparison.Ordinal) && !LocalFiles.Exists(path))
        {
            // A name of what comes with Slipway, such as a recipe's.
            digests.Append(port).Append('=').Append(shown).Append('\n');
            lines.Add($"  {port}: {shown}");
            return;
        }

        // Thousands of nodes may run one script: it is looked at once.
        if (look.Scripts.TryGetValue((path, shown), out var before))
        {
            lines.Add(before);
            return;
        }

        if (!LocalFiles.Read(path, MaxBytes).TryGet(out var bytes, out var failure))
        {
            lines.Add($"  {shown}: cannot be read ({failure.Message})");
            return;
        }

        digests.Append(Sha256Digest.Of(bytes).Hex).Append('\n');
        if (path.EndsWith(WorkflowText.Extension, StringComparison.Ordinal))
        {
            lines.Add($"  {shown}:");
            if (!look.Files.Contains(path) && new WorkflowLoader(catalogue).Read(bytes, path, shown).TryGet(out var inner, out _))
            {
                Look(look with { Workflow = inner, Files = look.Files.Add(path) }, ImmutableDictionary<PortAddress, PortValue>.Empty);
            }

            return;
        }

        if (path.EndsWith(".py", StringComparison.Ordinal))
        {
            // What it can import is run as well.
            var modules = ScriptModules.Of(path, Path.GetDirectoryName(path)!);
            digests.Append(modules?.Hex).Append('\n');
            if (modules is null)
            {
                lines.Add($"  {shown} can import more than is looked at: changes of that are not seen");
            }
        }

        if (path.EndsWith(".toml", StringComparison.Ordinal) || path.EndsWith(".json", StringComparison.Ordinal))
        {
            lines.Add($"  {shown}");
            DescribeNamed(Encoding.UTF8.GetString(bytes), [Path.GetDirectoryName(path)!, look.Workflow.Folder], look);
            return;
        }

        var script = ScriptMetadata.Parse(Encoding.UTF8.GetString(bytes), shown);
        var packages = script.TryGet(out var metadata, out _) && metadata.IsPresent ? string.Join(", ", metadata.Dependencies.Select(static one => one.ToString())) : string.Empty;
        look.Scripts[(path, shown)] = packages.Length == 0 ? $"  {shown}" : $"  {shown}, with the packages {packages}";
        lines.Add(look.Scripts[(path, shown)]);
    }

    // Settings name scripts of the user's own, relative to their file or to the workflow's.
    private void DescribeNamed(string text, string[] folders, Looking look)
    {
        foreach (var name in ScriptNames().Matches(text).Select(static match => match.Groups[1].Value).Distinct(StringComparer.Ordinal))
        {
            foreach (var path in folders.Select(folder => Path.GetFullPath(name, folder)).Distinct(StringComparer.Ordinal).Where(LocalFiles.Exists))
            {
                DescribeFile(path, name, name, look);
            }
        }
    }

    [GeneratedRegex("""["']([^"'\n]+\.py)["']""", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ScriptNames();

    private static IEnumerable<string> Packages(JsonElement requirements)
    {
        var bindings = requirements.ValueKind is JsonValueKind.Object && requirements.TryGetProperty("bindings", out var list) && list.ValueKind is JsonValueKind.Array ? list.EnumerateArray().ToList() : [];
        var names = bindings
            .Where(static binding => binding.ValueKind is JsonValueKind.Object && binding.TryGetProperty("requirements", out var all) && all.ValueKind is JsonValueKind.Array)
            .SelectMany(static binding => binding.GetProperty("requirements").EnumerateArray())
            .Where(static one => one.ValueKind is JsonValueKind.Object)
            .Select(static one => $"{Text(one, "name")}{Text(one, "exact_pin")}");
        return [$"  packages: {string.Join(", ", names.DefaultIfEmpty("none named"))}"];
    }

    private static string Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString()! : string.Empty;

    private static string Shorten(JsonElement value)
    {
        var text = (value.ValueKind is JsonValueKind.String ? value.GetString()! : value.GetRawText()).ReplaceLineEndings(" ");
        return text.Length <= Shown ? text : $"{text[..Shown]}…";
    }

    // A workflow that is looked at, what was found so far, and the files on the way to it.
    private sealed record Looking(LoadedWorkflow Workflow, ImmutableArray<string>.Builder Lines, StringBuilder Digests, ImmutableHashSet<string> Files)
    {
        /// <summary>The lines of scripts that were looked at.</summary>
        public Dictionary<(string Path, string Shown), string> Scripts { get; } = [];
    }
}
