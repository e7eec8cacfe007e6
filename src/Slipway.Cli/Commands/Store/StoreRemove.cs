using System.CommandLine;
using System.Text.Json.Serialization;
using Slipway.Cli.Terminal;
using Slipway.Store.Collection;
using Slipway.Store.Slots;

namespace Slipway.Cli.Commands.Store;

/// <summary><c>store remove</c>: removes one environment now, unless it is in use or linked.</summary>
internal static class StoreRemove
{
    public static Command Define(Output output, Func<Services> services)
    {
        var name = StoreCommands.NameArgument();
        var command = new Command("remove", "Remove one environment, unless it is in use or a project links to it.\n\nExample: slipway store remove 3f2a91") { name };
        StoreCommands.Bind(command, output, services, async (parsed, host, created, token) =>
        {
            if (!new EnvironmentStore(host.Layout).Find(parsed.GetRequiredValue(name)).TryGet(out var slot, out var failure))
            {
                return output.Fail(failure);
            }

            var removed = await new GarbageCollector(created.Machine, host.Layout, created.Time).RemoveAsync(slot, token).ConfigureAwait(false);
            if (!removed.TryGet(out var entry, out failure))
            {
                return output.Fail(failure);
            }

            if (output.IsJson)
            {
                output.Json(new StoreRemoveDocument("slipway.store-remove/1", entry.Name, entry.Bytes), StoreRemoveJson.Default.StoreRemoveDocument);
            }
            else
            {
                output.Data.WriteLine($"removed {entry.Name} ({Sizes.Text(entry.Bytes)})");
            }

            return 0;
        });
        return command;
    }
}

/// <summary>What <c>store remove --json</c> prints.</summary>
internal sealed record StoreRemoveDocument(string Schema, string Slot, long Bytes);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(StoreRemoveDocument))]
internal sealed partial class StoreRemoveJson : JsonSerializerContext;
