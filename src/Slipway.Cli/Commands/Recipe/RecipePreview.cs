using System.CommandLine;
using System.Text;
using System.Text.Json;
using Slipway.Cli.Terminal;
using Slipway.Training.Adapters.Runs;
using Slipway.Training.Renderers;

namespace Slipway.Cli.Commands.Recipe;

/// <summary><c>recipe preview</c>: what a recipe trains on, as the model sees it.</summary>
internal static class RecipePreview
{
    public static Command Define(Output output, Func<Services> services)
    {
        var command = new Command("preview", "Show what a recipe trains on: rendered rows, with what is learned between ⟦ and ⟧.\n\nExample: slipway recipe preview sl_basic --preset tiny --manifest local");
        var order = OrderOptions.AddTo(command);
        var place = PlaceOptions.AddTo(command);
        var rows = new Option<int>("--rows") { Description = "How many rows.", HelpName = "N", DefaultValueFactory = static _ => 3 };
        command.Options.Add(rows);
        command.SetAction(async (parsed, token) => await RecipeSample.WithModelsAsync(parsed, place, services(), output, run: null, async models =>
        {
            var made = await models.PreviewAsync(order.Read(parsed), Math.Max(1, parsed.GetValue(rows)), token).ConfigureAwait(false);
            if (!made.TryGet(out var previews, out var failure))
            {
                return output.Fail(failure);
            }

            Print(output, previews);
            return 0;
        }, token).ConfigureAwait(false));
        return command;
    }

    private static void Print(Output output, System.Collections.Immutable.ImmutableArray<RenderedPreview> previews)
    {
        if (output.IsJson)
        {
            using var stream = new MemoryStream();
            using (var writer = new Utf8JsonWriter(stream))
            {
                writer.WriteStartObject();
                writer.WriteString("schema", "slipway.recipe-preview/1");
                writer.WriteStartArray("rows");
                foreach (var preview in previews)
                {
                    preview.WriteTo(writer);
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            using var document = JsonDocument.Parse(Encoding.UTF8.GetString(stream.ToArray()));
            output.Json(document.RootElement.Clone(), RecipeJson.Default.JsonElement);
            return;
        }

        for (var i = 0; i < previews.Length; i++)
        {
            var tokens = previews[i].Spans.Sum(static span => span.Tokens.Length);
            var trained = previews[i].Spans.Where(static span => span.Weight != 0).Sum(static span => span.Tokens.Length);
            output.Data.WriteLine($"{(i == 0 ? string.Empty : "\n")}-- row {i + 1}: {tokens} tokens, {trained} of them learned");
            output.Data.WriteLine(previews[i].ToText());
        }
    }
}
