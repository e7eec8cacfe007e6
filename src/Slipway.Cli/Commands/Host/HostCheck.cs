using System.Collections.Immutable;
using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Machines.Ssh;
using Slipway.Runs.Hosts;

namespace Slipway.Cli.Commands.Host;

/// <summary><c>host check</c>: what hosts are, have and lack, all asked at once.</summary>
internal static class HostCheck
{
    public static Command Define(Output output, Func<Services> services)
    {
        var names = new Argument<string[]>("HOST") { Description = "Names or addresses; without any, every host that was added.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("check", "Ask hosts what they are and have, and say what is missing; nothing is changed there. Exit code 1 when something needed is missing.\n\nExample: slipway host check gpu1 --json") { names };
        HostCommands.Bind(command, output, services, async (parsed, hosts, created, token) =>
        {
            var asked = parsed.GetValue(names) ?? [];
            if (asked.Select(HostCommands.RefuseLocal).FirstOrDefault(static refused => refused is not null) is { } refused)
            {
                return output.Fail(refused);
            }

            if (!hosts.Book.Read().TryGet(out var entries, out var failure))
            {
                return output.Fail(failure);
            }

            string[] all = asked.Length > 0 ? [.. asked.Distinct(StringComparer.Ordinal)] : [.. entries.Select(static entry => entry.Name.ToString())];
            return Print(output, await Task.WhenAll(all.Select(name => LookAsync(output, name, hosts, created, token))).ConfigureAwait(false));
        });
        return command;
    }

    private static Task<HostLook> LookAsync(Output output, string name, HostDirectory hosts, Services services, CancellationToken cancellationToken)
    {
        var settings = hosts.Settings(name);
        if (settings.TryGet(out var known, out _))
        {
            HostCommands.SayNotes(output, known.Address);
        }

        return HostLook.AtAsync(name, settings, hosts.StoreOf(name), hosts, services, cancellationToken);
    }

    private static int Print(Output output, HostLook[] looks)
    {
        if (output.IsJson)
        {
            output.Json(new HostCheckDocument("slipway.host-check/1", [.. looks.Select(static look => look.ToEntry())]), HostCheckJson.Default.HostCheckDocument);
        }
        else if (looks.Length == 0)
        {
            output.Say("No host was added. `slipway host add NAME ADDRESS` adds one.");
        }
        else
        {
            foreach (var look in looks)
            {
                look.Print(output.Data);
            }
        }

        return looks.All(static look => look.IsOk) ? 0 : (int)ExitCode.ChecksFailed;
    }
}

/// <summary>What <c>host check --json</c> prints.</summary>
internal sealed record HostCheckDocument(string Schema, ImmutableArray<HostCheckEntry> Hosts);
