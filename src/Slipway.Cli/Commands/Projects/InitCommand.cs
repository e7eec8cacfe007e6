using System.CommandLine;
using Slipway.Cli.Commands.Host;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Environments.Tools;
using Slipway.Projects.Configuration;
using Slipway.Projects.Discovery;
using Slipway.Projects.Managed;
using Slipway.Projects.UseCases;
using Slipway.Runs.Arguments;

namespace Slipway.Cli.Commands.Projects;

/// <summary><c>init</c>: makes the current directory a project, or looks after one that is, and has its environment ready.</summary>
internal static class InitCommand
{
    public static Command Define(Output output, Func<Services> services)
    {
        var options = new InitOptions();
        var command = new Command(
            "init",
            "Make this directory a project of Slipway: settings, .gitignore, .envrc, .env, and the environment. What is right already stays as it is.\n\nExample: slipway init --backend pip --python 3.12 --no-direnv");
        options.AddTo(command);
        command.SetAction(async (parsed, token) =>
        {
            var created = services();
            var opened = await created.OpenHostAsync(token).ConfigureAwait(false);
            return opened.TryGet(out var host, out var failure)
                ? await new Initialising(output, created, host, GlobalOptions.Has(parsed, RunOptions.Yes), options.Bootstraps(parsed)).ExecuteAsync(options.Read(parsed), token).ConfigureAwait(false)
                : output.Fail(failure);
        });
        return command;
    }

    /// <summary>One run of the verb.</summary>
    private sealed class Initialising(Output output, Services services, BuildHost host, bool acceptsDefaults, bool bootstraps)
    {
        private readonly string _directory = Directory.GetCurrentDirectory();

        public async Task<int> ExecuteAsync(InitAnswers given, CancellationToken cancellationToken)
        {
            var useCase = new InitUseCase(host, services.Dependencies(host), services.Interpreters(host), services.Variable, name => ToolSearch.Has(host.Layout.Tools, services.Variable, name));
            if (!useCase.Look(_directory, given).TryGet(out var survey, out var failure)
                || !InitQuestions.Ask(new Prompt(output, acceptsDefaults), survey, given).TryGet(out var answers, out failure))
            {
                return output.Fail(failure);
            }

            var written = await useCase.WriteAsync(_directory, answers, cancellationToken).ConfigureAwait(false);
            if (!written.TryGet(out _, out failure) && failure.Code == EnvironmentFailures.ToolMissing && useCase.BackendOf(_directory, answers).TryGet(out var backend, out _))
            {
                // Nothing was written: with the tool, all is tried anew.
                var setup = new ToolSetup(output, services, host with { IsOffline = answers.Offline });
                written = await setup.AfterAsync(failure, backend, bootstraps, new Prompt(output, acceptsDefaults), cancellationToken).ConfigureAwait(false) is { } missing
                    ? missing
                    : await useCase.WriteAsync(_directory, answers, cancellationToken).ConfigureAwait(false);
            }

            if (!written.TryGet(out var report, out failure))
            {
                return output.Fail(failure);
            }

            Tell(report, survey);
            var synced = answers.Sync ? await SyncAsync(report, answers, cancellationToken).ConfigureAwait(false) : null;
            if (synced is { IsOk: false } failed)
            {
                return output.Fail(failed.Failure with { Hint = $"{failed.Failure.Remedy} The project's files are written: mend it, then `slipway sync` goes on." });
            }

            Close(report, answers, synced?.Value);
            return 0;
        }

        // What was just written is read anew, as every later command will read it.
        private async Task<Result<SyncedEnvironment>?> SyncAsync(InitReport report, InitAnswers answers, CancellationToken cancellationToken)
        {
            var options = new RequestSettings { Env = answers.Env, Locked = answers.Strict, NoLock = answers.NoLock, Offline = answers.Offline };
            var opened = await ProjectSession.OpenAsync(services, options, acceptsDefaults, cancellationToken).ConfigureAwait(false);
            return opened.TryGet(out var session, out var failure)
                ? await SyncCommand.OneAsync(output, session, report.Environment, new SyncWishes(Refresh: false, bootstraps), cancellationToken).ConfigureAwait(false)
                : failure;
        }

