using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Provisioners;
using Slipway.Machines;
using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;
using Slipway.Runs;
using Slipway.Runs.Hosts;
using Slipway.Runs.Launching;
using Slipway.Store.Layout;

namespace Slipway.Cli;

/// <summary>Puts the rooms together by hand, for one command.</summary>
internal sealed class Services
{
    private readonly EnvironmentBlock _variables;

    /// <summary>Services for a command that starts no workload.</summary>
    public Services(StartupEnvironment startup)
        : this(startup, startup)
    {
    }

    /// <summary>Services of which resolvers and builds see only a part of what Slipway was started with.</summary>
    public Services(StartupEnvironment startup, StartupEnvironment forBuilds)
    {
        Startup = startup;
        _variables = startup.ToBlock();
        Machine = new LocalMachine(Time, forBuilds);
    }

    /// <summary>The version of Slipway, for people.</summary>
    public static string Version => typeof(Services).Assembly.GetName().Version!.ToString(3);

    public TimeProvider Time => TimeProvider.System;

    public StartupEnvironment Startup { get; }

    /// <summary>The machine that resolves and builds.</summary>
    public LocalMachine Machine { get; }

    /// <summary>Reads a variable that Slipway was started with; null when unset.</summary>
    public string? Variable(string name) => _variables.Find(PosixText.Encode(name)) is { } value ? PosixText.Decode(value) : null;

    /// <summary>The user's store, created and checked, on this machine.</summary>
    public async Task<Result<BuildHost>> OpenHostAsync(CancellationToken cancellationToken)
    {
        var facts = await Machine.GetFactsAsync(cancellationToken).ConfigureAwait(false);
        if (!facts.TryGet(out var known, out var failure))
        {
            return failure;
        }

        return StoreHome.Locate(Variable)
            .Then(located => StoreHome.Prepare(located, known.UserId))
            .Map(layout => new BuildHost(Machine, layout, known));
    }

    /// <summary>The hosts that the user added, and the way to them.</summary>
    public Result<HostDirectory> Hosts() => HostBook.Of(Variable).Map(book => new HostDirectory(book, Variable, Startup, Time));

    /// <summary>The dependency service of a host.</summary>
    public DependencyService Dependencies(BuildHost host) =>
        new(host, ProvisionerCatalogue.Default, Interpreters(host), Time);

    /// <summary>The search for interpreters on a host.</summary>
    public InterpreterFinder Interpreters(BuildHost host) => new(host, InterpreterSearch.Of(host));

    /// <summary>The use case behind <c>run</c> and <c>plan</c>.</summary>
    public RunUseCase Run(BuildHost host) => new(new RunContext(
        new LocalMachine(Time, Startup), host.Layout, Dependencies(host), Startup, Directory.GetCurrentDirectory(), BuildIdentity.Text));
}
