using System.CommandLine;
using System.CommandLine.Invocation;
using Slipway.Cli.Terminal;

namespace Slipway.Cli;

/// <summary>Prints the help of the command that was named; asked for, so to standard output.</summary>
internal sealed class HelpAction(Output output) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        output.Data.Write(HelpText.Render(parseResult.CommandResult.Command));
        return 0;
    }
}
