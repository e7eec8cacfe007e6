using Slipway.Cli.Commands.Host;
using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Machines;
using Slipway.Runs.Arguments;
using Slipway.Runs.Distant;
using Slipway.Runs.Hosts;

namespace Slipway.Cli.Commands.Run;

/// <summary>What a backend lacks on a host is installed there with consent, and the work is done again.</summary>
internal sealed class DistantTools(Output output, Services services, BuildHost here, HostDirectory hosts)
{
    /// <summary>Does the work; once more when it failed for want of a tool that could then be installed.</summary>
    /// <param name="machine">The host.</param>
    /// <param name="choice">What it was found by.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Result<T>> WithAsync<T>(IMachine machine, HostChoice choice, RunArguments arguments, Func<Task<Result<T>>> work, CancellationToken cancellationToken)
        where T : notnull
    {
        var done = await work().ConfigureAwait(false);
        if (done.IsOk || done.Failure.Code != EnvironmentFailures.ToolMissing
            || !services.Run(here).Discover(arguments, static () => true).TryGet(out var declaration, out _)
            || !(await hosts.OpenAsync(machine, choice.On, cancellationToken).ConfigureAwait(false)).TryGet(out var host, out _))
        {
            return done;
        }

        var backend = declaration.Request.Provisioner;
        var setup = new ToolSetup(output, services, host with { IsOffline = declaration.IsOffline }) { Here = here };
        var left = await setup.AfterAsync(done.Failure, backend, arguments.Has(RunOptions.Bootstrap), new Prompt(output, arguments.Has(RunOptions.Yes)), cancellationToken).ConfigureAwait(false);
        return left is null ? await work().ConfigureAwait(false)
            : left.Code == EnvironmentFailures.ToolMissing
                ? left with { Hint = $"`slipway host bootstrap {backend} --on {choice.On}` installs it there, and so does `--bootstrap`; or use another backend." }
                : left;
    }
}
