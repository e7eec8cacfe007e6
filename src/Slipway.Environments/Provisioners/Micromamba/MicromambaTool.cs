using System.Text.RegularExpressions;
using Slipway.Core.Failures;
using Slipway.Environments.Tools;

namespace Slipway.Environments.Provisioners.Micromamba;

/// <summary>The micromamba of the host: Slipway's own, the user's, or the one on PATH; the first that is new enough.</summary>
internal static partial class MicromambaTool
{
    // Raised with every change of how a tree is laid out: it is part of the environment key.
    private const int LayoutVersion = 1;

    private static readonly Version Oldest = new(1, 5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Finds it; the wanted version before any other.</summary>
    public static async Task<Result<ProvisionerTool>> PrepareAsync(BuildHost host, string? wanted, CancellationToken cancellationToken)
    {
        ProvisionerTool? first = null;
        Failure? unfit = null;
        foreach (var path in ToolSearch.From(host.Layout.Tools, host.Variable).Find(MicromambaProvisioner.Name))
        {
            var asked = await AskAsync(host, path, cancellationToken).ConfigureAwait(false);
            if (!asked.TryGet(out var tool, out var failure))
            {
                unfit ??= failure;
            }
            else if (wanted is null || string.Equals(tool.Identity, wanted, StringComparison.Ordinal))
            {
                return tool;
            }
            else
            {
                first ??= tool;
            }
        }

        return first is not null ? first : unfit ?? new Failure(EnvironmentFailures.NoMicromamba, "There is no micromamba among Slipway's tools, in ~/.local/bin or on PATH.");
    }

    private static async Task<Result<ProvisionerTool>> AskAsync(BuildHost host, string path, CancellationToken cancellationToken)
    {
        var command = MicromambaCommand.Create(host, path, "--version") with { Timeout = Limit };
        var run = await host.Machine.RunAsync(command, output: null, cancellationToken).ConfigureAwait(false);
        if (!run.TryGet(out var outcome, out var failure))
        {
            return new Failure(EnvironmentFailures.MicromambaUnfit, $"{path} cannot be run: {failure.Message}");
        }

        var match = Pattern().Match(outcome.OutputText);
        if (!outcome.Succeeded || !match.Success || !Version.TryParse(match.Value, out var version))
        {
            return new Failure(EnvironmentFailures.MicromambaUnfit, $"{path} does not say its version: it ended with {outcome.Describe()}.") { Detail = outcome.ErrorText.Trim() };
        }

        return version < Oldest
            ? new Failure(EnvironmentFailures.MicromambaUnfit, $"{path} is micromamba {match.Value}, and {Oldest} or newer is needed.")
            : new ProvisionerTool($"{MicromambaProvisioner.Name}/{match.Value}/{LayoutVersion}", path);
    }

    // "2.3.2" alone, or with a word before it.
    [GeneratedRegex(@"[0-9]+\.[0-9]+\.[0-9]+", RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();
}
