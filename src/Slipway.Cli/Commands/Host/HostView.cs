using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Machines.Ssh;
using Slipway.Runs.Hosts;

namespace Slipway.Cli.Commands.Host;

/// <summary>What was learnt of a host: its report with the judgement, or why there is none.</summary>
/// <param name="Name">What it was asked by.</param>
/// <param name="Address">Where it answers; null where that could not be read.</param>
/// <param name="Report">What it told.</param>
/// <param name="Failure">Why it told nothing.</param>
internal sealed record HostLook(string Name, string? Address, HostReport? Report, Failure? Failure)
{
    public ImmutableArray<HostFinding> Findings { get; } = Report is not null ? HostFinding.Of(Report)
        : [new HostFinding("ssh", "fail", $"{Failure!.Message} ({Failure.Code.Id})", Failure.Remedy)];

    /// <summary>Whether Slipway works there.</summary>
    public bool IsOk => Findings.All(static finding => finding.Level is not "fail");

    /// <summary>Looks at a host.</summary>
    public static async Task<HostLook> AtAsync(string name, Result<SshSettings> settings, string? store, HostDirectory hosts, Services services, CancellationToken cancellationToken)
    {
        if (!settings.TryGet(out var known, out var failure))
        {
            return new HostLook(name, null, null, failure);
        }

        using var machine = hosts.Machine(known);
        var asked = await new HostProbe(services.Time).AskAsync(machine, store, cancellationToken).ConfigureAwait(false);
        if (!asked.TryGet(out var report, out failure))
        {
            return new HostLook(name, known.Address.ToString(), null, failure);
        }

        var client = await new HostKeys(services.Startup, services.Time).ClientVersionAsync(cancellationToken).ConfigureAwait(false);
        return new HostLook(name, known.Address.ToString(), report with { Client = client.IsOk ? client.Value : null }, null);
    }

    /// <summary>Writes the findings as a table; each that asks for something has a line below it.</summary>
    public void Print(TextWriter writer)
    {
        writer.WriteLine(Plain.Line(Address is null || string.Equals(Address, Name, StringComparison.Ordinal) ? Name : $"{Name}  ({Address})"));
        foreach (var finding in Findings)
        {
            writer.WriteLine(Plain.Line($"  {(finding.Level is "fail" ? "FAIL" : finding.Level),-4}  {finding.Name,-9}  {finding.Found}"));
            if (finding.Remedy is not null)
            {
                writer.WriteLine(Plain.Line($"        {string.Empty,-9}  hint: {finding.Remedy}"));
            }
        }

        foreach (var line in (Failure?.Detail ?? string.Empty).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            writer.WriteLine(Plain.Line($"        | {line}"));
        }
    }

    /// <summary>The same for machines.</summary>
    public HostCheckEntry ToEntry() => new(Name, Address, IsOk, Failure?.Code.Id, Report is null ? null : HostFacts.From(Report), Findings);
}

/// <summary>One host of <c>host check --json</c>.</summary>
internal sealed record HostCheckEntry(string Name, string? Address, bool Ok, string? Code, HostFacts? Facts, ImmutableArray<HostFinding> Findings);

/// <summary>What a host told, for programs.</summary>
internal sealed record HostFacts(
    long ConnectedMs, string? Client, string Kernel, string Architecture, string Libc, string NodeName, string User, string Home, string Shell, int? Processors, long? ClockSkewSeconds,
    HostStore? Store, ImmutableArray<HostTool> Tools, ImmutableArray<HostPython> Pythons, ImmutableArray<HostGpu> Gpus)
{
    public static HostFacts From(HostReport report) => new(
        (long)report.Connected.TotalMilliseconds, report.Client, report.Kernel, report.Architecture, report.Libc, report.NodeName, report.User, report.Home, report.Shell, report.Processors,
        (long?)report.ClockSkew?.TotalSeconds, report.Store, report.Tools, report.Pythons, [.. report.Gpus.Select(static unit => new HostGpu(unit.Place, unit.Id, unit.Name, unit.MemoryTotal))]);
}

/// <summary>A GPU as <c>host check</c> tells it.</summary>
internal sealed record HostGpu(string Place, string Id, string Name, long? MemoryTotalMb);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(HostCheckDocument))]
[JsonSerializable(typeof(HostAddDocument))]
internal sealed partial class HostCheckJson : JsonSerializerContext;
