using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Slipway.Cloud.Cost;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Machines.Files;
using Slipway.Training.Adapters.Data;
using Slipway.Training.Datasets;
using Slipway.Training.Ports;

namespace Slipway.Cloud.Templates;

/// <summary>What was found out about a work before anything is rented.</summary>
/// <param name="Shape">The model's size; null where the template trains none that is known.</param>
/// <param name="Vram">What memory must be reckoned; null likewise.</param>
/// <param name="Notes">What was looked at, for people.</param>
public sealed record TemplateCheck(ModelShape? Shape, VramRequest? Vram, ImmutableArray<string> Notes);

/// <summary>Looks at rows and model before anything is rented: a column that is missing would else be found when the machine already costs money.</summary>
/// <param name="hub">Has models.</param>
/// <param name="data">Has rows.</param>
public sealed class TemplateChecks(IHubClient hub, DatasetStore data)
{
    private const int MostConfigBytes = 1024 * 1024;

    /// <summary>Looks.</summary>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was found; <see cref="CloudFailures.DatasetColumnMissing"/> or <see cref="CloudFailures.ModelShapeUnknown"/>, or why the hub does not answer.</returns>
    public async Task<Result<TemplateCheck>> CheckAsync(TemplateWork work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (work.Parts.Method is null)
        {
            return new TemplateCheck(Shape: null, Vram: null, ["What the run needs of memory is not known: it is code of your own or a recipe."]);
        }

        var rows = await RowsAsync(work, cancellationToken).ConfigureAwait(false);
        if (!rows.TryGet(out var seen, out var failure))
        {
            return failure;
        }

        var sized = await ShapeAsync(work, cancellationToken).ConfigureAwait(false);
        return sized.Map(shape => new TemplateCheck(shape, work.Sizing(shape), [seen, $"{work.Model} has {shape.Parameters.ToString("0", CultureInfo.InvariantCulture)} parameters."]));
    }

    private async Task<Result<string>> RowsAsync(TemplateWork work, CancellationToken cancellationToken)
    {
        var config = work.Parameters;
        var id = LocalInput.IsCarried(work.Dataset!) ? Path.GetFullPath(work.Dataset!, work.WorkingDirectory) : work.Dataset!;
        var peeked = await data.PeekAsync(new DatasetRequest(id, config.TextOrNone("dataset_config"), config.Text("split"), Revision: null), cancellationToken).ConfigureAwait(false);
        if (!peeked.TryGet(out var rows, out var failure))
        {
            return failure;
        }

        if (rows.Count == 0)
        {
            return new Failure(CloudFailures.DatasetColumnMissing, $"{work.Dataset} has no rows.");
        }

        var columns = TuningTemplates.Columns(config);
        for (var number = 0; number < rows.Count; number++)
        {
            foreach (var column in columns)
            {
                if (Missing(rows.Rows[number], column, column == config.TextOrNone("messages_column")) is { } problem)
                {
                    return new Failure(CloudFailures.DatasetColumnMissing, $"{work.Dataset}, row {number + 1}: {problem}.") { Hint = $"Name the columns with text_column, prompt_column and completion_column, or messages_column. The row has {Names(rows.Rows[number])}." };
                }
            }
        }

        return $"{rows.Count} rows of {rows.Origin} have {string.Join(", ", columns)}.";
    }

    private static string? Missing(JsonElement row, string column, bool isTalk) => !row.TryGetProperty(column, out var value) ? $"there is no column {Shown.Quote(column)}"
        : isTalk ? IsTalk(value) ? null : $"{Shown.Quote(column)} is no list of messages with role and content"
        : value.ValueKind is JsonValueKind.String ? null : $"{Shown.Quote(column)} is no text";

    private static bool IsTalk(JsonElement value) => value.ValueKind is JsonValueKind.Array && value.GetArrayLength() > 0 && value.EnumerateArray().All(static one =>
        one.ValueKind is JsonValueKind.Object && one.TryGetProperty("role", out var role) && role.ValueKind is JsonValueKind.String && one.TryGetProperty("content", out var content) && content.ValueKind is JsonValueKind.String);

    private static string Names(JsonElement row) => string.Join(", ", row.EnumerateObject().Select(static one => one.Name).Take(50));

    private async Task<Result<ModelShape>> ShapeAsync(TemplateWork work, CancellationToken cancellationToken)
    {
        var given = work.Parameters.Find("parameters") is { } count ? (decimal?)count.Number : null;
        var read = LocalInput.IsCarried(work.Model!)
            ? LocalFiles.Read(Path.Combine(work.WorkingDirectory, work.Model!, "config.json"), MostConfigBytes)
            : (await hub.DownloadAsync(new HubRepository(work.Model!), "config.json", cancellationToken).ConfigureAwait(false)).Then(path => LocalFiles.Read(path, MostConfigBytes));
        if (!read.TryGet(out var bytes, out var failure))
        {
            return given is { } only ? new ModelShape(only).Checked() : failure with { Hint = failure.Hint ?? "Or give the number of its parameters as `parameters`." };
        }

        return ModelConfig.Shape(bytes, given) is { } shape ? shape.Checked()
            : new Failure(CloudFailures.ModelShapeUnknown, $"The config.json of {work.Model} does not tell how large the model is.");
    }
}
