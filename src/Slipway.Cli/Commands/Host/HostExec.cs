using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Machines.Processes;
using Slipway.Machines.Ssh;

namespace Slipway.Cli.Commands.Host;

/// <summary><c>host exec</c>: one command on a host, its bytes and its exit code passed on.</summary>
internal static class HostExec
{
    public static Command Define(Output output, Func<Services> services)
    {
        var host = new Argument<string>("HOST") { Description = "A name or an address." };
        var words = new Argument<string[]>("COMMAND") { Description = "The command and its arguments, after `--`; no shell looks at them.", Arity = ArgumentArity.OneOrMore };
        var input = new Option<bool>("--stdin") { Description = "Pass standard input on; without it the command reads nothing." };
        var command = new Command("exec", "Run a command on a host, attached: its output and exit code are passed on, and it ends when this does.\n\nExample: slipway host exec gpu1 -- nvidia-smi -L") { host, words, input };
        HostCommands.Bind(command, output, services, async (parsed, hosts, _, token) =>
        {
            if (output.IsJson)
            {
                return output.Fail(new Failure(CliFailures.NoJson, "`host exec` passes the command's output through.") { Hint = "Standard output belongs to the command; `slipway host check --json` describes the host." });
            }

            var on = parsed.GetRequiredValue(host);
            if (HostCommands.RefuseLocal(on) is { } refused)
            {
                return output.Fail(refused);
            }

            if (!hosts.Settings(on).TryGet(out var settings, out var failure))
            {
                return output.Fail(failure);
            }

            HostCommands.SayNotes(output, settings.Address);
            using var machine = hosts.Machine(settings);
            return await RunAsync(output, machine, parsed.GetRequiredValue(words), parsed.GetValue(input), token).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int> RunAsync(Output output, SshMachine machine, string[] words, bool takesInput, CancellationToken cancellationToken)
    {
        const int BrokenPipe = 141;
        using var pass = new PassThrough();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, pass.Broken);
        var command = new ProcessCommand(words[0], [.. words[1..]]) { CaptureLimit = 0, Feed = takesInput ? new InputFeed() : null };
        var feeding = command.Feed is { } feed ? PassThrough.FeedAsync(feed, either.Token) : Task.CompletedTask;
        try
        {
            var ran = await machine.RunAsync(command, pass, either.Token).ConfigureAwait(false);
            return ran.TryGet(out var outcome, out var failure) ? outcome.Code : output.Fail(failure);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody reads our output any more, as a shell tells the end by SIGPIPE.
            return BrokenPipe;
        }
        finally
        {
            await either.CancelAsync().ConfigureAwait(false);

            // A read of standard input cannot be called off; the process ends without it.
            _ = feeding.ContinueWith(static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }
}
