using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Runs;
using Slipway.Workflows.Types;

namespace Slipway.Cli.Commands.Workflow;

/// <summary>What <c>workflow list --json</c> prints.</summary>
internal sealed record WorkflowListDocument(string Schema, ImmutableArray<WorkflowListEntry> Workflows);

/// <summary>One file; <c>Error</c> where it could not be read.</summary>
internal sealed record WorkflowListEntry(string File, string Name, int Nodes, int Problems, string? Error);

/// <summary>What <c>workflow nodes --json</c> prints.</summary>
internal sealed record WorkflowNodesDocument(string Schema, ImmutableArray<WorkflowTypeEntry> Types);

/// <summary>One type of nodes.</summary>
internal sealed record WorkflowTypeEntry(
    string Id, int Version, string Category, string Description, string Purity, bool RunsCode, string? FurtherInputs, string? FurtherOutputs, ImmutableArray<WorkflowPort> Inputs, ImmutableArray<WorkflowPort> Outputs)
{
    public static WorkflowTypeEntry From(NodeType type) => new(
        type.Id, type.Version, type.Category, type.Description, type.Purity.ToString().ToLowerInvariant(), type.RunsCode, type.FurtherInputs?.Id, type.FurtherOutputs?.Id,
        [.. type.Inputs.Select(WorkflowPort.From)], [.. type.Outputs.Select(WorkflowPort.From)]);
}

/// <summary>One port.</summary>
internal sealed record WorkflowPort(string Name, string Type, string Description, bool IsRequired, bool TakesMany, JsonElement? Default, ImmutableArray<string> Choices, ImmutableArray<string> Aliases)
{
    public static WorkflowPort From(PortSpec port) => new(port.Name, port.Type.Id, port.Description, port.IsRequired, port.TakesMany, port.Default, port.Choices, port.Aliases);
}

/// <summary>What <c>workflow validate --json</c> prints.</summary>
internal sealed record WorkflowValidationDocument(string Schema, bool IsValid, ImmutableArray<WorkflowValidation> Files);

/// <summary>One file.</summary>
internal sealed record WorkflowValidation(string File, bool IsValid, int Nodes, ImmutableArray<WorkflowProblem> Problems)
{
    [JsonIgnore]
    public int Exit { get; init; }
}

/// <summary>One problem.</summary>
internal sealed record WorkflowProblem(string Code, string Pointer, string Message, string Hint, bool IsError);

/// <summary>What <c>workflow runs --json</c> prints.</summary>
internal sealed record WorkflowRunsDocument(string Schema, ImmutableArray<WorkflowRunEntry> Runs);

/// <summary>One run.</summary>
internal sealed record WorkflowRunEntry(string RunId, string Name, string State, int? Code, string File, string? Parent, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt, string Folder)
{
    public static WorkflowRunEntry From(WorkflowRunView view) => new(
        view.Run.Id.ToString(), view.Run.Record.Name, view.State, view.Run.Exit?.Code, view.Run.Record.Workflow!.File, view.Run.Record.Workflow.Parent, view.Run.Record.CreatedAt, view.Run.Exit?.EndedAt, view.Folder);
}

/// <summary>What <c>workflow run --json</c>, <c>resume</c> and <c>show</c> print.</summary>
internal sealed record WorkflowRunDocument(
    string Schema,
    WorkflowRunEntry Run,
    ImmutableArray<WorkflowRunNode> Nodes,
    ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, WorkflowOutput>> Outputs,
    ImmutableArray<WorkflowRunFailure> Failures,
    ImmutableArray<WorkflowRunQuestion> Questions)
{
    public static WorkflowRunDocument From(WorkflowRunView view, Func<Blob, string> pathOf) => new(
        "slipway.workflow-run/1",
        WorkflowRunEntry.From(view),
        [.. view.Nodes.Select(static node => new WorkflowRunNode(node.Id.ToString(), node.Type, node.Label, node.State, node.Seconds, node.Message))],
        view.Nodes.Where(static node => node.IsTarget && node.Outputs is not null).ToImmutableSortedDictionary(
            static node => node.Id.ToString(),
            node => node.Outputs!.Values.ToImmutableSortedDictionary(static pair => pair.Key, pair => WorkflowOutput.From(pair.Value, pathOf), StringComparer.Ordinal),
            StringComparer.Ordinal),
        [.. view.Nodes.Where(static node => node.State is "failed").Select(static node => new WorkflowRunFailure(
            node.Id.ToString(), node.Text("code") ?? string.Empty, node.Text("message") ?? string.Empty, node.Text("hint"), node.Text("detail")))],
        [.. view.Nodes.Where(static node => node.State is "waiting").Select(node => WorkflowRunQuestion.From(view, node))]);
}

/// <summary>One node of a run.</summary>
internal sealed record WorkflowRunNode(string Id, string Type, string Label, string State, double? Seconds, string? Message);

/// <summary>One output: a value, or content by its digest and where it lies.</summary>
internal sealed record WorkflowOutput(JsonElement? Value, string? Sha256, string? Path, long? Bytes, string? MediaType, string? Name)
{
    public static WorkflowOutput From(PortValue value, Func<Blob, string> pathOf) => value.Blob is { } blob
        ? new WorkflowOutput(null, blob.Digest.Hex, pathOf(blob), blob.Size, blob.MediaType, blob.Name)
        : new WorkflowOutput(value.Json, null, null, null, null, null);
}

/// <summary>One failure.</summary>
internal sealed record WorkflowRunFailure(string Node, string Code, string Message, string? Hint, string? Detail);

/// <summary>One question, and the command that answers it.</summary>
internal sealed record WorkflowRunQuestion(string Node, string Question, string? AnswerPort, string Answer, JsonElement? Details)
{
    public static WorkflowRunQuestion From(WorkflowRunView view, WorkflowNodeView node) => new(
        node.Id.ToString(),
        node.Text("question") ?? string.Empty,
        node.Text("answer_port"),
        node.Text("answer_port") is { } port ? $"slipway workflow resume {view.Run.Id} --set {node.Id}.{port}=VALUE" : node.Text("hint") ?? $"slipway workflow resume {view.Run.Id}",
        node.Data.ValueKind is JsonValueKind.Object && node.Data.TryGetProperty("details", out var details) ? details : null);
}

/// <summary>What <c>workflow import --json</c> prints.</summary>
internal sealed record WorkflowImportDocument(string Schema, string File, string? Written, int Nodes, int Edges, ImmutableArray<WorkflowImportRemark> Remarks);

/// <summary>One remark of an import.</summary>
internal sealed record WorkflowImportRemark(string Kind, string? Node, string Message);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(WorkflowListDocument))]
[JsonSerializable(typeof(WorkflowNodesDocument))]
[JsonSerializable(typeof(WorkflowValidationDocument))]
[JsonSerializable(typeof(WorkflowRunsDocument))]
[JsonSerializable(typeof(WorkflowRunDocument))]
[JsonSerializable(typeof(WorkflowImportDocument))]
internal sealed partial class WorkflowJson : JsonSerializerContext;
