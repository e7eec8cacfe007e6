using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Workflows.Graphs;

namespace Slipway.Workflows.Loading;

/// <summary>A workflow's file, as far as it could be read.</summary>
/// <param name="Path">The file's absolute path.</param>
/// <param name="Digest">The SHA-256 of its bytes.</param>
/// <param name="Graph">The graph, its nodes of current versions.</param>
/// <param name="Text">A file's text that says this graph: the file's own, unless nodes were brought to other versions.</param>
/// <param name="Problems">What is wrong with it, warnings among it.</param>
public sealed record LoadedWorkflow(string Path, Sha256Digest Digest, WorkflowGraph Graph, ReadOnlyMemory<byte> Text, ImmutableArray<GraphProblem> Problems)
{
    private const int ProblemsInMessage = 50;

    /// <summary>What people call it.</summary>
    public string Name => Graph.Name is { Length: > 0 } name ? name : WorkflowLoader.NameOf(Path);

    /// <summary>The directory that paths in it are relative to.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>Why it cannot be run, with everything that is wrong in the detail; null when it can.</summary>
    public Failure? Objection
    {
        get
        {
            var errors = Problems.Where(static problem => problem.IsError).ToList();
            return errors.Count == 0 ? null : new Failure(WorkflowsFailures.Invalid, $"{Path} cannot be run: {errors.Count} {(errors.Count == 1 ? "problem" : "problems")}.")
            {
                Detail = string.Join('\n', errors.Take(ProblemsInMessage).Select(static problem => $"{problem.Code.Id} {problem}")
                    .Concat(errors.Count > ProblemsInMessage ? [$"and {errors.Count - ProblemsInMessage} more"] : [])),
            };
        }
    }
}
