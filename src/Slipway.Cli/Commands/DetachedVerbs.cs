using System.Collections.Immutable;
using System.CommandLine;
using Slipway.Cli.Commands.Jobs;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Runs.Distant;
using Slipway.Runs.Hosts;
using Slipway.Runs.Jobs;

namespace Slipway.Cli.Commands;

/// <summary>Verbs that <c>--detach</c> makes jobs of: Slipway itself runs them in the background, here or on a host.</summary>
internal sealed record DetachOptions(Option<bool> Detach, Option<string> Name)
{
    public static DetachOptions AddTo(Command command)
    {
        var options = new DetachOptions(
            new("--detach") { Description = "Run as a job in the background, which goes on without this client, and print its id." },
            new("--name") { Description = "The name of the job; by default after what it runs.", HelpName = "NAME" });
        command.Options.Add(options.Detach);
        command.Options.Add(options.Name);
        return options;
    }

    /// <summary>Starts the job.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="words">What the job runs, behind <c>slipway</c>, as it is meant where it runs.</param>
    /// <param name="called">What it is called unless a name is given.</param>
    /// <param name="on">The machine; null for this one.</param>
    /// <param name="services">The rooms.</param>
    /// <param name="output">Where it is told.</param>
    /// <param name="cancellationToken">Ends the wait; a job that was started by then goes on.</param>
    public async Task<int> StartAsync(ParseResult parsed, ImmutableArray<string> words, string called, string? on, Services services, Output output, CancellationToken cancellationToken)
    {
        var named = parsed.GetValue(Name) is { } given ? JobName.Parse(given) : JobName.After(called);
        if (!named.TryGet(out var name, out var failure) || !(await services.OpenHostAsync(cancellationToken).ConfigureAwait(false)).TryGet(out var here, out failure))
        {
            return output.Fail(failure);
        }

        using var progress = new BuildProgressView(output, services.Time);
        var verb = new DetachedVerb(here with { Machine = services.WorkloadMachine }, CarriedProgram.Own, services.Time, Services.Version);
        var directory = Directory.GetCurrentDirectory();
        if (on is null || string.Equals(on, HostName.Local, StringComparison.Ordinal))
        {
            return Tell(output, await verb.StartHereAsync(words, name, directory, cancellationToken).ConfigureAwait(false), HostName.Local);
        }

        if (!(await services.OpenAsync(on, cancellationToken).ConfigureAwait(false)).TryGet(out var opened, out failure))
        {
            return output.Fail(failure);
        }

        using (opened)
        {
            var started = await verb.StartThereAsync(opened.Host, words, name, directory, progress, cancellationToken).ConfigureAwait(false);
            progress.Complete();
            return Tell(output, started, on);
        }
    }

    private static int Tell(Output output, Result<JobInfo> started, string on) =>
        started.TryGet(out var job, out var failure) ? JobStarted.Tell(output, job, on) : output.Fail(failure);
}
