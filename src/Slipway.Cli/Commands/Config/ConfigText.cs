using System.Text;
using Slipway.Cli.Terminal;
using Slipway.Projects.Configuration;

namespace Slipway.Cli.Commands.Config;

/// <summary>The settings for people: one line each; with origins, what each overrides below it.</summary>
internal static class ConfigText
{
    public static string Render(EffectiveConfiguration configuration, bool withOrigin)
    {
        var text = new StringBuilder();
        var name = configuration.Settings.Max(setting => setting.Info.Name.Length);
        var value = configuration.Settings.Max(setting => Value(setting).Length);
        foreach (var setting in configuration.Settings)
        {
            var shown = withOrigin ? $"{Value(setting).PadRight(value)}  {Origin(setting)}" : Value(setting);
            Line(text, $"{setting.Info.Name.PadRight(name)}  {shown}");
            foreach (var overridden in withOrigin ? setting.Overridden : [])
            {
                Line(text, $"{string.Empty.PadRight(name)}  instead of {string.Join(", ", overridden.Texts)} ({overridden.Origin})");
            }
        }

        return text.ToString();
    }

    private static string Value(EffectiveSetting setting) => setting.Chosen switch
    {
        null => setting.Info.Default,
        { Texts.IsEmpty: true } => "none",
        var chosen => string.Join(", ", chosen.Texts),
    };

    private static string Origin(EffectiveSetting setting) => setting.Chosen is null ? "default" : setting.Chosen.Origin.ToString();

    private static void Line(StringBuilder text, string line) => text.Append(Plain.Line(line.TrimEnd())).Append('\n');
}
