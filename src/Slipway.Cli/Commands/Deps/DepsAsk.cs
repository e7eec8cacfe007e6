using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Contracts;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Environments.Bindings;
using Slipway.Environments.Interpreters;
using Slipway.Projects.Discovery;

namespace Slipway.Cli.Commands.Deps;

/// <summary><c>deps resolve</c>, <c>check</c>, <c>install</c> and <c>ensure</c>: the same question, taken further or less far.</summary>
internal static class DepsAsk
{
    public static Command Define(string verb, string help, Output output, Func<Services> services)
    {
        var file = DepsCommands.FileArgument();
        var mode = new Option<string>("--mode") { Description = "auto installs what is missing; manual leaves that to `deps install`.", HelpName = "MODE", DefaultValueFactory = static _ => "auto" };
        mode.AcceptOnlyFromAmong("auto", "manual");
        var bindings = new Option<string[]>("--binding") { Description = "A binding to select; repeatable. All without it, or those that the document selects.", HelpName = "ID", AllowMultipleArgumentsPerToken = false };
        var on = DepsCommands.OnOption();
        var refresh = new Option<bool>("--refresh") { Description = "Resolve again, whatever is remembered." };
        var events = new Option<bool>("--events") { Description = "Print what happens as it happens, a JSON document a line, and the answer as the last line." };
        var command = new Command(verb, $"{help}\n\nExample: slipway deps {verb} model-requirements.json") { file, mode, bindings, on, refresh, events };
        command.SetAction(async (parsed, token) =>
        {
            var created = services();
            var path = parsed.GetRequiredValue(file);
            var host = parsed.GetRequiredValue(on);
            return await DepsCommands.WithAsync(path, host, output, created, async (requirements, environments) =>
            {
                var wanted = InterpreterRequest.OfVariable(host == Runs.Hosts.HostName.Local ? created.Variable(InterpreterRequest.Variable) : null, Directory.GetCurrentDirectory());
                if (!wanted.TryGet(out var python, out var failure) || !WorkloadDiscovery.ReadSources(created.Variable, Directory.GetCurrentDirectory()).TryGet(out var sources, out failure))
                {
                    return output.Fail(failure);
                }

                var question = new BindingQuestion(requirements)
                {
                    Python = python.OrDefault(),
                    Sources = sources,
                    SelectedBindingIds = [.. parsed.GetValue(bindings) ?? []],
                    Mode = parsed.GetValue(mode) is "manual" ? DependencyMode.Manual : DependencyMode.Auto,
                    Options = new EnsureOptions(parsed.GetValue(refresh), GlobalOptions.Has(parsed, Runs.Arguments.RunOptions.Offline)),
                };
                var asked = new Asked(verb, path, host, parsed.GetValue(events));
                return await AnswerAsync(asked, question, environments, output, created, token).ConfigureAwait(false);
            }, token).ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>What was asked, as it was typed.</summary>
    internal sealed record Asked(string Verb, string File, string On, bool Events);

    private static async Task<int> AnswerAsync(Asked asked, BindingQuestion question, BindingEnvironments environments, Output output, Services services, CancellationToken cancellationToken)
    {
        // With events, standard error says nothing that the events do not say.
        IDependencyActivity activity = asked.Events ? new EventLines(output) : NoActivity.Instance;
        using var progress = new BuildProgressView(asked.Events ? output with { IsQuiet = true } : output, services.Time);
        Func<BindingQuestion, IDependencyActivity, IBuildProgress, CancellationToken, Task<Result<BindingAnswer>>> ask = asked.Verb switch
        {
            "resolve" => environments.ResolveAsync,
            "check" => environments.CheckAsync,
            "install" => environments.InstallAsync,
            _ => environments.EnsureAsync,
        };
        var result = await ask(question, activity, progress, cancellationToken).ConfigureAwait(false);
        progress.Dispose();
        if (!result.TryGet(out var answer, out var failure))
        {
            return output.Fail(failure);
        }

        if (answer.Environment is { Built: true })
        {
            progress.Complete();
        }

        if (asked.Events)
        {
            output.Data.WriteLine(DepsDocument.From(answer).ToLine());
        }
        else if (output.IsJson)
        {
            output.Json(DepsDocument.From(answer), DepsJson.Default.DepsDocument);
        }
        else
        {
            DepsText.Write(output, asked, answer);
        }

        // Not ready is no success of what was to have it ready.
        return asked.Verb is "ensure" && answer.Status.State is DependencyState.Missing ? (int)ExitCode.WaitsForPerson : (int)answer.Exit;
    }

    /// <summary>Writes each activity as a line.</summary>
    private sealed class EventLines(Output output) : IDependencyActivity
    {
        private readonly Lock _gate = new();

        public void Report(DependencyActivity activity)
        {
            lock (_gate)
            {
                output.Data.WriteLine(DepsEvent.From(activity).ToLine());
                output.Data.Flush();
            }
        }
    }
}
