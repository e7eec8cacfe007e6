using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Core.Toml;
using Slipway.Machines.Files;
using Slipway.Workflows.Nodes;

namespace Slipway.Workflows.Models;

/// <summary>
/// The models that a file <c>models.toml</c> lists, or that the directories of a directory declare, each in its <c>slipway-model.json</c>. Only these files are
/// read: whatever lies in a model's own directory is never executed.
/// </summary>
/// <param name="Source">The file or the directory.</param>
/// <param name="Models">The models by their ids.</param>
public sealed record ModelCatalogue(string Source, ImmutableSortedDictionary<string, ModelEntry> Models)
{
    /// <summary>The file that declares one model.</summary>
    public const string ManifestName = "slipway-model.json";

    private const string ListName = "models.toml";
    private const string ListKey = "models";
    private const long Largest = 16 * 1024 * 1024;
    private const int MostShown = 8;

    /// <summary>Reads a catalogue.</summary>
    /// <param name="path">The absolute path of a TOML file, or of a directory.</param>
    /// <returns>The catalogue; <see cref="NodeFailures.CatalogueMalformed"/> with everything that is wrong.</returns>
    public static Result<ModelCatalogue> Read(string path) =>
        Directory.Exists(path) ? File.Exists($"{path}/{ListName}") ? ReadList($"{path}/{ListName}") : ReadFolder(path)
        : File.Exists(path) ? path.EndsWith(".json", StringComparison.Ordinal) ? ReadManifests(path, [path]) : ReadList(path)
        : new Failure(NodeFailures.CatalogueMalformed, $"There is no model catalogue {path}.") { Hint = $"It is a file {ListName}, or a directory whose directories have a {ManifestName}." };

    /// <summary>The files that a catalogue at that path would be read from; none when nothing is there.</summary>
    /// <param name="path">The absolute path of a file, or of a directory.</param>
    public static ImmutableArray<string> FilesOf(string path) =>
        Directory.Exists(path) ? File.Exists($"{path}/{ListName}") ? [$"{path}/{ListName}"] : ManifestsOf(path)
        : File.Exists(path) ? [path]
        : [];

    /// <summary>A model by its id.</summary>
    /// <returns>The model; <see cref="NodeFailures.UnknownModel"/> with the names that are near.</returns>
    public Result<ModelEntry> Find(string id)
    {
        if (Models.TryGetValue(id, out var model))
        {
            return model;
        }

        var near = NearestName.Of(id, Models.Keys);
        var known = Models.Count == 0 ? "it has none" : $"it has {string.Join(", ", Models.Keys.Take(MostShown))}{(Models.Count > MostShown ? $" and {Models.Count - MostShown} more" : string.Empty)}";
        return new Failure(NodeFailures.UnknownModel, $"{Source} has no model {Shown.Quote(id)}; {(near is null ? known : $"did you mean '{near}'?")}");
    }

    private static Result<ModelCatalogue> ReadList(string path)
    {
        if (!LocalFiles.Read(path, Largest).Then(bytes => TomlReader.Parse(Encoding.UTF8.GetString(bytes), path)).TryGet(out var table, out var failure))
        {
            return failure;
        }

        var document = new TomlAsJson(table);
        var reader = new ModelReader(Path.GetDirectoryName(path)!, pointer => $"{path}:{document.LineOf(pointer)}: {pointer}");
        var models = ImmutableSortedDictionary.CreateBuilder<string, ModelEntry>(StringComparer.Ordinal);
        if (!document.Json.TryGetProperty(ListKey, out var list) || list.ValueKind is not JsonValueKind.Array)
        {
            reader.Problem($"/{ListKey}", "should be a list of tables, [[models]]");
        }
        else
        {
            foreach (var (index, item) in list.EnumerateArray().Index())
            {
                var at = $"/{ListKey}/{index.ToString(CultureInfo.InvariantCulture)}";
                Add(models, reader, reader.Read(item, at), $"{at}/model_id");
            }
        }

        return Complete(path, models, reader.Problems);
    }

    private static Result<ModelCatalogue> ReadFolder(string folder) =>
        ReadManifests(folder, ManifestsOf(folder));

    private static ImmutableArray<string> ManifestsOf(string folder) =>
        [.. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).Select(static one => $"{one}/{ManifestName}").Where(File.Exists)];

    private static Result<ModelCatalogue> ReadManifests(string source, IReadOnlyList<string> paths)
    {
        var models = ImmutableSortedDictionary.CreateBuilder<string, ModelEntry>(StringComparer.Ordinal);
        var problems = new List<string>();
        foreach (var path in paths)
        {
            var reader = new ModelReader(Path.GetDirectoryName(path)!, pointer => $"{path}: {(pointer.Length == 0 ? "the document" : pointer)}");
            try
            {
                if (!LocalFiles.Read(path, Largest).TryGet(out var bytes, out var failure))
                {
                    return failure;
                }

                using var document = JsonDocument.Parse(bytes);
                Add(models, reader, reader.Read(document.RootElement, string.Empty), "/model_id");
            }
            catch (JsonException exception)
            {
                reader.Problem(string.Empty, $"is no JSON (line {exception.LineNumber + 1}): {exception.Message}");
            }

            problems.AddRange(reader.Problems);
        }

        return Complete(source, models, problems);
    }

    private static void Add(ImmutableSortedDictionary<string, ModelEntry>.Builder models, ModelReader reader, ModelEntry? entry, string at)
    {
        if (entry is not null && !models.TryAdd(entry.Id, entry))
        {
            reader.Problem(at, $"is '{entry.Id}', which another model has");
        }
    }

    private static Result<ModelCatalogue> Complete(string source, ImmutableSortedDictionary<string, ModelEntry>.Builder models, List<string> problems) => problems.Count == 0
        ? new ModelCatalogue(source, models.ToImmutable())
        : new Failure(NodeFailures.CatalogueMalformed, $"{problems[0]}{(problems.Count > 1 ? $" (and {problems.Count - 1} more)" : string.Empty)}.") { Detail = string.Join('\n', problems) };
}
