using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Environments.Interpreters;
using Slipway.Projects.Discovery;
using Slipway.Projects.UseCases;

namespace Slipway.Cli.Commands.Python;

/// <summary><c>python show</c>: the interpreter that a workload here would get, and who says so.</summary>
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
                || !new WorkloadDiscovery(created.Variable, static () => false).Discover(null, directory, new RequestSettings()).TryGet(out var declaration, out failure))
            {
                return output.Fail(failure);
            }

            var found = await created.Interpreters(host).FindAsync(place.Wish?.Python, declaration.Request.RequiresPython, token).ConfigureAwait(false);
            if (!found.TryGet(out var interpreter, out failure))
            {
                return output.Fail(place.Wish is { } wish ? failure with { Message = $"{wish.Origin} asks for Python {wish.Texts[0]}. {failure.Message}" } : failure);
            }

            Print(output, place, interpreter);
            return 0;
        });
        return command;
    }

    private static void Print(Output output, PythonPlace place, Interpreter interpreter)
    {
        var warnings = place.Configuration.Warnings;
        if (output.IsJson)
        {
            output.Json(
                new PythonDocument("slipway.python/1", place.Wish?.Texts[0], place.Wish?.Origin.ToString(), interpreter.Executable, interpreter.FullVersion, warnings),
                PythonJson.Default.PythonDocument);
            return;
        }

        foreach (var warning in warnings)
        {
            output.Say($"slipway: warning: {warning}");
        }

        output.Data.WriteLine(Plain.Line($"{interpreter.FullVersion}  {interpreter.Executable}  ({(place.Wish is { } wish ? $"{wish.Origin} says {wish.Texts[0]}" : "nothing names one: the first in range")})"));
    }
}
