using System.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Runs.Hosts;

namespace Slipway.Cli.Commands.Jobs;

/// <summary>The verb <c>job</c>: runs in the background, here and on hosts. A new subverb is a file in this folder and a line in <see cref="Define"/>.</summary>
internal static class JobCommands
{
    /// <summary>What a subverb does with the machine that was opened.</summary>
    internal delegate Task<int> JobAction(ParseResult parsed, OpenedHost opened, Services services, CancellationToken cancellationToken);

    /// <summary>The definition.</summary>
    public static Command Define(Output output, Func<Services> services)
    {
        var command = new Command("job", "Look at and look after jobs: runs in the background, here or on a host.\n\nExample: slipway job list --on all");
        command.Subcommands.Add(JobList.Define(output, services));
        command.Subcommands.Add(JobShow.Define(output, services));
        command.Subcommands.Add(JobLog.DefineLogs(output, services));
        command.Subcommands.Add(JobLog.DefineAttach(output, services));
        command.Subcommands.Add(JobWait.Define(output, services));
        command.Subcommands.Add(JobCancel.Define(output, services));
        command.Subcommands.Add(JobPrune.Define(output, services));
        return command;
    }

    /// <summary>Binds a subverb to its action: opens the machine first.</summary>
    internal static void Bind(Command command, Option<string> on, Output output, Func<Services> services, JobAction action)
    {
        command.Options.Add(on);
        command.SetAction(async (parsed, token) =>
        {
            var created = services();
            var opening = await created.OpenAsync(parsed.GetRequiredValue(on), token).ConfigureAwait(false);
            if (!opening.TryGet(out var opened, out var failure))
            {
                return output.Fail(failure);
            }

            using (opened)
            {
                return await action(parsed, opened, created, token).ConfigureAwait(false);
            }
        });
    }

    /// <summary>The option that names the machine.</summary>
    internal static Option<string> OnOption(string more = "") => new("--on")
    {
        Description = $"The machine: a host's name or address; this machine by default{more}.",
        HelpName = "HOST",
        DefaultValueFactory = static _ => HostName.Local,
    };

    /// <summary>The argument that names a job.</summary>
    internal static Argument<string> JobArgument() =>
        new("JOB") { Description = "A job: its id, or its name, which means its newest run." };

    /// <summary>What a person types to name the machine again; empty for this one.</summary>
    internal static string OnWords(OpenedHost opened) => opened.Remote is null ? string.Empty : $" --on {opened.Host.Machine.Name}";
}
