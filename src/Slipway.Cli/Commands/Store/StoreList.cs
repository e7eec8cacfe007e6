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
            var damaged = ImmutableArray.CreateBuilder<StoreListDamage>();
            var environments = new EnvironmentStore(host.Layout).List((slot, failure) => damaged.Add(new StoreListDamage(slot.ToString(), failure.Code.Id, failure.Message)));
            if (output.IsJson)
            {
                output.Json(StoreListDocument.From(environments, damaged.ToImmutable()), StoreListJson.Default.StoreListDocument);
            }
            else
            {
                Print(output, environments, damaged.ToImmutable(), created.Time.GetUtcNow());
            }

            return Task.FromResult(0);
        });
        return command;
    }

    /// <summary>Writes the table; the text of records is made plain there.</summary>
    internal static void Print(Output output, ImmutableArray<StoredEnvironment> environments, ImmutableArray<StoreListDamage> damaged, DateTimeOffset now)
    {
        if (environments.IsEmpty && damaged.IsEmpty)
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
            .. damaged.Select(damage => (IReadOnlyList<string>)[damage.Slot[..NameDigits], "-", "-", "-", "-", $"DAMAGED ({damage.Code})"]),
        ];
        foreach (var damage in damaged)
        {
            output.Say($"slipway: warning {damage.Code}: {damage.Message}");
        }

        TextTable.Write(output.Data, ["NAME", "SIZE", "USED", "BY", "PYTHON", "PACKAGES"], rows);
    }
}

/// <summary>What <c>store list --json</c> prints.</summary>
internal sealed record StoreListDocument(string Schema, ImmutableArray<StoreListEntry> Environments, ImmutableArray<StoreListDamage> Damaged)
{
    public static StoreListDocument From(ImmutableArray<StoredEnvironment> environments, ImmutableArray<StoreListDamage> damaged) =>
        new("slipway.store-list/1", [.. environments.Select(StoreListEntry.From)], damaged);
}

/// <summary>One environment whose record cannot be read.</summary>
internal sealed record StoreListDamage(string Slot, string Code, string Message);

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
