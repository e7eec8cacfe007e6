using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Failures;
using Slipway.Training.Datasets;

namespace Slipway.Training.Adapters.UserCode;

/// <summary>Rows of a user's own Python file: <c>dataset(split)</c> gives dicts, all at once or one after the other.</summary>
public static class UserDataset
{
    /// <summary>Loads a split, in a worker that ends with it. The first row that fails ends it, named with its number and the line of the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="split">The split.</param>
    /// <param name="open">Starts the worker.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<Result<Dataset>> LoadAsync(string path, string split, OpenUserWorker open, CancellationToken cancellationToken)
    {
        if (!UserFile.Find(path, open).TryGet(out var file, out var failure))
        {
            return failure;
        }

        await using var closing = file.ConfigureAwait(false);
        var rows = ImmutableArray.CreateBuilder<JsonElement>();
        while (true)
        {
            var arguments = new JsonObject { ["path"] = file.Path, ["split"] = split, ["start"] = rows.Count };
            var called = await file.CallAsync("user_code_dataset", arguments, [], cancellationToken).ConfigureAwait(false);
            if (!called.TryGet(out var answer, out failure))
            {
                return failure;
            }

            using var disposing = answer;
            if (!JsonLines.Parse(Encoding.UTF8.GetString(answer.Find("rows")!.Bytes.Span), file.Path).TryGet(out var page, out failure))
            {
                return failure;
            }

            rows.AddRange(page.Rows);
            if (answer.Values.GetProperty("done").GetBoolean())
            {
                return new Dataset(rows.ToImmutable(), $"{file.Path}/{split}");
            }
        }
    }
}
