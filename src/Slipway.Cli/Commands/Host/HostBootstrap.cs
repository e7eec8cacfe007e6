using System.CommandLine;
using System.Text.Json.Serialization;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Environments.Tools;
using Slipway.Runs.Arguments;

namespace Slipway.Cli.Commands.Host;

/// <summary><c>host bootstrap</c>: installs a tool that a backend needs into the store, with consent.</summary>
internal static class HostBootstrap
{
    public static Command Define(Output output, Func<Services> services)
    {
        var tool = new Argument<string>("TOOL") { Description = $"Which tool: {string.Join(", ", ToolCatalogue.All.Select(known => known.Name))}." };
        var from = new Option<string>("--from") { Description = "A file that you bring, in place of a download: the published archive, or the program itself.", HelpName = "FILE" };
        var sha256 = new Option<string>("--sha256") { Description = "The SHA-256 that the file must have, in place of the one that Slipway knows; with --from, or with a mirror.", HelpName = "HEX" };
        var command = new Command("bootstrap", "Install a tool that a backend needs into the store, checked against its checksum.\n\nExample: slipway host bootstrap uv --yes") { tool, from, sha256 };
        command.SetAction(async (parsed, token) =>
        {
            var created = services();
            var opened = await created.OpenHostAsync(token).ConfigureAwait(false);
            if (!opened.TryGet(out var host, out var failure) || !ToolCatalogue.Find(parsed.GetRequiredValue(tool)).TryGet(out var known, out failure))
            {
                return output.Fail(failure);
            }

            var origin = new ToolOrigin(parsed.GetValue(from) is { } file ? Path.GetFullPath(file) : null, parsed.GetValue(sha256));
            var setup = new ToolSetup(output, created, host with { IsOffline = GlobalOptions.Has(parsed, RunOptions.Offline) });
            var installed = Refused(origin, created) is { } refused
                ? refused
                : await setup.InstallAsync(known, origin, new Prompt(output, GlobalOptions.Has(parsed, RunOptions.Yes)), token).ConfigureAwait(false);
            return installed.TryGet(out var done, out failure) ? Print(output, known, done.Tool, done.IsNew) : output.Fail(failure);
        });
        return command;
    }

    // Another checksum for the public file would only ever be a mistake, or somebody else's file.
    private static Failure? Refused(ToolOrigin origin, Services services) => origin is { File: { } file } && !File.Exists(file)
        ? new Failure(CliFailures.Usage, $"There is no file {file}.") { Hint = "Name an existing file with --from." }
        : origin is { File: null, Sha256: not null } && services.Variable(ToolInstaller.MirrorVariable) is not { Length: > 0 }
            ? new Failure(CliFailures.Usage, "--sha256 goes with --from FILE: what is downloaded must have the checksum that Slipway knows.") { Hint = "Leave --sha256 out, or name the file with --from." }
            : null;

    private static int Print(Output output, ToolInfo tool, FoundTool found, bool isNew)
    {
        if (output.IsJson)
        {
            output.Json(new HostBootstrapDocument("slipway.host-bootstrap/1", tool.Name, found.Version!, found.Path, isNew), HostBootstrapJson.Default.HostBootstrapDocument);
        }
        else
        {
            output.Say(isNew ? $"{tool.Name} {found.Version} is installed: {found.Path}" : $"{tool.Name} {found.Version} is there already: {found.Path}");
        }

        return 0;
    }
}

/// <summary>What <c>host bootstrap --json</c> prints.</summary>
internal sealed record HostBootstrapDocument(string Schema, string Tool, string Version, string Path, bool Installed);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(HostBootstrapDocument))]
internal sealed partial class HostBootstrapJson : JsonSerializerContext;
