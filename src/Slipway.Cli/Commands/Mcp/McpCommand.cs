using System.Collections.Immutable;
using System.CommandLine;
using System.Text;
using Slipway.Cli.Terminal;
using Slipway.Cloud.Money;
using Slipway.Core.Failures;
using Slipway.Mcp;
using Slipway.Mcp.Calls;
using Slipway.Mcp.Tools;

namespace Slipway.Cli.Commands.Mcp;

/// <summary><c>mcp</c>: the server for assistants, on standard input and output.</summary>
internal static class McpCommand
{
    public static Command Define(Output output, Func<Services> services)
    {
        var readOnly = new Option<bool>("--read-only") { Description = "Offer only tools that change nothing." };
        var hosts = new Option<string>("--hosts") { Description = "The hosts that tools may use, with commas between; local is this machine. All by default.", HelpName = "HOST[,HOST]" };
        var backends = new Option<string>("--backends") { Description = "The backends that tools may use, with commas between. All by default.", HelpName = "NAME[,NAME]" };
        var command = new Command("mcp", "Serve an assistant: tools, prompts and resources of the Model Context Protocol on standard input and output.\n\nExample: slipway mcp --read-only") { readOnly, hosts, backends };
        command.SetAction(async (parsed, token) =>
        {
            if (output.IsJson)
            {
                return output.Fail(new Failure(CliFailures.NoJson, "`mcp` prints no document: standard output belongs to the protocol."));
            }

            var created = services();
            var scope = new ToolScope(parsed.GetValue(readOnly), Names(parsed.GetValue(hosts)), Names(parsed.GetValue(backends)));
            return await ServeAsync(Settings(created) with { Scope = scope }, output, token).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int> ServeAsync(McpSettings settings, Output output, CancellationToken cancellationToken)
    {
        var input = Console.OpenStandardInput();
        var protocol = Console.OpenStandardOutput();

        // Whatever else would be printed by this process must not get between the protocol's lines.
        Console.SetOut(Console.Error);
        var served = await SlipwayServer.ServeAsync(settings, input, protocol, cancellationToken).ConfigureAwait(false);
        return served.IsOk ? 0 : output.Fail(served.Failure);
    }

    private static McpSettings Settings(Services services)
    {
        var home = services.Variable("HOME") is ['/', ..] given ? given : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var state = services.Variable("XDG_STATE_HOME");
        return new McpSettings(
            services.WorkloadMachine,
            Environment.ProcessPath!,
            MoneyFolder.Of(home, state),
            PolicyFile.Of(home, services.Variable("XDG_CONFIG_HOME")),
            AuditLog.FolderOf(home, state),
            TextGuard.For(Variables(services)),
            services.Time,
            Services.Version);
    }

    private static IEnumerable<KeyValuePair<string, string>> Variables(Services services) => services.Startup.ToBlock().ToArray()
        .Select(static entry => Encoding.UTF8.GetString(entry).Split('=', 2))
        .Where(static pair => pair.Length == 2)
        .Select(static pair => KeyValuePair.Create(pair[0], pair[1].TrimEnd('\0')));

    private static ImmutableArray<string> Names(string? text) => [.. (text ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
