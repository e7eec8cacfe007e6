using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Serialization;
using Slipway.Cli.Terminal;
using Slipway.Store.Slots;

namespace Slipway.Cli.Commands.Store;

/// <summary><c>store list</c>: every published environment, the last used first.</summary>
internal static class StoreList
{
    private const int NameDigits = 12;

    public static Command Define(Output output, Func<Services> services)
    {
        var command = new Command("list", "List the published environments, the last used first.\n\nExample: slipway store list --json");
        StoreCommands.Bind(command, output, services, (_, host, created, _) =>
        {
            var unreadable = new List<string>();
            var environments = new EnvironmentStore(host.Layout).List((slot, failure) => unreadable.Add($"{slot}: {failure.Message}"));
            if (output.IsJson)
            {
                output.Json(StoreListDocument.From(environments, unreadable), StoreListJson.Default.StoreListDocument);
            }
            else
            {
                Print(output, environments, created.Time.GetUtcNow());
            }

            foreach (var problem in unreadable)
            {
                output.Say($"slipway: warning: {problem}");
            }

            return Task.FromResult(0);
        });
        return command;
    }

    private static void Print(Output output, ImmutableArray<StoredEnvironment> environments, DateTimeOffset now)
    {
        if (environments.IsEmpty)
        {
            output.Say("The store is empty. `slipway run SCRIPT` puts an environment into it.");
            return;
        }

        IReadOnlyList<IReadOnlyList<string>> rows =
        [
            .. environments.Select(environment => (IReadOnlyList<string>)
            [
                environment.Slot.ToString()[..NameDigits],
                Sizes.Text(environment.Bytes),
                Sizes.Ago(now - environment.LastUse),
                environment.Meta.Provisioner.Split('/')[0],
                environment.Meta.Inputs.FirstOrDefault(input => input.Name is "python_version")?.Value ?? "-",
                environment.Meta.Title,
            ]),
        ];
        TextTable.Write(output.Data, ["NAME", "SIZE", "USED", "BY", "PYTHON", "PACKAGES"], rows);
    }
}

/// <summary>What <c>store list --json</c> prints.</summary>
internal sealed record StoreListDocument(string Schema, ImmutableArray<StoreListEntry> Environments, ImmutableArray<string> Unreadable)
{
    public static StoreListDocument From(ImmutableArray<StoredEnvironment> environments, List<string> unreadable) =>
        new("slipway.store-list/1", [.. environments.Select(StoreListEntry.From)], [.. unreadable]);
}

/// <summary>One environment.</summary>
internal sealed record StoreListEntry(
    string Slot, string EnvironmentKey, string LockDigest, string Title, string Provisioner, long Files, long Bytes, DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt)
{
    public static StoreListEntry From(StoredEnvironment environment) => new(
        environment.Slot.ToString(),
        environment.Meta.EnvironmentKey,
        environment.Meta.LockDigest,
        environment.Meta.Title,
        environment.Meta.Provisioner,
        environment.Files,
        environment.Bytes,
        environment.Meta.CreatedAt,
        environment.LastUse);
}

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(StoreListDocument))]
internal sealed partial class StoreListJson : JsonSerializerContext;
