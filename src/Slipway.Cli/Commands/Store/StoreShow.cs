using System.CommandLine;
using System.Text.Json.Serialization;
using Slipway.Cli.Terminal;
using Slipway.Store.Slots;

namespace Slipway.Cli.Commands.Store;

/// <summary><c>store show</c>: everything about one environment.</summary>
internal static class StoreShow
{
    public static Command Define(Output output, Func<Services> services)
    {
        var name = StoreCommands.NameArgument();
        var command = new Command("show", "Show everything about one environment.\n\nExample: slipway store show 3f2a91") { name };
        StoreCommands.Bind(command, output, services, (parsed, host, _, _) =>
        {
            var store = new EnvironmentStore(host.Layout);
            var found = store.Find(parsed.GetRequiredValue(name)).Then(store.Read);
            if (!found.TryGet(out var environment, out var failure))
            {
                return Task.FromResult(output.Fail(failure));
            }

            if (output.IsJson)
            {
                output.Json(StoreShowDocument.From(environment, host.Layout.Root(environment.Slot)), StoreShowJson.Default.StoreShowDocument);
            }
            else
            {
                Print(output.Data, environment, host.Layout.Root(environment.Slot));
            }

            return Task.FromResult(0);
        });
        return command;
    }

    private static void Print(TextWriter writer, StoredEnvironment environment, string root)
    {
        var meta = environment.Meta;
        Line("slot", environment.Slot.ToString());
        Line("packages", meta.Title);
        Line("root", root);
        Line("created", $"{meta.CreatedAt:u} by {meta.CreatedBy}");
        Line("last use", $"{environment.LastUse:u}");
        Line("size", $"{Sizes.Text(environment.Bytes)} in {environment.Files} files");
        foreach (var input in meta.Inputs)
        {
            Line(input.Name, input.Value.ReplaceLineEndings(" "));
        }

        foreach (var warning in meta.Warnings)
        {
            Line("warning", warning);
        }

        void Line(string label, string value) => writer.WriteLine($"{label,-17}{Plain.Line(value)}");
    }
}

/// <summary>What <c>store show --json</c> prints.</summary>
internal sealed record StoreShowDocument(string Schema, string Root, long Files, long Bytes, DateTimeOffset LastUsedAt, SlotMeta Meta)
{
    public static StoreShowDocument From(StoredEnvironment environment, string root) =>
        new("slipway.store-show/1", root, environment.Files, environment.Bytes, environment.LastUse, environment.Meta);
}

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(StoreShowDocument))]
internal sealed partial class StoreShowJson : JsonSerializerContext;
