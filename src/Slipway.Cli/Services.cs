using Slipway.Cli.Terminal;
using Slipway.Core.Failures;
using Slipway.Environments;
using Slipway.Environments.Interpreters;
using Slipway.Machines;
using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;
using Slipway.Machines.Ssh;
using Slipway.Runs;
using Slipway.Runs.Distant;
using Slipway.Runs.Hosts;
using Slipway.Runs.Launching;
using Slipway.Store.Layout;
using Slipway.Training.Adapters.Runs;

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

    /// <summary>The machine that runs workloads: it passes on all that Slipway was started with.</summary>
    public LocalMachine WorkloadMachine => new(Time, Startup);

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

    /// <summary>The store of this machine for <c>local</c>, else that of a host: of a name that was added, or of an address.</summary>
    public Task<Result<OpenedHost>> OpenAsync(string on, CancellationToken cancellationToken) => OpenedHost.OpenAsync(on, OpenHostAsync, Hosts, cancellationToken);

    /// <summary>What runs on hosts are made with.</summary>
    public DistantContext Distant(HostDirectory hosts, BuildHost here) =>
        new(Machine, hosts, Run(here), Dependencies, Startup, Directory.GetCurrentDirectory(), Time, here.Layout.Launches, BuildIdentity.Text);

    /// <summary>The dependency service of a host.</summary>
    public DependencyService Dependencies(BuildHost host) => DependencyService.For(host, Time);

    /// <summary>The search for interpreters on a host.</summary>
    public InterpreterFinder Interpreters(BuildHost host) => new(host, InterpreterSearch.Of(host));

    /// <summary>What runs of recipes are made with.</summary>
    public RecipeContexts Recipes(Output output, IBuildProgress progress) => new(
        new RecipeMachines(OpenHostAsync, Hosts, Variable, Time, Version, Directory.GetCurrentDirectory()), progress, text => output.Say($"slipway: {text}"));

    /// <summary>The use case behind <c>run</c> and <c>plan</c>.</summary>
    public RunUseCase Run(BuildHost host) => new(new RunContext(
        WorkloadMachine, host.Layout, Dependencies(host), Startup, Directory.GetCurrentDirectory(), BuildIdentity.Text));
}
