using System.CommandLine;
using System.Text.Json.Serialization;
using Slipway.Cli.Terminal;
using Slipway.Store.Slots;

namespace Slipway.Cli.Commands.Store;

/// <summary><c>store path</c>: where an environment, or the store itself, lies.</summary>
internal static class StorePath
{
    public static Command Define(Output output, Func<Services> services)
    {
        var name = StoreCommands.NameArgument();
        name.Arity = ArgumentArity.ZeroOrOne;
        var command = new Command("path", "Print where an environment lies; without a name, where the store does.\n\nExample: slipway store path 3f2a91") { name };
        StoreCommands.Bind(command, output, services, (parsed, host, _, _) =>
        {
            if (parsed.GetValue(name) is not { } wanted)
            {
                return Task.FromResult(Print(output, host.Layout.Home));
            }

            var found = new EnvironmentStore(host.Layout).Find(wanted);
            return Task.FromResult(found.TryGet(out var slot, out var failure) ? Print(output, host.Layout.Root(slot)) : output.Fail(failure));
        });
        return command;
    }

    private static int Print(Output output, string path)
    {
        if (output.IsJson)
        {
            output.Json(new StorePathDocument("slipway.store-path/1", path), StorePathJson.Default.StorePathDocument);
        }
        else
        {
            output.Data.WriteLine(path);
        }

        return 0;
    }
}

/// <summary>What <c>store path --json</c> prints.</summary>
internal sealed record StorePathDocument(string Schema, string Path);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(StorePathDocument))]
internal sealed partial class StorePathJson : JsonSerializerContext;
