using System.Collections.Immutable;
using System.CommandLine;
using Slipway.Core.Failures;
using Slipway.Environments.Interpreters;
using Slipway.Training.Adapters.Runs;

namespace Slipway.Cli.Commands.Recipe;

/// <summary>The options that say where and in what training runs.</summary>
internal sealed record PlaceOptions(Option<string> On, Option<string> Python, Option<bool> Build, Option<bool> Offline)
{
    public static PlaceOptions AddTo(Command command)
    {
        var options = new PlaceOptions(
            new("--on") { Description = "The machine that trains: local, a host that was added, or an address; that of the run where there is one, else local.", HelpName = "HOST" },
            new("--python") { Description = "The interpreter in which training runs.", HelpName = "PYTHON" },
            new("--build-environment") { Description = "Build an environment for training, whatever is installed." },
            new("--offline") { Description = "Do without the network." });
        foreach (var option in (Option[])[options.On, options.Python, options.Build, options.Offline])
        {
            command.Options.Add(option);
        }

        return options;
    }

    public Result<RecipePlace> Read(ParseResult parsed, Func<string, string?> variable)
    {
        var folder = Directory.GetCurrentDirectory();
        var python = parsed.GetValue(Python) is { } text
            ? InterpreterRequest.Parse(text, folder, "--python").Map(static wish => Core.Toml.Maybe<InterpreterRequest>.Of(wish))
            : InterpreterRequest.OfVariable(variable(InterpreterRequest.Variable), folder);
        return python.Map(found => new RecipePlace(parsed.GetValue(On), found.OrDefault(), parsed.GetValue(Build), parsed.GetValue(Offline)));
    }

    /// <summary>The same, but for the machine, as words of a command line.</summary>
    public ImmutableArray<string> Words(ParseResult parsed) =>
    [
        .. parsed.GetValue(Python) is { } python ? (string[])["--python", python] : [],
        .. parsed.GetValue(Build) ? (string[])["--build-environment"] : [],
        .. parsed.GetValue(Offline) ? (string[])["--offline"] : [],
    ];
}
