using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Training.Adapters.Runs;
using Slipway.Training.Configuration;

namespace Slipway.Cloud.Templates;

/// <summary>The templates that run what is the user's own: <c>script</c> (a project) and <c>recipe</c>.</summary>
internal static class OwnTemplates
{
    public static LaunchTemplate Script { get; } = new(
        "script", "Runs a script or module of a project, as `slipway run` does here.", "Code of your own; its lock file goes along, so that the same packages are used there.",
        new ConfigSchema(
        [
            TemplateFields.Text("target", string.Empty, "what is run: a .py file of the project, a module (-m is not written), or a command of the environment"),
            TemplateFields.Text("args", TemplateFields.EmptyList, "its arguments; a list"),
            TemplateFields.Text("project", ".", "the project's folder, at or below the working directory; it goes along without what its ignore files name"),
            TemplateFields.Text("env", TemplateFields.EmptyTable, "variables for it, which are no secrets: a table of names and texts"),
            TemplateFields.Secrets,
            TemplateFields.Text("extras", TemplateFields.EmptyList, "extras of the project's pyproject.toml; a list"),
            TemplateFields.Text("groups", TemplateFields.EmptyList, "dependency groups of its pyproject.toml; a list"),
            TemplateFields.Text("with", TemplateFields.EmptyList, "further requirements (PEP 508); a list"),
            TemplateFields.OptionalText("python", "its Python: a version or a range"),
            TemplateFields.Flag("locked", false, "whether exactly the lock is used, and a run refused when it is out of date"),
        ]))
    {
        Lists = ["args", "secrets", "extras", "groups", "with"],
        Tables = ["env"],
        Make = MakeScript,
    };

    public static LaunchTemplate Recipe { get; } = new(
        "recipe", "Trains by a recipe, with models and training on that machine.", "What `slipway recipe run` does here, on a larger card.",
        new ConfigSchema(
        [
            TemplateFields.Text("recipe", string.Empty, "the recipe: its name, or the path of a file below the working directory (./my.toml)"),
            TemplateFields.OptionalText("preset", "a preset of the recipe, such as tiny"),
            TemplateFields.Text("settings", TemplateFields.EmptyTable, "settings of the recipe: a table of names and texts; see `slipway recipe show`"),
            TemplateFields.Text("files", TemplateFields.EmptyList, "files and folders below the working directory that go along, such as datasets and rewards that the settings name; a list"),
            TemplateFields.OptionalText("python", "the Python that trains: a version, a range or a path there"),
            TemplateFields.Secrets,
        ]))
    {
        Survives = true,
        Lists = ["files", "secrets"],
        Tables = ["settings"],
        Make = MakeRecipe,
    };

    private static Result<TemplateParts> MakeScript(RecipeConfig given, string folder)
    {
        var target = given.Text("target");
        if (target.Length == 0 || target.StartsWith('-'))
        {
            return new Failure(CloudFailures.TemplateParameter, $"target is {Shown.Quote(target)}: it names what is run, such as train.py.");
        }

        if (!LocalInput.Below("project", given.Text("project"), folder).TryGet(out var project, out var failure)
            || !TemplateParameters.With(given, ("project", ConfigValue.Of(project))).TryGet(out var config, out failure))
        {
            return failure;
        }

        var (secrets, env) = (TemplateParameters.List(config, "secrets"), TemplateParameters.Table(config, "env"));
        if ((TemplateParameters.WrongName("secrets", secrets) ?? TemplateParameters.WrongName("env", env.Keys)) is { } wrong)
        {
            return wrong;
        }

        if (!Directory.Exists(Path.Combine(folder, project)))
        {
            return new Failure(CloudFailures.TemplateParameter, $"project: {Shown.Quote(project)} is no folder.");
        }

        return new TemplateParts(config,
        [
            "run", "--report", "../out/report.json",
            .. config.Flag("locked") ? (string[])["--locked"] : [],
            .. config.TextOrNone("python") is { } python ? (string[])[$"--python={python}"] : [],
            .. Repeated(config, "extras", "--extra"), .. Repeated(config, "groups", "--group"), .. Repeated(config, "with", "--with"),
            .. env.Select(static pair => $"--env-var={pair.Key}={pair.Value}"), .. secrets.Select(static name => $"--secret={name}"),
            target, .. TemplateParameters.List(config, "args"),
        ])
        {
            ProjectFolder = Path.GetFullPath(project, folder),
            RunsInFiles = true,
            SecretNames = secrets,
        };
    }

    private static Result<TemplateParts> MakeRecipe(RecipeConfig config, string folder)
    {
        var (secrets, settings) = (TemplateParameters.List(config, "secrets"), TemplateParameters.Table(config, "settings"));
        if (TemplateParameters.WrongName("secrets", secrets) is { } wrong)
        {
            return wrong;
        }

        // Where the run is kept is the package's own business.
        if (settings.ContainsKey("log_path") || settings.ContainsKey("behavior_if_log_dir_exists"))
        {
            return new Failure(CloudFailures.TemplateParameter, "settings: log_path and behavior_if_log_dir_exists are set by the run.");
        }

        if (!RecipeFiles(config, folder).TryGet(out var found, out var failure))
        {
            return failure;
        }

        var order = new RecipeOrder(found.Recipe) { Preset = config.TextOrNone("preset"), Set = [.. settings.Select(static pair => $"{pair.Key}={pair.Value}")], Manifest = "local" };
        return new RecipeReader(folder).Read(order).Map(read => new TemplateParts(config, RecipeWords(order, config, read.Recipe.Schema))
        {
            Carried = found.Carried,
            RunsInFiles = true,
            SecretNames = secrets,
            Model = read.Config.Schema.Find("model") is null ? null : read.Config.TextOrNone("model"),
            Dataset = read.Config.Schema.Find("dataset") is null ? null : read.Config.TextOrNone("dataset"),
        });
    }

    private static Result<(string Recipe, ImmutableArray<string> Carried)> RecipeFiles(RecipeConfig config, string folder)
    {
        var recipe = config.Text("recipe");
        var carried = ImmutableArray.CreateBuilder<string>();
        if (recipe.Contains('/', StringComparison.Ordinal) || recipe.EndsWith(".toml", StringComparison.Ordinal))
        {
            if (!LocalInput.Below("recipe", recipe, folder).TryGet(out var file, out var failure))
            {
                return failure;
            }

            carried.Add(file);
            recipe = "./" + file;
        }

        foreach (var path in TemplateParameters.List(config, "files"))
        {
            if (!LocalInput.Below("files", path, folder).TryGet(out var below, out var failure))
            {
                return failure;
            }

            carried.Add(below);
        }

        return (recipe, carried.ToImmutable());
    }

    private static ImmutableArray<string> RecipeWords(RecipeOrder order, RecipeConfig config, ConfigSchema schema) =>
    [
        "recipe", "run", order.Recipe, "--manifest=local",
        .. order.Preset is { } preset ? (string[])[$"--preset={preset}"] : [],
        .. config.TextOrNone("python") is { } python ? (string[])[$"--python={python}"] : [],
        .. order.Set.Select(static one => $"--set={one}"), .. LogSettings(schema),
    ];

    // Results lie where they are fetched from, and a run that is started again there goes on. A recipe of several stages has no such setting; run.sh fetches its record.
    private static IEnumerable<string> LogSettings(ConfigSchema schema) => schema.Find("log_path") is null ? [] : ["--set=log_path=../out/run", "--set=behavior_if_log_dir_exists=resume"];

    private static IEnumerable<string> Repeated(RecipeConfig config, string key, string option) => TemplateParameters.List(config, key).Select(value => $"{option}={value}");
}
