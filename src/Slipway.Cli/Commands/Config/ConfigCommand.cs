using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Projects.Configuration;
using Slipway.Projects.Discovery;
using Slipway.Runs.Arguments;
using Slipway.Runs.Launching;

namespace Slipway.Cli.Commands.Config;

/// <summary><c>config</c>: every setting as it holds here, and where it comes from. It looks at files and variables only.</summary>
internal static class ConfigCommand
{
    public static Command Define(Output output, Func<Services> services)
    {
        var script = new Argument<string>("SCRIPT")
        {
            Description = "A script, whose own settings and place count; without one, those of the current directory.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var origin = new Option<bool>("--show-origin") { Description = "Say where each setting comes from, and what it overrides." };
        var command = new Command("config", "Show every setting as it holds here (docs/configuration.md describes them).\n\nExample: slipway config --show-origin") { script, origin };
        command.SetAction(parsed =>
        {
            var read = Read(parsed.GetValue(script), GlobalOptions.Has(parsed, RunOptions.Offline), services());
            if (!read.TryGet(out var configuration, out var failure))
            {
                return output.Fail(failure);
            }

            if (output.IsJson)
            {
                output.Json(ConfigDocument.From(configuration), ConfigJson.Default.ConfigDocument);
            }
            else
            {
                output.Data.Write(ConfigText.Render(configuration, parsed.GetValue(origin)));
            }

            return 0;
        });
        return command;
    }

    private static Result<EffectiveConfiguration> Read(string? script, bool offline, Services services)
    {
        var directory = Directory.GetCurrentDirectory();
        var options = new RequestSettings { Offline = offline };
        return script is null
            ? new WorkloadDiscovery(services.Variable, static () => false).ReadConfiguration(null, directory, options)
            : LaunchPlanner.FindScript(new RunTarget(TargetForm.Word, script), directory).Then(found =>
                new WorkloadDiscovery(services.Variable, static () => false).ReadConfiguration(found.Path ?? Path.GetFullPath(script, directory), directory, options));
    }
}
