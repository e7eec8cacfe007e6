using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Core.Versions;
using Slipway.Environments;
using Slipway.Environments.Interpreters;
using Slipway.Projects.Configuration;
using Slipway.Projects.Editing;
using Slipway.Projects.UseCases;
using Slipway.Runs.Arguments;

namespace Slipway.Cli.Commands.Python;

/// <summary><c>python set</c>: pins the Python of this directory, once it is known to be there.</summary>
internal static class PythonSet
{
    private const string InstallOption = "--install";

    public static Command Define(Output output, Func<Services> services)
    {
        var version = new Argument<string>("VERSION") { Description = "A version: 3.12, or 3.12.1." };
        var install = new Option<bool>(InstallOption) { Description = "Install the version with pyenv, asdf or uv, if it is missing." };
        var command = new Command("set", "Pin the Python of this directory: where it is pinned now, else in .python-version.\n\nExample: slipway python set 3.12.1 --install") { version, install };
        command.SetAction(async (parsed, token) =>
        {
            var created = services();
            var opened = await created.OpenHostAsync(token).ConfigureAwait(false);
            if (!opened.TryGet(out var host, out var failure)
                || !PythonPinUseCase.Parse(parsed.GetRequiredValue(version)).TryGet(out var wanted, out failure)
                || !new PythonPinUseCase(created.Variable).Locate(Directory.GetCurrentDirectory()).TryGet(out var place, out failure))
            {
                return output.Fail(failure);
            }

            var wishes = new Wishes(place, wanted, parsed.GetValue(install), new Prompt(output, GlobalOptions.Has(parsed, RunOptions.Yes)));
            var found = await HaveAsync(output, created, host, wishes, token).ConfigureAwait(false);
            if (found.TryGet(out var candidate, out failure) && !candidate.Satisfies(place.Declared))
            {
                return output.Fail(new Failure(EnvironmentFailures.InterpreterOutOfRange, $"{candidate} is outside the range '{place.Declared}' that the project declares, so nothing would run."));
            }

            if (!found.TryGet(out var interpreter, out failure))
            {
                return output.Fail(failure);
            }

            var edits = new ProjectEdits(host.Layout);
            var written = await edits.DoAsync(place.Directory, "python set", () => PythonPinUseCase.Write(place, wanted), token).ConfigureAwait(false);
            return written.TryGet(out _, out failure)
                ? Print(output, wishes, interpreter)
                : output.Fail(failure);
        });
        return command;
    }

    /// <summary>What is asked for.</summary>
    private sealed record Wishes(PythonPlace Place, PepVersion Version, bool Install, Prompt Prompt);

    // Before anything is written: a pin that nothing satisfies would stop every run.
    private static async Task<Result<Interpreter>> HaveAsync(Output output, Services services, BuildHost host, Wishes wishes, CancellationToken cancellationToken)
    {
        var wish = InterpreterRequest.Parse(wishes.Version.ToString(), "/", "VERSION");
        if (!wish.TryGet(out var asked, out var failure))
        {
            return failure;
        }

        var found = await services.Interpreters(host).FindAsync(asked, VersionSpecifierSet.Any, cancellationToken).ConfigureAwait(false);
        if (found.IsOk || found.Failure.Code != EnvironmentFailures.NoInterpreter)
        {
            return found;
        }

        var installer = new PythonInstaller(host);
        if (await installer.ManagerAsync(wishes.Place.IsAsdf, cancellationToken).ConfigureAwait(false) is not { } manager)
        {
            return found.Failure with { Hint = "Install such a Python; with pyenv, asdf or uv on this machine, `slipway python set` does it for you." };
        }

        if (!Consent(wishes, manager, found.Failure).TryGet(out _, out failure))
        {
            return failure;
        }

        using var progress = new BuildProgressView(output, services.Time);
        var installed = await installer.InstallAsync(manager, wishes.Version, progress, cancellationToken).ConfigureAwait(false);
        progress.Dispose();
        return installed.TryGet(out _, out failure)
            ? await services.Interpreters(host).FindAsync(asked, VersionSpecifierSet.Any, cancellationToken).ConfigureAwait(false)
            : failure;
    }

    private static Result<Unit> Consent(Wishes wishes, PythonManager manager, Failure missing)
    {
        if (wishes.Install)
        {
            return Unit.Value;
        }

        if (!wishes.Prompt.CanAsk)
        {
            return missing with { Hint = $"Install it with {InstallOption} ({manager} does it), or pin a version that is there." };
        }

        return wishes.Prompt.Confirm($"Install Python {wishes.Version} with {manager}?", byDefault: true, InstallOption)
            .Then(isYes => isYes ? Unit.Value : (Result<Unit>)new Failure(CliFailures.Declined, "Nothing was installed or written."));
    }

    private static int Print(Output output, Wishes wishes, Interpreter interpreter)
    {
        // Written all the same: the variable is this shell's, the pin is the project's.
        var overrides = wishes.Place.Wish is { Origin: { Layer: SettingLayer.Variable } origin } ? $"{origin.Name} is set and counts more than {wishes.Place.Path}." : null;
        if (output.IsJson)
        {
            output.Json(
                new PythonDocument("slipway.python/1", wishes.Version.ToString(), wishes.Place.Path, interpreter.Executable, interpreter.FullVersion, overrides is null ? [] : [overrides]),
                PythonJson.Default.PythonDocument);
            return 0;
        }

        output.Say($"{wishes.Place.Path} says {wishes.Version} now: {interpreter.Executable} ({interpreter.FullVersion}).");
        if (overrides is not null)
        {
            output.Say($"slipway: warning: {overrides}");
        }

        return 0;
    }
}
