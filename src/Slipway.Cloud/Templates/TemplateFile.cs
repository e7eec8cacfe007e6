using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Core.Toml;
using Slipway.Machines.Files;
using Slipway.Training.Configuration;

namespace Slipway.Cloud.Templates;

/// <summary>
/// A user's own template, a TOML file: <c>name</c>, <c>summary</c>, <c>best_for</c>, <c>entry</c> (a Python script beside it, which reads params.json through slipway_job), <c>requirements</c> (PEP 508, beside those
/// of the script), <c>python</c>, <c>files</c> (beside it, which go along to the folder files/), <c>survives</c>, and a <c>[[parameter]]</c> for each parameter: <c>key</c>, <c>kind</c> (text, flag, whole, number),
/// <c>default</c>, <c>help</c>, <c>least</c>, <c>most</c>, <c>choices</c>; one without a default may be absent.
/// </summary>
internal static partial class TemplateFile
{
    private const int MostBytes = 1024 * 1024;
    private static readonly string[] Keys = ["name", "summary", "best_for", "entry", "requirements", "python", "files", "survives", "parameter"];
    private static readonly string[] ParameterKeys = ["key", "kind", "default", "help", "least", "most", "choices"];

    private sealed record Content(string Folder, byte[] Entry, string? Python, ImmutableArray<string> Requirements, ImmutableArray<string> Files);

    public static Result<LaunchTemplate> Read(string path) => LocalFiles.Read(path, MostBytes).TryGet(out var bytes, out var unread)
        ? TomlReader.Parse(Encoding.UTF8.GetString(bytes), path).Then(table => Read(path, table))
        : new Failure(CloudFailures.TemplateFile, $"{Shown.Quote(path)} cannot be read: {unread.Message}");

    private static Result<LaunchTemplate> Read(string path, TomlTable table)
    {
        if (!table.AllowOnly(Keys).TryGet(out _, out var failure) || !table.GetString("name").TryGet(out var name, out failure) || !table.GetString("summary").TryGet(out var summary, out failure)
            || !table.FindString("best_for").TryGet(out var bestFor, out failure) || !table.FindBoolean("survives").TryGet(out var survives, out failure)
            || !ReadContent(Path.GetDirectoryName(path)!, table).TryGet(out var content, out failure) || !Fields(table).TryGet(out var fields, out failure))
        {
            return failure;
        }

        if (!Name().IsMatch(name) || TemplateCatalogue.All.Any(one => one.Name == name))
        {
            return new Failure(CloudFailures.TemplateFile, $"name is {Shown.Quote(name)}: small letters, digits and hyphens, and none of {string.Join(", ", TemplateCatalogue.All.Select(static one => one.Name))}.") { Location = table.KeyLocation("name") };
        }

        return new LaunchTemplate(name, summary, bestFor.Or("A template of your own."), new ConfigSchema([.. fields, TemplateFields.Secrets]))
        {
            Survives = survives.OrDefault(),
            Lists = ["secrets"],
            Make = (config, _) => Make(content, config),
        };
    }

    private static Result<Content> ReadContent(string folder, TomlTable table)
    {
        if (!table.GetString("entry").TryGet(out var entry, out var failure) || !table.FindString("python").TryGet(out var python, out failure)
            || !table.GetStrings("requirements").TryGet(out var requirements, out failure) || !table.GetStrings("files").TryGet(out var files, out failure))
        {
            return failure;
        }

        if (!LocalInput.Below("entry", entry, folder).TryGet(out var script, out failure))
        {
            return new Failure(CloudFailures.TemplateFile, failure.Message) { Location = table.KeyLocation("entry") };
        }

        foreach (var file in files)
        {
            if (!LocalInput.Below("files", file, folder).TryGet(out _, out failure))
            {
                return new Failure(CloudFailures.TemplateFile, failure.Message) { Location = table.KeyLocation("files") };
            }
        }

        return LocalFiles.Read(Path.Combine(folder, script), MostBytes).Map(content => new Content(folder, content, python.OrDefault(), requirements, files));
    }

    private static Result<ImmutableArray<ConfigField>> Fields(TomlTable table)
    {
        if (!table.GetTables("parameter").TryGet(out var tables, out var failure))
        {
            return failure;
        }

        var fields = ImmutableArray.CreateBuilder<ConfigField>(tables.Length);
        foreach (var one in tables)
        {
            if (!Field(one).TryGet(out var field, out failure))
            {
                return failure with { Location = failure.Location ?? one.Location };
            }

            if (field.Key == TemplateFields.Secrets.Key || fields.Any(known => known.Key == field.Key))
            {
                return new Failure(CloudFailures.TemplateFile, $"There are two parameters {Shown.Quote(field.Key)}.") { Location = one.Location };
            }

            fields.Add(field);
        }

        return fields.MoveToImmutable();
    }

    private static Result<ConfigField> Field(TomlTable table)
    {
        if (!table.AllowOnly(ParameterKeys).TryGet(out _, out var failure) || !table.GetString("key").TryGet(out var key, out failure) || !table.GetString("kind").TryGet(out var word, out failure)
            || !table.GetString("help").TryGet(out var help, out failure) || !table.FindFloat("least").TryGet(out var least, out failure) || !table.FindFloat("most").TryGet(out var most, out failure)
            || !table.GetStrings("choices").TryGet(out var choices, out failure))
        {
            return failure;
        }

        ConfigKind? kind = word switch
        {
            "text" => ConfigKind.Text,
            "flag" => ConfigKind.Flag,
            "whole" => ConfigKind.Whole,
            "number" => ConfigKind.Number,
            _ => null,
        };
        if (kind is not { } known || !Key().IsMatch(key))
        {
            return new Failure(CloudFailures.TemplateFile, $"{Shown.Quote(key)} of kind {Shown.Quote(word)}: a key is small letters, digits and underscores, and a kind is text, flag, whole or number.");
        }

        var field = new ConfigField(key, known, Default: null, help)
        {
            Least = least.TryGet(out var low) ? low : double.NegativeInfinity, Most = most.TryGet(out var high) ? high : double.PositiveInfinity, Choices = choices,
        };
        return !table.TryGet("default", out _) ? field with { IsOptional = true } : Defaulted(field, table);
    }

    private static Result<ConfigField> Defaulted(ConfigField field, TomlTable table)
    {
        var only = new TomlTableBuilder();
        table.TryGet("default", out var value);
        return ConfigLayer.Of("default", only.Add(field.Key, value!).Build()).Then(layer => new ConfigSchema([field]).Resolve(layer)).TryGet(out var config, out var failure)
            ? field with { Default = config.Find(field.Key) }
            : new Failure(CloudFailures.TemplateFile, failure.Message) { Location = table.KeyLocation("default") };
    }

    private static Result<TemplateParts> Make(Content content, RecipeConfig config)
    {
        var secrets = TemplateParameters.List(config, "secrets");
        return TemplateParameters.WrongName("secrets", secrets) is { } wrong ? wrong : new TemplateParts(config,
        [
            "run", "--report", "out/report.json", "--no-lock",
            .. content.Python is { } python ? (string[])[$"--python={python}"] : [],
            .. content.Requirements.Select(static one => $"--with={one}"), .. secrets.Select(static name => $"--secret={name}"),
            EntryScripts.Entry,
        ])
        {
            Scripts = EntryScripts.Own(content.Entry),
            Carried = content.Files,
            CarriedFrom = content.Folder,
            SecretNames = secrets,
        };
    }

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,31}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"^[a-z][a-z0-9_]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Key();
}
