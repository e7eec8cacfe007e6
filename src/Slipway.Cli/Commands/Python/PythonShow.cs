using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Environments.Tools;
using Slipway.Projects.Backends;
using Slipway.Projects.Discovery;
using Slipway.Projects.UseCases;

namespace Slipway.Cli.Commands.Python;

/// <summary><c>python show</c>: the interpreter that a workload here gets, and who says so.</summary>
internal static class PythonShow
{
    public static Command Define(Output output, Func<Services> services)
    {
        var command = new Command("show", "Say which Python a workload here gets, and why.\n\nExample: slipway python show --json");
        command.SetAction(async (_, token) =>
        {
            var created = services();
            var opened = await created.OpenHostAsync(token).ConfigureAwait(false);
            var directory = Directory.GetCurrentDirectory();
            if (!opened.TryGet(out var host, out var failure)
                || !new PythonPinUseCase(created.Variable).Locate(directory).TryGet(out var place, out failure)
                || !new WorkloadDiscovery(created.Variable, () => ToolSearch.Has(host.Layout.Tools, created.Variable, BackendDetector.Uv))
                    .Discover(null, directory, new RequestSettings()).TryGet(out var declaration, out failure))
            {
                return output.Fail(failure);
            }

            var shown = declaration.Request.Conda is null
                ? await OfHostAsync(created.Dependencies(host), place, declaration, token).ConfigureAwait(false)
                : await OfCondaAsync(created.Dependencies(host), place, declaration, token).ConfigureAwait(false);
            return shown.TryGet(out var python, out failure) ? Print(output, python) : output.Fail(failure);
        });
        return command;
    }

    /// <summary>What is printed: the document, and why it is that one.</summary>
    private sealed record Shown(PythonDocument Document, string Why);

    private static async Task<Result<Shown>> OfHostAsync(DependencyService dependencies, PythonPlace place, WorkloadDeclaration declaration, CancellationToken cancellationToken)
    {
        var found = await dependencies.PythonOfAsync(declaration.Request, cancellationToken).ConfigureAwait(false);
        if (!found.TryGet(out var use, out var failure))
        {
            return place.Wish is { } asked ? failure with { Message = $"{asked.Origin} asks for Python {asked.Texts[0]}. {failure.Message}" } : failure;
        }

        var why = place.Wish is { } wish ? $"{wish.Origin} says {wish.Texts[0]}" : use.Note is null ? "nothing names one: the first in range" : "nothing names one: the first in range when it was resolved";
        IReadOnlyList<string> warnings = [.. place.Configuration.Warnings, .. use.Note is { } note ? new[] { note } : []];
        return new Shown(
            new PythonDocument("slipway.python/1", place.Wish?.Texts[0], place.Wish?.Origin.ToString(), use.Interpreter.Executable, use.Interpreter.FullVersion, warnings)
            {
                Fresh = use.Fresh?.Executable,
            },
            why);
    }

    // Nothing of the host's counts there, and what conda would choose is known once it was asked.
    private static async Task<Result<Shown>> OfCondaAsync(DependencyService dependencies, PythonPlace place, WorkloadDeclaration declaration, CancellationToken cancellationToken)
    {
        var planned = await dependencies.PlanAsync(declaration.Request, declaration.Subject, new EnsureOptions(), cancellationToken).ConfigureAwait(false);
        return planned.Map(plan => new Shown(
            new PythonDocument(
                "slipway.python/1", place.Wish?.Texts[0], place.Wish?.Origin.ToString(), plan.Python is null ? null : plan.Reference.PythonExecutable, plan.Python?.FullVersion, declaration.Warnings),
            plan.Lock is null ? "conda's packages bring their own, and are not resolved yet" : "conda's packages bring their own"));
    }

    private static int Print(Output output, Shown shown)
    {
        var (document, why) = shown;
        if (output.IsJson)
        {
            output.Json(document, PythonJson.Default.PythonDocument);
            return 0;
        }

        foreach (var warning in document.Warnings)
        {
            output.Say($"slipway: warning: {warning}");
        }

        output.Data.WriteLine(Plain.Line(document.Python is null ? $"({why})" : $"{document.Version}  {document.Python}  ({why})"));
        return 0;
    }
}
