using System.Text.RegularExpressions;
using Slipway.Environments.Provisioners.Micromamba;
using Slipway.Machines.Processes;

namespace Slipway.Environments.Tools;

/// <summary>Reads and compares the versions of tools: numbers and dots.</summary>
internal static partial class ToolVersion
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The version that a program tells, asked with <c>--version</c>; null when it tells none.</summary>
    public static async Task<string?> OfAsync(BuildHost host, ToolInfo tool, string program, CancellationToken cancellationToken)
    {
        // micromamba sees nothing of the user's, not even here.
        var command = ReferenceEquals(tool, ToolCatalogue.Micromamba) ? MicromambaCommand.Create(host, program, "--version") : ProcessCommand.Create(program, "--version");
        var asked = await host.Machine
            .RunAsync(command with { Timeout = Limit, CaptureLimit = 4096 }, output: null, cancellationToken)
            .ConfigureAwait(false);
        return asked.TryGet(out var outcome, out _) && outcome.Succeeded && Dotted().Match(outcome.OutputText) is { Success: true } match ? match.Value : null;
    }

    /// <summary>The version in a text such as the name of a directory; zero when it is none, so that it comes last.</summary>
    public static Version Parse(string? text) =>
        text is not null && Dotted().Match(text) is { Success: true } match && Version.TryParse(match.Value, out var version) ? version : new Version(0, 0);

    [GeneratedRegex(@"[0-9]{1,9}(\.[0-9]{1,9}){1,3}", RegexOptions.CultureInvariant)]
    private static partial Regex Dotted();
}
