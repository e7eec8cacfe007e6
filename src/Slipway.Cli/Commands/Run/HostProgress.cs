using Slipway.Cli.Terminal;
using Slipway.Environments;

namespace Slipway.Cli.Commands.Run;

/// <summary>The preparation on one of several hosts: a line a stage.</summary>
internal sealed class HostProgress(Output output, string host) : IBuildProgress
{
    private readonly HashSet<string> _warnings = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public void Stage(string text) => output.Say($"slipway: {host}: {text}");

    /// <inheritdoc/>
    public void Detail(string text) => output.Detail($"slipway: {host}: {Plain.Line(text)}");

    /// <inheritdoc/>
    public void Warn(string text)
    {
        // A shortcut that gives up has told what the full way tells again.
        if (_warnings.Add(text))
        {
            output.Say($"slipway: warning: {host}: {text}");
        }
    }

    /// <inheritdoc/>
    public void Waiting(string holder) => output.Say($"slipway: {host}: waiting for {holder}");
}
