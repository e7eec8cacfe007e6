using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Runs.Gpus;
using Slipway.Runs.Hosts;

namespace Slipway.Cli.Commands.Host;

/// <summary><c>host gpus</c>: the GPUs of hosts, and which are free.</summary>
internal static class HostGpus
{
    private static readonly GpuPolicy Policy = new();

    public static Command Define(Output output, Func<Services> services)
    {
        var names = new Argument<string[]>("HOST") { Description = "Names or addresses; `local` is this machine. Without any, every host that was added, or this machine when there is none.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("gpus", "Show the NVIDIA GPUs of hosts, how busy they are, and which a job would get.\n\nExample: slipway host gpus gpu1") { names };
        HostCommands.Bind(command, output, services, async (parsed, hosts, created, token) =>
        {
            if (!hosts.Book.Read().TryGet(out var entries, out var failure))
            {
                return output.Fail(failure);
            }

            string[] asked = parsed.GetValue(names) is { Length: > 0 } given ? [.. given.Distinct(StringComparer.Ordinal)]
                : entries.IsEmpty ? [HostName.Local] : [.. entries.Select(static entry => entry.Name.ToString())];
            var looked = await Task.WhenAll(asked.Select(async name => (name, await LookAsync(name, hosts, created, token).ConfigureAwait(false)))).ConfigureAwait(false);
            return Print(output, looked);
        });
        return command;
    }

    private static async Task<Result<ImmutableArray<GpuUnit>>> LookAsync(string name, HostDirectory hosts, Services services, CancellationToken cancellationToken)
    {
        if (string.Equals(name, HostName.Local, StringComparison.Ordinal))
        {
            return await LookAsync(await services.OpenHostAsync(cancellationToken).ConfigureAwait(false), services, cancellationToken).ConfigureAwait(false);
        }

        if (!hosts.Connect(name).TryGet(out var machine, out var failure))
        {
            return failure;
        }

        using (machine)
        {
            return await LookAsync(await hosts.OpenAsync(machine, name, cancellationToken).ConfigureAwait(false), services, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<Result<ImmutableArray<GpuUnit>>> LookAsync(Result<BuildHost> opened, Services services, CancellationToken cancellationToken) => opened.TryGet(out var host, out var failure)
        ? await new GpuInspector(host.Machine, host.Layout.Gpus, services.Time).LookAsync(cancellationToken).ConfigureAwait(false)
        : failure;

    private static int Print(Output output, (string Name, Result<ImmutableArray<GpuUnit>> Units)[] looked)
    {
        var failed = looked.Where(static host => !host.Units.IsOk).ToList();
        if (output.IsJson)
        {
            output.Json(new HostGpusDocument("slipway.host-gpus/1", [.. looked.Select(static host => Entry(host.Name, host.Units))]), HostGpusJson.Default.HostGpusDocument);
        }
        else
        {
            IReadOnlyList<IReadOnlyList<string>> rows = [.. looked.Where(static host => host.Units.IsOk).SelectMany(static host => host.Units.Value.Select(unit => Row(host.Name, unit)))];
            if (rows.Count > 0)
            {
                TextTable.Write(output.Data, ["HOST", "GPU", "MEMORY", "BUSY", "STATE", "NAME", "ID"], rows);
            }

            foreach (var host in looked.Where(static host => host.Units is { IsOk: true, Value.IsEmpty: true }))
            {
                output.Say($"{host.Name} has no NVIDIA GPU.");
            }

            failed.ForEach(host => output.Fail(host.Units.Failure));
        }

        return failed.Count == 0 ? 0 : (int)failed[0].Units.Failure.Code.Exit;
    }

    private static IReadOnlyList<string> Row(string host, GpuUnit unit) =>
    [
        host, unit.Place, $"{Number(unit.MemoryUsed)} / {Number(unit.MemoryTotal)} MB", unit.Utilization is null ? "-" : $"{Number(unit.Utilization)} %", Policy.WhyBusy(unit) is { } why ? $"busy: {why}" : "free", unit.Name, unit.Id,
    ];

    private static string Number(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static HostGpusEntry Entry(string name, Result<ImmutableArray<GpuUnit>> units) => units.TryGet(out var known, out var failure)
        ? new HostGpusEntry(name, [.. known.Select(static unit => new HostGpusUnit(
            unit.Place, unit.Id, unit.Name, unit.MemoryUsed, unit.MemoryTotal, unit.Utilization, [.. unit.Processes.Select(static process => process.Id)], unit.IsReserved, Policy.WhyBusy(unit) is null, Policy.WhyBusy(unit)))], null, null)
        : new HostGpusEntry(name, [], failure.Code.Id, failure.Message);
}

/// <summary>What <c>host gpus --json</c> prints.</summary>
internal sealed record HostGpusDocument(string Schema, ImmutableArray<HostGpusEntry> Hosts);

/// <summary>One host.</summary>
internal sealed record HostGpusEntry(string Host, ImmutableArray<HostGpusUnit> Gpus, string? Code, string? Message);

/// <summary>One GPU, or a part of one.</summary>
internal sealed record HostGpusUnit(
    string Place, string Id, string Name, long? MemoryUsedMb, long? MemoryTotalMb, int? UtilizationPercent, ImmutableArray<int> Processes, bool Reserved, bool Free, string? Reason);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(HostGpusDocument))]
internal sealed partial class HostGpusJson : JsonSerializerContext;
