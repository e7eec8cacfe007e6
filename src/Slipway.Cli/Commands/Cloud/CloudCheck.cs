using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Cloud.Launching;
using Slipway.Core.Failures;

namespace Slipway.Cli.Commands.Cloud;

/// <summary><c>cloud check</c> and <c>cloud connect</c>.</summary>
internal static class CloudCheck
{
    public static Command DefineCheck(Output output, Func<Services> services)
    {
        var command = new Command("check", "Say whether renting would work: server, version, credentials, clouds, policy, ledger.\n\nExample: slipway cloud check");
        CloudSession.Bind(command, output, services, async (_, desk, _, token) =>
        {
            var checkedAll = await desk.CheckAsync(token).ConfigureAwait(false);
            var code = CloudSession.Print(output, checkedAll, "check", report =>
            {
                foreach (var line in report.Lines)
                {
                    CloudText.Line(output, line.Name, $"{(line.IsOk ? "ok" : "NOT OK")}: {line.Text}{(line.Hint is { } hint ? $" {hint}" : string.Empty)}");
                }
            });
            return checkedAll is { IsOk: true, Value.IsOk: false } ? (int)ExitCode.ChecksFailed : code;
        });
        return command;
    }

    public static Command DefineConnect(Output output, Func<Services> services)
    {
        var server = new Argument<string>("URL") { Description = "The address of the SkyPilot API server, without user and password." };
        var token = new Option<string>("--token-variable") { Description = "The variable of yours that holds its token; the token itself is in no file of ours.", HelpName = "NAME" };
        var clear = new Option<bool>("--allow-clear-credentials") { Description = "Send credentials over plain http to another machine." };
        var command = new Command("connect", "Remember which SkyPilot API server is used.\n\nExample: slipway cloud connect https://sky.example --token-variable SKY_TOKEN") { server };
        command.Options.Add(token);
        command.Options.Add(clear);
        command.SetAction(parsed =>
        {
            var created = services();
            var file = CloudServerFile.Of(created.Variable("HOME") ?? "/", created.Variable("XDG_CONFIG_HOME"));
            if (!file.Write(parsed.GetRequiredValue(server), parsed.GetValue(token), parsed.GetValue(clear)).TryGet(out _, out var failure))
            {
                return output.Fail(failure);
            }

            output.Say($"slipway: kept in {file.Path}; `slipway cloud check` asks the server");
            return 0;
        });
        return command;
    }
}
