using System.Collections.Immutable;
using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Machines.Ssh;
using Slipway.Machines.Ssh.Addresses;
using Slipway.Runs;
using Slipway.Runs.Arguments;
using Slipway.Runs.Hosts;

namespace Slipway.Cli.Commands.Host;

/// <summary><c>host add</c>: connects, shows key and findings, and writes the host down.</summary>
internal static class HostAdd
{
    public static Command Define(Output output, Func<Services> services)
    {
        var name = new Argument<string>("NAME") { Description = "What the host is called from now on." };
        var address = new Argument<string>("ADDRESS") { Description = "user@host:port, ssh://user@host:port, an alias of your SSH configuration, or the whole ssh line of a provider, quoted." };
        var key = new Option<string>("--key") { Description = "A private key to log in with; a leading ~/ is your home.", HelpName = "FILE" };
        var store = new Option<string>("--store") { Description = "Where the store is to lie there, an absolute path; else the variables there say so.", HelpName = "DIR" };
        var config = new Option<string>("--ssh-config") { Description = "An SSH configuration in place of your own.", HelpName = "FILE" };
        var replace = new Option<bool>("--replace") { Description = "Replace the host of that name." };
        var noCheck = new Option<bool>("--no-check") { Description = "Write the host down without connecting to it." };
        var command = new Command("add", "Add a host: connect to it, show its key and what it is, and write it into hosts.toml.\n\nExample: slipway host add gpu1 'ssh -p 2222 -i ~/.ssh/key me@gpu1.example'")
        {
            name, address, key, store, config, replace, noCheck,
        };
        HostCommands.Bind(command, output, services, async (parsed, hosts, created, token) =>
        {
            var wanted = Entry(parsed.GetRequiredValue(name), parsed.GetRequiredValue(address), parsed.GetValue(key), parsed.GetValue(store), parsed.GetValue(config), created);
            if (!wanted.TryGet(out var entry, out var failure) || !Vacant(hosts.Book, entry, parsed.GetValue(replace)).TryGet(out _, out failure))
            {
                return output.Fail(failure);
            }

            HostCommands.SayNotes(output, entry.Address);
            var isOffline = GlobalOptions.Has(parsed, RunOptions.Offline);
            return parsed.GetValue(noCheck) ? Finish(output, hosts, entry, parsed.GetValue(replace), null, [])
                : isOffline ? output.Fail(new Failure(CliFailures.Usage, $"{entry.Name} cannot be looked at: the network may not be used.") { Hint = "Give --no-check to write it down all the same." })
                : await CheckedAsync(output, hosts, entry, parsed.GetValue(replace), created, token).ConfigureAwait(false);
        });
        return command;
    }

    private static Result<HostEntry> Entry(string name, string address, string? key, string? store, string? config, Services services)
    {
        if (!HostName.Parse(name).TryGet(out var valid, out var failure) || !SshAddress.Parse(address).TryGet(out var parsed, out failure)
            || !(key is null ? parsed : parsed.WithIdentity(key)).TryGet(out parsed, out failure))
        {
            return failure;
        }

        if (store is not null && (!store.StartsWith('/') || store.Any(char.IsControl)))
        {
            return new Failure(CliFailures.Usage, $"--store {store.ReplaceLineEndings(" ")} is no absolute path.");
        }

        var file = config is null ? null : Path.GetFullPath(config);
        if (file is not null && !File.Exists(file))
        {
            return new Failure(CliFailures.Usage, $"There is no SSH configuration {file}.");
        }

        // Written down in full: the list is read from any directory.
        return parsed.WithFoundIdentities(services.Variable("HOME"), Directory.GetCurrentDirectory()).Map(found => new HostEntry(valid, found) { Store = store?.TrimEnd('/') is { Length: > 0 } path ? path : null, SshConfig = file });
    }

    // Before anything is connected; adding it judges again.
    private static Result<Unit> Vacant(HostBook book, HostEntry entry, bool replace) => book.Read().Then<Unit>(hosts => !replace && hosts.Any(host => host.Name == entry.Name)
        ? new Failure(RunFailures.HostExists, $"There is a host {entry.Name} already.") { Hint = "Choose another name, or give --replace." }
        : Unit.Value);

    private static async Task<int> CheckedAsync(Output output, HostDirectory hosts, HostEntry entry, bool replace, Services services, CancellationToken cancellationToken)
    {
        if (!hosts.Settings(entry).TryGet(out var settings, out var failure))
        {
            return output.Fail(failure);
        }

        var keys = new HostKeys(services.Startup, services.Time);
        var before = await keys.FindAsync(settings, cancellationToken).ConfigureAwait(false);
        var look = await HostLook.AtAsync(entry.Name.ToString(), settings, entry.Store, hosts, services, cancellationToken).ConfigureAwait(false);
        if (look.Failure is not null)
        {
            var hint = look.Failure.Code == Machines.MachinesFailures.HostUnreachable ? $"{look.Failure.Remedy} To write it down all the same, give --no-check." : look.Failure.Remedy;
            return output.Fail(look.Failure with { Hint = hint });
        }

        var after = await keys.FindAsync(settings, cancellationToken).ConfigureAwait(false);
        if (after is { IsOk: true, Value.IsEmpty: true })
        {
            return output.Fail(new Failure(Machines.MachinesFailures.HostKeyUnknown, $"The key of {entry.Name} could not be written down, so it would be believed anew each time.") { Hint = $"Make {hosts.Book.KnownHosts} writable." });
        }

        var known = before.IsOk ? before.Value : [];
        ImmutableArray<HostAddKey> shown = after.IsOk ? [.. after.Value.Select(key => new HostAddKey(key.Kind, key.Fingerprint, key.File, !known.Contains(key)))] : [];
        return Finish(output, hosts, entry, replace, look, shown);
    }

    private static int Finish(Output output, HostDirectory hosts, HostEntry entry, bool replace, HostLook? look, ImmutableArray<HostAddKey> keys)
    {
        if (!hosts.Book.Add(entry, replace).TryGet(out _, out var failure))
        {
            return output.Fail(failure);
        }

        if (output.IsJson)
        {
            output.Json(new HostAddDocument("slipway.host-add/1", HostListEntry.From(entry), hosts.Book.FilePath, keys, look?.ToEntry()), HostCheckJson.Default.HostAddDocument);
            return 0;
        }

        foreach (var key in keys)
        {
            output.Data.WriteLine(Plain.Line($"key {key.Kind} {key.Fingerprint} ({(key.IsNew ? "new, believed from now on" : "known already")}: {key.File})"));
        }

        look?.Print(output.Data);
        output.Say(look is null ? $"{entry.Name} is added, unchecked: {hosts.Book.FilePath}" : $"{entry.Name} is added: {hosts.Book.FilePath}");
        return 0;
    }
}

/// <summary>What <c>host add --json</c> prints.</summary>
internal sealed record HostAddDocument(string Schema, HostListEntry Host, string File, ImmutableArray<HostAddKey> Keys, HostCheckEntry? Check);

/// <summary>A key by which the host is known.</summary>
internal sealed record HostAddKey(string Kind, string Fingerprint, string File, bool IsNew);
