using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines.Files;
using Slipway.Workflows.Engine;
using Slipway.Workflows.Graphs;
using Slipway.Workflows.Types;
using Slipway.Workflows.Validation;

namespace Slipway.Workflows.Loading;

/// <summary>From a file to a graph: read, brought to current versions, checked, with everything that is wrong at once.</summary>
/// <param name="catalogue">The types of nodes.</param>
public sealed class WorkflowLoader(NodeCatalogue catalogue)
{
    /// <summary>The longest file that is read.</summary>
    public const long MaxBytes = 16 * 1024 * 1024;

    private const int MostFolders = 20_000;
    private const int Deepest = 12;

    private readonly GraphValidator _validator = new(catalogue);

    /// <summary>What a file says; it is not checked yet. Fails only where nothing can be said of it.</summary>
    public Result<LoadedWorkflow> Read(string file)
    {
        var path = Path.GetFullPath(file);
        if (!File.Exists(path))
        {
            return new Failure(WorkflowsFailures.FileMissing, Directory.Exists(path) ? $"{file} is a directory, and not a workflow's file." : $"There is no file {file}.");
        }

        return LocalFiles.Read(path, MaxBytes).Then(bytes => Read(bytes, path, file));
    }

    /// <summary>What some bytes say.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="path">The absolute path of the file that they are of.</param>
    /// <param name="source">What failures call it.</param>
    public Result<LoadedWorkflow> Read(ReadOnlyMemory<byte> bytes, string path, string source)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        var text = bytes.Span.StartsWith(mark) ? bytes[mark.Length..] : bytes;
        return WorkflowText.Read(text, source).Map(reading =>
        {
            var migrated = _validator.Migrate(reading.Graph);
            var isAsWritten = ReferenceEquals(migrated.Graph.Nodes, reading.Graph.Nodes);
            return new LoadedWorkflow(path, Sha256Digest.Of(bytes.Span), migrated.Graph, isAsWritten ? text : WorkflowText.Write(migrated.Graph), [.. reading.Problems, .. migrated.Problems]);
        });
    }

    /// <summary>The same with everything that keeps it from running.</summary>
    /// <param name="read">What was read.</param>
    /// <param name="given">Inputs that the run is given beside the file.</param>
    public LoadedWorkflow Check(LoadedWorkflow read, IReadOnlySet<PortAddress>? given = null)
    {
        ArgumentNullException.ThrowIfNull(read);
        var old = read.Problems.Where(static problem => problem.Code == WorkflowsFailures.UnknownVersion).Select(static problem => problem.Pointer).ToHashSet(StringComparer.Ordinal);

        // A node of a version that there is no way from is told once; its ports may be others.
        var found = _validator.Problems(read.Graph, given)
            .Where(problem => !old.Any(pointer => problem.Pointer.StartsWith(pointer[..^"version".Length], StringComparison.Ordinal)));
        return read with { Problems = [.. read.Problems, .. found] };
    }

    /// <summary>The graph of a file that has no problems but warnings.</summary>
    public Result<LoadedWorkflow> Load(string file) => Read(file).Map(read => Check(read)).Then<LoadedWorkflow>(static loaded => loaded.Objection is { } failure ? failure : loaded);

    /// <summary>A name after a file: without folder and ending.</summary>
    public static string NameOf(string path)
    {
        var name = Path.GetFileName(path);
        return name.EndsWith(WorkflowText.Extension, StringComparison.Ordinal) ? name[..^WorkflowText.Extension.Length] : Path.GetFileNameWithoutExtension(name);
    }

    /// <summary>The workflows below a directory, by their paths; hidden directories, environments and links are not looked into.</summary>
    public static ImmutableArray<string> Find(string folder)
    {
        var found = new List<string>();
        var open = new Queue<(string Folder, int Depth)>([(Path.GetFullPath(folder), 0)]);
        for (var seen = 0; seen < MostFolders && open.TryDequeue(out var next); seen++)
        {
            try
            {
                found.AddRange(Directory.EnumerateFiles(next.Folder, $"*{WorkflowText.Extension}"));
                foreach (var child in next.Depth < Deepest ? new DirectoryInfo(next.Folder).EnumerateDirectories() : [])
                {
                    if (child.Name[0] != '.' && child.Name is not ("node_modules" or "__pycache__") && child.LinkTarget is null && !File.Exists(Path.Combine(child.FullName, "pyvenv.cfg")))
                    {
                        open.Enqueue((child.FullName, next.Depth + 1));
                    }
                }
            }
            catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
            {
                continue;
            }
        }

        return [.. found.Order(StringComparer.Ordinal)];
    }
}
