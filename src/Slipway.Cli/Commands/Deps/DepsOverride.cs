using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Slipway.Cli.Terminal;
using Slipway.Core.Contracts;
using Slipway.Core.Failures;
using Slipway.Environments.Bindings;
using Slipway.Runs.Hosts;

namespace Slipway.Cli.Commands.Deps;

/// <summary><c>deps override set</c>, <c>clear</c> and <c>list</c>.</summary>
internal static class DepsOverride
{
    public static Command Define(Output output, Func<Services> services)
    {
        var command = new Command("override", "Correct what is declared: the overrides of this user, for this machine or a host.\n\nExample: slipway deps override list model-requirements.json");
        command.Subcommands.Add(DefineSet(output, services));
        command.Subcommands.Add(DefineClear(output, services));
        command.Subcommands.Add(DefineList(output, services));
        return command;
    }

    private static Option<string> BindingOption() => new("--binding") { Description = "The binding.", HelpName = "ID", Required = true };

    private static Option<string> RequirementOption() => new("--requirement") { Description = "One requirement of it; all of them without this.", HelpName = "NAME" };

    private static Command DefineSet(Output output, Func<Services> services)
    {
        var (file, binding, requirement, on) = (DepsCommands.FileArgument(), BindingOption(), RequirementOption(), DepsCommands.OnOption());
        Option<string> One(OverrideField field, string help, string name) => new(field.Option) { Description = $"{field.Name}: {help}", HelpName = name };
        var python = One(OverrideField.Python, "absolute path of the interpreter; for a whole binding.", "PATH");
        var index = One(OverrideField.IndexUrl, "the only index.", "URL");
        var extra = new Option<string[]>(OverrideField.ExtraIndexUrls.Option) { Description = "extra_index_urls: a further index; repeatable.", HelpName = "URL", AllowMultipleArgumentsPerToken = false };
        var wheel = One(OverrideField.WheelSourcePath, "path of a wheel or of a directory of wheels; on a host an absolute one.", "PATH");
        var source = One(OverrideField.PackageSource, "direct URL of the package.", "URL");
        var command = new Command("set", "Set fields; each is judged on the machine that installs before it is stored.\n\nExample: slipway deps override set model.json --binding b1 --requirement demo --index-url https://packages.example/simple")
        {
            file, binding, requirement, python, index, extra, wheel, source, on,
        };
        command.SetAction((parsed, token) => DepsCommands.WithAsync(parsed.GetRequiredValue(file), parsed.GetRequiredValue(on), output, services(), async (requirements, environments) =>
        {
            var patch = new DependencyOverridePatch
            {
                BindingId = parsed.GetRequiredValue(binding),
                Scope = parsed.GetValue(requirement) is null ? OverrideScope.Binding : OverrideScope.Requirement,
                RequirementName = parsed.GetValue(requirement),
                Fields = new OverrideFields
                {
                    PythonExecutable = parsed.GetValue(python),
                    IndexUrl = parsed.GetValue(index),
                    ExtraIndexUrls = parsed.GetValue(extra) is { Length: > 0 } urls ? [.. urls] : null,
                    WheelSourcePath = parsed.GetValue(wheel) is { Length: > 0 } path && parsed.GetRequiredValue(on) == HostName.Local ? Path.GetFullPath(path) : parsed.GetValue(wheel),
                    PackageSourceOverride = parsed.GetValue(source),
                },
            };
            var set = await environments.SetAsync(requirements, patch, token).ConfigureAwait(false);
            return set.TryGet(out var record, out var failure) ? Print(output, parsed.GetRequiredValue(file), requirements, environments, [record]) : output.Fail(failure);
        }, token));
        return command;
    }

    private static Command DefineClear(Output output, Func<Services> services)
    {
        var (file, binding, requirement, on) = (DepsCommands.FileArgument(), BindingOption(), RequirementOption(), DepsCommands.OnOption());
        var command = new Command("clear", "Take back what was set for a binding, or for one requirement of it; the history keeps it.\n\nExample: slipway deps override clear model.json --binding b1") { file, binding, requirement, on };
        command.SetAction((parsed, token) => DepsCommands.WithAsync(parsed.GetRequiredValue(file), parsed.GetRequiredValue(on), output, services(), async (requirements, environments) =>
        {
            var cleared = await environments.ClearAsync(requirements, parsed.GetRequiredValue(binding), parsed.GetValue(requirement), token).ConfigureAwait(false);
            return cleared.TryGet(out var record, out var failure) ? Print(output, parsed.GetRequiredValue(file), requirements, environments, [record]) : output.Fail(failure);
        }, token));
        return command;
    }

    private static Command DefineList(Output output, Func<Services> services)
    {
        var (file, binding, on) = (DepsCommands.FileArgument(), new Option<string>("--binding") { Description = "Only the history of this binding.", HelpName = "ID" }, DepsCommands.OnOption());
        var command = new Command("list", "List what is in force, and the whole history.\n\nExample: slipway deps override list model.json --json") { file, binding, on };
        command.SetAction((parsed, token) => DepsCommands.WithAsync(parsed.GetRequiredValue(file), parsed.GetRequiredValue(on), output, services(), (requirements, environments) =>
        {
            var only = parsed.GetValue(binding);
            var listed = environments.HistoryOf(requirements).Map(all => all.Where(record => only is null || string.Equals(record.Key.BindingId, only, StringComparison.Ordinal)).ToImmutableArray());
            return Task.FromResult(listed.TryGet(out var history, out var failure) ? Print(output, parsed.GetRequiredValue(file), requirements, environments, history) : output.Fail(failure));
        }, token));
        return command;
    }

    private static int Print(Output output, string file, DependencyRequirements requirements, BindingEnvironments environments, ImmutableArray<OverrideRecord> history)
    {
        if (!environments.ViewOf(requirements).TryGet(out var view, out var failure))
        {
            return output.Fail(failure);
        }

        if (output.IsJson)
        {
            output.Json(new DepsOverrideDocument("slipway.deps-override/1", file, DepsView.From(view), history), DepsJson.Default.DepsOverrideDocument);
            return (int)ExitCode.Done;
        }

        DepsText.WriteTable(output, view, status: null);
        foreach (var record in history)
        {
            var time = record.UpdatedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            var where = record.Key.Requirement is { } name ? $"{record.Key.BindingId} {name}" : record.Key.BindingId;
            output.Data.WriteLine(Plain.Line($"{time}  {record.Source}  {(record.Action is OverrideAction.Clear ? "clear" : "set")}  {where}  {Words(record.Fields)}".TrimEnd()));
        }

        return (int)ExitCode.Done;
    }

    private static string Words(OverrideFields fields) => string.Join(' ', new[]
    {
        (OverrideField.Python, fields.PythonExecutable),
        (OverrideField.IndexUrl, fields.IndexUrl),
        (OverrideField.ExtraIndexUrls, fields.ExtraIndexUrls is { } urls ? string.Join(',', urls) : null),
        (OverrideField.WheelSourcePath, fields.WheelSourcePath),
        (OverrideField.PackageSource, fields.PackageSourceOverride),
    }.Where(static pair => pair.Item2 is not null).Select(static pair => $"{pair.Item1.Name}={pair.Item2}"));
}
