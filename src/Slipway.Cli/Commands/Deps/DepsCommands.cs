using System.CommandLine;
using System.Text;
using Slipway.Cli.Terminal;
using Slipway.Core.Contracts;
using Slipway.Core.Failures;
using Slipway.Environments.Bindings;
using Slipway.Machines.Files;
using Slipway.Runs.Hosts;

namespace Slipway.Cli.Commands.Deps;

/// <summary>The verb <c>deps</c>: dependency environments that a document declares.</summary>
internal static class DepsCommands
{
    /// <summary>Directories, divided by colons, in which files that overrides name may lie beside home, store and project.</summary>
    public const string RootsVariable = "SLIPWAY_SOURCE_ROOTS";

    private const long MaxBytes = 16 * 1024 * 1024;

    public static Command Define(Output output, Func<Services> services)
    {
        var command = new Command("deps", "Dependency environments of models and workflow nodes.\n\nExample: slipway deps ensure model-requirements.json");
        command.Subcommands.Add(DepsAsk.Define("resolve", "Work out the exact set of packages, and install nothing.", output, services));
        command.Subcommands.Add(DepsAsk.Define("check", "Look whether the environment is there, without a network; one that is there is executed.", output, services));
        command.Subcommands.Add(DepsAsk.Define("install", "Resolve, and install what is missing.", output, services));
        command.Subcommands.Add(DepsAsk.Define("ensure", "Have the environment ready; with --mode manual, nothing is installed.", output, services));
        command.Subcommands.Add(DepsOverride.Define(output, services));
        return command;
    }

    /// <summary>The document.</summary>
    internal static Argument<string> FileArgument() => new("FILE") { Description = "The dependency requirements, a JSON document; '-' for standard input; a pipe will do." };

    /// <summary>The machine that installs.</summary>
    internal static Option<string> OnOption() => new("--on") { Description = "The host that installs, by the name that it was added with, or by its address.", HelpName = "HOST", DefaultValueFactory = static _ => HostName.Local };

    /// <summary>Reads the document and opens the machine, then acts.</summary>
    internal static async Task<int> WithAsync(
        string file, string on, Output output, Services services, Func<DependencyRequirements, BindingEnvironments, Task<int>> act, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(file, cancellationToken).ConfigureAwait(false);
        if (!read.TryGet(out var requirements, out var failure))
        {
            return output.Fail(failure);
        }

        var here = await services.OpenHostAsync(cancellationToken).ConfigureAwait(false);
        if (!here.TryGet(out var local, out failure))
        {
            return output.Fail(failure);
        }

        var opened = await services.OpenAsync(on, cancellationToken).ConfigureAwait(false);
        if (!opened.TryGet(out var machine, out failure))
        {
            return output.Fail(failure);
        }

        using (machine)
        {
            // The project's own directory counts on the machine that has it.
            string[] project = machine.Remote is null ? [Directory.GetCurrentDirectory()] : [];
            var roots = (services.Variable(RootsVariable) ?? string.Empty).Split(':', StringSplitOptions.RemoveEmptyEntries);
            var environments = BindingEnvironments.For(machine.Host, new OverrideStore(local.Layout), [.. project, .. roots], services.Time);
            return await act(requirements, environments).ConfigureAwait(false);
        }
    }

    private static async Task<Result<DependencyRequirements>> ReadAsync(string file, CancellationToken cancellationToken)
    {
        if (file is "-")
        {
            using var input = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            return ContractJson.ReadRequirements(await input.ReadToEndAsync(cancellationToken).ConfigureAwait(false), "standard input");
        }

        var path = Path.GetFullPath(file);
        return !File.Exists(path) ? new Failure(CliFailures.DocumentMissing, $"There is no file {file}.")
            : (await LocalFiles.ReadNamedAsync(path, MaxBytes, cancellationToken).ConfigureAwait(false)).Then(bytes => ContractJson.ReadRequirements(Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF'), file));
    }
}
