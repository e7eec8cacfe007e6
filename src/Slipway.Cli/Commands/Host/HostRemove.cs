using System.CommandLine;
using System.Text.Json.Serialization;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Machines.Ssh;
using Slipway.Runs.Hosts;

namespace Slipway.Cli.Commands.Host;

/// <summary><c>host remove</c>: forgets a host and the key by which it is known; nothing is changed on it.</summary>
internal static class HostRemove
{
    public static Command Define(Output output, Func<Services> services)
    {
        var name = new Argument<string>("NAME") { Description = "The host." };
        var command = new Command("remove", "Forget a host and its key. Nothing is changed on the host itself.\n\nExample: slipway host remove gpu1") { name };
        HostCommands.Bind(command, output, services, async (parsed, hosts, created, token) =>
        {
            var removed = await RemoveAsync(parsed.GetRequiredValue(name), hosts, created, token).ConfigureAwait(false);
            if (!removed.TryGet(out var entry, out var failure))
            {
                return output.Fail(failure);
            }

            if (output.IsJson)
            {
                output.Json(new HostRemoveDocument("slipway.host-remove/1", entry.Name.ToString()), HostRemoveJson.Default.HostRemoveDocument);
            }

            output.Say($"{entry.Name} is forgotten. What lies in its store is still there.");
            return 0;
        });
        return command;
    }

    private static async Task<Result<HostEntry>> RemoveAsync(string text, HostDirectory hosts, Services services, CancellationToken cancellationToken)
    {
        if (!HostName.Parse(text).Then(hosts.Book.Find).TryGet(out var entry, out var failure) || !hosts.Book.Remove(entry.Name).TryGet(out _, out failure)
            || !hosts.Book.Read().TryGet(out var others, out failure))
        {
            return failure;
        }

        // A missing key file or ssh program must not keep a host from being removed.
        if (hosts.Settings(entry).TryGet(out var settings, out _))
        {
            using var machine = hosts.Machine(settings);
            await machine.CloseAsync(cancellationToken).ConfigureAwait(false);
            var keys = new HostKeys(services.Startup, services.Time);
            var own = await keys.NameAsync(settings, cancellationToken).ConfigureAwait(false);
            var isShared = false;
            foreach (var other in others)
            {
                isShared |= own.IsOk && hosts.Settings(other).TryGet(out var theirs, out _)
                    && (await keys.NameAsync(theirs, cancellationToken).ConfigureAwait(false)).TryGet(out var name, out _) && string.Equals(name, own.Value, StringComparison.Ordinal);
            }

            _ = isShared ? Unit.Value : await keys.ForgetAsync(settings, cancellationToken).ConfigureAwait(false);
        }

        return entry;
    }
}

/// <summary>What <c>host remove --json</c> prints.</summary>
internal sealed record HostRemoveDocument(string Schema, string Removed);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(HostRemoveDocument))]
internal sealed partial class HostRemoveJson : JsonSerializerContext;
