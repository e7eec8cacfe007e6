using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Runs.Services;

namespace Slipway.Cli.Commands.Host;

/// <summary><c>host forward</c>: a port of this machine leads to a port of a host's, until it is interrupted.</summary>
internal static class HostForward
{
    private const int LastPort = 65_535;

    public static Command Define(Output output, Func<Services> services)
    {
        var name = new Argument<string>("NAME") { Description = "The host: a name that was added, or an address." };
        var ports = new Argument<string>("[LOCAL:]REMOTE") { Description = "The port there, and before it the port here; any free one by default." };
        var command = new Command("forward", "Lead a port of this machine to a port of a host's, until it is interrupted.\n\nExample: slipway host forward gpubox 8000:8000") { name, ports };
        command.SetAction(async (parsed, token) =>
        {
            var created = services();
            if (!Read(parsed.GetRequiredValue(ports)).TryGet(out var pair, out var failure)
                || !created.Hosts().Then(hosts => hosts.Connect(parsed.GetRequiredValue(name))).TryGet(out var machine, out failure))
            {
                return output.Fail(failure);
            }

            using (machine)
            {
                var opened = await PortForward.OpenAsync(machine, pair.Local, pair.Remote, token).ConfigureAwait(false);
                return opened.TryGet(out var forward, out failure) ? await HoldAsync(output, forward, machine.Name, token).ConfigureAwait(false) : output.Fail(failure);
            }
        });
        return command;
    }

    private static async Task<int> HoldAsync(Output output, PortForward forward, string host, CancellationToken cancellationToken)
    {
        await using (forward.ConfigureAwait(false))
        {
            var url = $"http://127.0.0.1:{forward.LocalPort}";
            if (output.IsJson)
            {
                output.Json(new HostForwardDocument("slipway.host-forward/1", host, forward.LocalPort, forward.RemotePort, url), HostForwardJson.Default.HostForwardDocument);
            }
            else
            {
                output.Data.WriteLine(url);
                output.Say($"slipway: leads to port {forward.RemotePort} of {host} until this is interrupted.");
            }

            output.Data.Flush();
            try
            {
                return await forward.Ended.WaitAsync(cancellationToken).ConfigureAwait(false) is { } failure ? output.Fail(failure) : 0;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // An interrupt is how it is meant to end.
                return 0;
            }
        }
    }

    private static Result<(int Local, int Remote)> Read(string text)
    {
        var parts = text.Split(':');
        var numbers = parts.Select(static part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= LastPort ? port : 0).ToArray();
        return numbers.Length is 1 or 2 && !numbers.Contains(0)
            ? (numbers.Length == 2 ? numbers[0] : 0, numbers[^1])
            : new Failure(CliFailures.Usage, $"'{text.ReplaceLineEndings(" ")}' names no ports.") { Hint = "Give the port there, or two as 8000:8000." };
    }
}

/// <summary>What <c>host forward --json</c> prints.</summary>
internal sealed record HostForwardDocument(string Schema, string Host, int LocalPort, int RemotePort, string Url);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(HostForwardDocument))]
internal sealed partial class HostForwardJson : JsonSerializerContext;
