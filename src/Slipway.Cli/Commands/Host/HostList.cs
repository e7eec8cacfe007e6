using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Serialization;
using Slipway.Cli.Terminal;
using Slipway.Runs.Hosts;

namespace Slipway.Cli.Commands.Host;

/// <summary><c>host list</c>: the hosts that were added.</summary>
internal static class HostList
{
    public static Command Define(Output output, Func<Services> services)
    {
        var command = new Command("list", "List the hosts that were added; none of them is connected to.\n\nExample: slipway host list --json");
        HostCommands.Bind(command, output, services, (_, hosts, _, _) => Task.FromResult(hosts.Book.Read().TryGet(out var entries, out var failure) ? Print(output, hosts.Book, entries) : output.Fail(failure)));
        return command;
    }

    private static int Print(Output output, HostBook book, ImmutableArray<HostEntry> entries)
    {
        if (output.IsJson)
        {
            output.Json(new HostListDocument("slipway.host-list/1", book.FilePath, [.. entries.Select(HostListEntry.From)]), HostListJson.Default.HostListDocument);
        }
        else if (entries.IsEmpty)
        {
            output.Say("No host was added. `slipway host add NAME ADDRESS` adds one.");
        }
        else
        {
            TextTable.Write(output.Data, ["NAME", "STORE", "ADDRESS"], [.. entries.Select(static entry => (IReadOnlyList<string>)[entry.Name.ToString(), entry.Store ?? "-", entry.Address.ToString()])]);
        }

        return 0;
    }
}

/// <summary>What <c>host list --json</c> prints.</summary>
internal sealed record HostListDocument(string Schema, string File, ImmutableArray<HostListEntry> Hosts);

/// <summary>One host.</summary>
internal sealed record HostListEntry(string Name, string Address, string? Store, string? SshConfig)
{
    public static HostListEntry From(HostEntry entry) => new(entry.Name.ToString(), entry.Address.ToString(), entry.Store, entry.SshConfig);
}

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(HostListDocument))]
internal sealed partial class HostListJson : JsonSerializerContext;