        private void Tell(InitReport report, InitSurvey survey)
        {
            if (output.IsJson)
            {
                return;
            }

            output.Say(survey.HasSettings ? $"{_directory} is a project already; {report.Environment} is built by {report.Backend.Kind}." : $"{_directory} is a project now; {report.Environment} is built by {report.Backend.Kind}: {report.Backend.Sentence}.");
            foreach (var file in report.Files)
            {
                output.Data.WriteLine(Plain.Line($"{Words.Of(file.Outcome),-9}  {file.Name}"));
            }

            if (report.IsReplay)
            {
                output.Say("Nothing was to be written: every file was right already.");
            }
        }

        private void Close(InitReport report, InitAnswers answers, SyncedEnvironment? synced)
        {
            string[] next =
            [
                .. answers.Sync ? Array.Empty<string>() : ["slipway sync"],
                .. report.Project.Usual is null ? [$"slipway env use {report.Environment}"] : Array.Empty<string>(),
                .. report.Files.Any(static file => file.Name is EnvrcFile.Name && file.Outcome is FileOutcome.Created or FileOutcome.Changed) ? ["direnv allow"] : Array.Empty<string>(),
                "slipway run python",
                "slipway shell",
            ];
            if (output.IsJson)
            {
                output.Json(InitDocument.From(report, synced, [.. next]), InitJson.Default.InitDocument);
            }
            else if (!report.IsReplay)
            {
                output.Say($"Next: {string.Join(", ", next.Select(static words => $"`{words}`"))}.");
            }
        }
    }

    /// <summary>The options.</summary>
    private sealed class InitOptions
    {
        private readonly Option<string> _backend = new(RunOptions.Backend.Name) { Description = "What builds the environment; else the files decide.", HelpName = "NAME" };
        private readonly Option<string> _python = new(RunOptions.Python.Name) { Description = "Its Python: a version is pinned in .python-version, anything else is written into the settings.", HelpName = "VALUE" };
        private readonly Option<string> _name = new("--name") { Description = "The name of the project's only environment; else the directory's.", HelpName = "NAME" };
        private readonly Option<string> _env = new(RunOptions.Env.Name) { Description = "Declare an environment of this name, as one of several.", HelpName = "NAME" };
        private readonly Option<string[]> _channel = new($"--{SettingInfo.Of(SettingKey.Channels).Name[..^1]}") { Description = "A conda channel; repeatable.", HelpName = "CHANNEL", AllowMultipleArgumentsPerToken = false };
        private readonly Option<bool> _noDirenv = new("--no-direnv") { Description = "Leave .envrc alone." };
        private readonly Option<bool> _vsCode = new("--vscode") { Description = "Name the environment's Python in .vscode/settings.json." };
        private readonly Option<bool> _strict = new("--strict") { Description = "Begin no declaration, and use only what a lock holds." };
        private readonly Option<bool> _noLock = new(RunOptions.NoLock.Name) { Description = RunOptions.NoLock.Help };
        private readonly Option<bool> _noSync = new("--no-sync") { Description = "Only write the files." };
        private readonly Option<bool> _bootstrap = new(RunOptions.Bootstrap.Name) { Description = RunOptions.Bootstrap.Help };
        private readonly Option<bool> _force = new("--force") { Description = "Check everything first, also what a build needs, then write Slipway's own lines and links anew." };
        private readonly Option<bool> _allowSynced = new("--allow-synced-dir") { Description = "Go on in a folder that a service such as Dropbox synchronises." };

        public void AddTo(Command command)
        {
            foreach (var option in (Option[])[_backend, _python, _name, _env, _channel, _noDirenv, _vsCode, _strict, _noLock, _noSync, _bootstrap, _force, _allowSynced])
            {
                command.Options.Add(option);
            }
        }

        public bool Bootstraps(ParseResult parsed) => parsed.GetValue(_bootstrap);

        public InitAnswers Read(ParseResult parsed) => new()
        {
            Backend = parsed.GetValue(_backend),
            Python = parsed.GetValue(_python),
            Name = parsed.GetValue(_name),
            Env = parsed.GetValue(_env),
            Channels = [.. parsed.GetValue(_channel) ?? []],
            Direnv = !parsed.GetValue(_noDirenv),
            VsCode = parsed.GetValue(_vsCode),
            Strict = parsed.GetValue(_strict),
            NoLock = parsed.GetValue(_noLock),
            Sync = !parsed.GetValue(_noSync),
            Force = parsed.GetValue(_force),
            AllowSyncedFolder = parsed.GetValue(_allowSynced),
            Offline = GlobalOptions.Has(parsed, RunOptions.Offline),
        };
    }
}
