using System.CommandLine;
using System.Text.Json.Serialization;
using Slipway.Cli.Commands.Projects;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Core.Toml;
using Slipway.Projects.Configuration;
using Slipway.Projects.Discovery;
using Slipway.Projects.Naming;
using Slipway.Projects.UseCases;

namespace Slipway.Cli.Commands.Env;

/// <summary><c>env create</c>: declares an environment in the project's settings and has it ready.</summary>
internal static class EnvCreate
{
    public static Command Define(Output output, Func<Services> services)
    {
        var name = EnvCommands.NameArgument("The new environment's name: letters, digits, '-' and '_'.");
        Option<string> One(SettingKey key, string help) => new($"--{SettingInfo.Of(key).Name}") { Description = help, HelpName = "VALUE" };
        Option<string[]> Many(string flag, string help) => new(flag) { Description = help, HelpName = "VALUE", AllowMultipleArgumentsPerToken = false };
        var python = One(SettingKey.Python, "Its Python: a version, a range, a command or a path.");
        var backend = One(SettingKey.Backend, "What builds it.");
        var file = One(SettingKey.EnvFile, "Its conda environment file.");
        var requirements = Many("--requirements", "A file of its requirements, in place of the nearest declaration; repeatable.");
        var extra = Many("--extra", "An extra of the project; repeatable.");
        var group = Many("--group", "A dependency group; repeatable.");
        var editable = new Option<bool>("--editable") { Description = "Install the project itself, so that edits of its sources take effect." };
        var noSync = new Option<bool>("--no-sync") { Description = "Only declare it." };
        var command = new Command("create", "Declare an environment in the project's settings, and have it ready.\n\nExample: slipway env create test --group test --python 3.12")
        {
            name, python, backend, file, requirements, extra, group, editable, noSync,
        };
        ProjectSession.Bind(command, output, services, _ => new RequestSettings(), async (parsed, session, token) =>
        {
            var table = new TomlTableBuilder()
                .Add("backend", parsed.GetValue(backend))
                .Add("python", parsed.GetValue(python))
                .Add("env-file", Relative(session, parsed.GetValue(file)));
            table = Add(table, "requirements", [.. (parsed.GetValue(requirements) ?? []).Select(path => Relative(session, path)!)]);
            table = Add(Add(table, "extras", parsed.GetValue(extra)), "groups", parsed.GetValue(group));
            table = parsed.GetValue(editable) ? table.Add("editable", true) : table;
            if (!EnvironmentName.Parse(parsed.GetRequiredValue(name), "NAME").TryGet(out var wanted, out var failure))
            {
                return output.Fail(failure);
            }

            var declared = await session.Declarations.AddAsync(session.Project, wanted, table.Build(), token).ConfigureAwait(false);
            if (!declared.TryGet(out var written, out failure))
            {
                return output.Fail(failure);
            }

            return await ThenSyncAsync(output, session, parsed.GetRequiredValue(name), written, parsed.GetValue(noSync), token).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int> ThenSyncAsync(Output output, ProjectSession before, string name, string written, bool noSync, CancellationToken cancellationToken)
    {
        if (!output.IsJson)
        {
            output.Say($"{name} is declared in {written}.");
        }

        if (noSync)
        {
            Print(output, name, written);
            return 0;
        }

        // What was just written is read anew, as every later command will read it.
        var opened = await ProjectSession.OpenAsync(before.Services, before.Options with { Env = name }, before.AcceptsDefaults, cancellationToken).ConfigureAwait(false);
        if (!opened.TryGet(out var session, out var failure))
        {
            return output.Fail(failure);
        }

        var synced = await SyncCommand.OneAsync(output, session, session.Project.Meant!.Value, default, cancellationToken).ConfigureAwait(false);
        if (!synced.TryGet(out _, out failure))
        {
            return output.Fail(failure with { Hint = $"{failure.Remedy} The environment stays declared: mend it, then `slipway sync --env {name}`; or `slipway env remove {name}`." });
        }

        Print(output, name, written);
        return 0;
    }

    private static void Print(Output output, string name, string written)
    {
        if (output.IsJson)
        {
            output.Json(new EnvChangeDocument("slipway.env-change/1", name, written), EnvChangeJson.Default.EnvChangeDocument);
        }
    }

    private static TomlTableBuilder Add(TomlTableBuilder table, string key, string[]? values) => values is null or [] ? table : table.AddStrings(key, values);

    private static string? Relative(ProjectSession session, string? path) =>
        path is null ? null : Path.GetRelativePath(session.Project.Layout.Directory, Path.GetFullPath(path));
}

/// <summary>What <c>env create --json</c> and <c>env remove --json</c> print.</summary>
/// <param name="Schema">The schema.</param>
/// <param name="Environment">The environment.</param>
/// <param name="File">The file of settings that was changed; null when none declared it.</param>
internal sealed record EnvChangeDocument(string Schema, string Environment, string? File);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(EnvChangeDocument))]
internal sealed partial class EnvChangeJson : JsonSerializerContext;
