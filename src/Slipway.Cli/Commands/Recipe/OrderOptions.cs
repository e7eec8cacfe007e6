using System.Collections.Immutable;
using System.CommandLine;
using Slipway.Training.Adapters.Runs;

namespace Slipway.Cli.Commands.Recipe;

/// <summary>The options that say what a recipe is run with.</summary>
internal sealed record OrderOptions(Argument<string> Recipe, Option<string> Preset, Option<string> Config, Option<string[]> Set, Option<string> Manifest, Option<string[]> Port)
{
    public static OrderOptions AddTo(Command command)
    {
        var options = new OrderOptions(
            RecipeCommands.RecipeArgument(),
            new("--preset") { Description = "Settings that come with the recipe under a name, such as tiny.", HelpName = "NAME" },
            new("--config") { Description = "A file of settings, TOML or JSON; config.json of another run too.", HelpName = "FILE" },
            new("--set") { Description = "A setting, repeatable; the last wins.", HelpName = "KEY=VALUE" },
            new("--manifest") { Description = "Which adapters are used: default, local, dev, prod, test, or a file.", HelpName = "NAME|FILE", DefaultValueFactory = static _ => "default" },
            new("--port") { Description = "Another adapter for a port, repeatable.", HelpName = "PORT=ADAPTER" });
        command.Arguments.Add(options.Recipe);
        foreach (var option in (Option[])[options.Preset, options.Config, options.Set, options.Manifest, options.Port])
        {
            command.Options.Add(option);
        }

        return options;
    }

    public RecipeOrder Read(ParseResult parsed) => new(parsed.GetRequiredValue(Recipe))
    {
        Preset = parsed.GetValue(Preset),
        ConfigFile = parsed.GetValue(Config),
        Set = [.. parsed.GetValue(Set) ?? []],
        Manifest = parsed.GetRequiredValue(Manifest),
        Ports = [.. parsed.GetValue(Port) ?? []],
    };

    /// <summary>The same as words of a command line.</summary>
    public static ImmutableArray<string> Words(RecipeOrder order) =>
    [
        order.Recipe,
        .. order.Preset is { } preset ? (string[])["--preset", preset] : [],
        .. order.ConfigFile is { } config ? (string[])["--config", config] : [],
        .. order.Set.SelectMany(static setting => (string[])["--set", setting]),
        "--manifest", order.Manifest,
        .. order.Ports.SelectMany(static port => (string[])["--port", port]),
    ];
}
