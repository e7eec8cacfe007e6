using System.CommandLine;
using System.Text.Json.Serialization;
using Slipway.Cli.Terminal;

namespace Slipway.Cli.Commands.Python;

/// <summary>The verb <c>python</c>: which Python the workloads of a directory get. A new subverb is a file in this folder and a line here.</summary>
internal static class PythonCommands
{
    public static Command Define(Output output, Func<Services> services)
    {
        var command = new Command("python", "Which Python the workloads of this directory get.\n\nExample: slipway python set 3.12");
        command.Subcommands.Add(PythonShow.Define(output, services));
        command.Subcommands.Add(PythonSet.Define(output, services));
        return command;
    }
}

/// <summary>What <c>python show --json</c> and <c>python set --json</c> print.</summary>
/// <param name="Schema">The schema.</param>
/// <param name="Wish">What is asked for; null when nothing is.</param>
/// <param name="Origin">Who asks: a file with its line, or a variable; null when nobody does.</param>
/// <param name="Python">The absolute path of the interpreter; null where conda's packages bring one that is not known yet.</param>
/// <param name="Version">Its full version; null likewise.</param>
/// <param name="Warnings">What people should know.</param>
internal sealed record PythonDocument(string Schema, string? Wish, string? Origin, string? Python, string? Version, IReadOnlyList<string> Warnings)
{
    /// <summary>The absolute path of the interpreter that a new search would choose, where a remembered resolution keeps another one; else null.</summary>
    public string? Fresh { get; init; }
}

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(PythonDocument))]
internal sealed partial class PythonJson : JsonSerializerContext;
