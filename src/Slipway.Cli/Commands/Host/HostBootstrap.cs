using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Serialization;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Environments.Tools;
using Slipway.Machines.Ssh;
using Slipway.Runs.Arguments;
using Slipway.Runs.Hosts;

namespace Slipway.Cli.Commands.Host;

/// <summary><c>host bootstrap</c>: installs a tool that a backend needs into the store, here or on a host, with consent.</summary>
internal static class HostBootstrap
{
    public static Command Define(Output output, Func<Services> services)
    {
        var tool = new Argument<string>("TOOL") { Description = $"Which tool: {string.Join(", ", ToolCatalogue.All.Select(known => known.Name))}." };
        var on = new Option<string>("--on") { Description = "A host, by name or address, in place of this machine; what is installed here is copied there.", HelpName = "HOST" };
        var from = new Option<string>("--from") { Description = "A file that you bring, in place of a download: the published archive, or the program itself.", HelpName = "FILE" };
        var sha256 = new Option<string>("--sha256") { Description = "The SHA-256 that the file must have, in place of the one that Slipway knows; with --from, or with a mirror.", HelpName = "HEX" };
        var command = new Command("bootstrap", "Install a tool that a backend needs into the store, checked against its checksum.\n\nExample: slipway host bootstrap uv --on gpu1 --yes") { tool, on, from, sha256 };
        command.SetAction(async (parsed, token) =>
        {
            var created = services();
            var origin = new ToolOrigin(parsed.GetValue(from) is { } file ? Path.GetFullPath(file) : null, parsed.GetValue(sha256));
            var opened = await created.OpenHostAsync(token).ConfigureAwait(false);
            if (!opened.TryGet(out var here, out var failure) || !ToolCatalogue.Find(parsed.GetRequiredValue(tool)).TryGet(out var known, out failure))
            {
                return output.Fail(failure);
            }

            failure = Refused(origin, created);
            var request = new Request(output, created, known, origin, new Prompt(output, GlobalOptions.Has(parsed, RunOptions.Yes)), GlobalOptions.Has(parsed, RunOptions.Offline));
            return failure is not null ? output.Fail(failure)
                : parsed.GetValue(on) is { } distant && !string.Equals(distant, HostName.Local, StringComparison.Ordinal)
                    ? await request.ThereAsync(here, distant, token).ConfigureAwait(false)
                    : await request.InstallAsync(here, null, null, token).ConfigureAwait(false);
        });
        return command;
    }

    // Another checksum for the public file would only ever be a mistake, or somebody else's file.
    private static Failure? Refused(ToolOrigin origin, Services services) => origin is { File: { } file } && !File.Exists(file)
        ? new Failure(CliFailures.Usage, $"There is no file {file}.") { Hint = "Name an existing file with --from." }
        : origin is { File: null, Sha256: not null } && services.Variable(ToolInstaller.MirrorVariable) is not { Length: > 0 }
            ? new Failure(CliFailures.Usage, "--sha256 goes with --from FILE: what is downloaded must have the checksum that Slipway knows.") { Hint = "Leave --sha256 out, or name the file with --from." }
            : null;

    private sealed record Request(Output Output, Services Services, ToolInfo Tool, ToolOrigin Origin, Prompt Prompt, bool IsOffline)
    {
        public async Task<int> ThereAsync(BuildHost here, string on, CancellationToken cancellationToken)
        {
            if (!Services.Hosts().TryGet(out var hosts, out var failure) || !hosts.Connect(on).TryGet(out var machine, out failure))
            {
                return Output.Fail(failure);
            }

            using (machine)
            {
                return (await hosts.OpenAsync(machine, on, cancellationToken).ConfigureAwait(false)).TryGet(out var there, out failure)
                    ? await InstallAsync(there, here, machine, cancellationToken).ConfigureAwait(false)
                    : Output.Fail(failure);
            }
        }

        public async Task<int> InstallAsync(BuildHost host, BuildHost? here, SshMachine? machine, CancellationToken cancellationToken)
        {
            var setup = new ToolSetup(Output, Services, host with { IsOffline = IsOffline }) { Here = here };
            var installed = await setup.InstallAsync(Tool, Origin, Prompt, cancellationToken).ConfigureAwait(false);
            if (!installed.TryGet(out var done, out var failure))
            {
                return Output.Fail(failure);
            }

            var pythons = machine is null ? [] : await PythonsAsync(machine, host, cancellationToken).ConfigureAwait(false);
            Print(machine?.Name, done.Tool, done.IsNew, pythons);
            return 0;
        }

        // What the tool will build with; there is nothing to install here.
        private async Task<ImmutableArray<HostPython>> PythonsAsync(SshMachine machine, BuildHost host, CancellationToken cancellationToken) =>
            (await new HostProbe(Services.Time).AskAsync(machine, host.Layout.Home, cancellationToken).ConfigureAwait(false)).TryGet(out var report, out _) ? report.Pythons : [];

        private void Print(string? on, FoundTool found, bool isNew, ImmutableArray<HostPython> pythons)
        {
            if (Output.IsJson)
            {
                Output.Json(new HostBootstrapDocument("slipway.host-bootstrap/1", Tool.Name, found.Version!, found.Path, isNew) { Host = on, Pythons = on is null ? null : pythons }, HostBootstrapJson.Default.HostBootstrapDocument);
                return;
            }

            var where = on is null ? string.Empty : $" on {on}";
            Output.Say(isNew ? $"{Tool.Name} {found.Version} is installed{where}: {found.Path}" : $"{Tool.Name} {found.Version} is there already{where}: {found.Path}");
            foreach (var python in pythons)
            {
                Output.Say($"python {python.Version} ({python.Path}){(python.CanBuild ? string.Empty : ", without venv or pip")}");
            }

            if (on is not null && pythons.IsEmpty)
            {
                Output.Say("There is no Python 3 that runs; with the backend uv, one can be installed there.");
            }
        }
    }
}

/// <summary>What <c>host bootstrap --json</c> prints.</summary>
internal sealed record HostBootstrapDocument(string Schema, string Tool, string Version, string Path, bool Installed)
{
    /// <summary>The host; absent for this machine.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Host { get; init; }

    /// <summary>The Pythons of the host; absent for this machine.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<HostPython>? Pythons { get; init; }
}

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(HostBootstrapDocument))]
internal sealed partial class HostBootstrapJson : JsonSerializerContext;
