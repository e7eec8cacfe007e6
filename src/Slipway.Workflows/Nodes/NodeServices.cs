using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Toml;
using Slipway.Environments;
using Slipway.Environments.Bindings;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Requests;
using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;
using Slipway.Machines.Ssh;
using Slipway.Projects.Discovery;
using Slipway.Runs;
using Slipway.Runs.Distant;
using Slipway.Runs.Hosts;

namespace Slipway.Workflows.Nodes;

/// <summary>What the types that come with Slipway are made with.</summary>
/// <param name="Here">This machine and its store.</param>
/// <param name="Startup">What Slipway itself was started with.</param>
/// <param name="Hosts">The hosts that the user added; asked only by nodes that name one.</param>
/// <param name="Time">The clock.</param>
/// <param name="Version">The version of Slipway.</param>
public sealed record NodeServices(BuildHost Here, StartupEnvironment Startup, Func<Result<HostDirectory>> Hosts, TimeProvider Time, string Version)
{
    /// <summary>Directories in which files that overrides name may lie, beside home, store and the workflow's own directory.</summary>
    public ImmutableArray<string> Roots { get; init; } = [];

    /// <summary>Reads a variable that Slipway was started with; null when unset.</summary>
    public string? Variable(string name) => Startup.ToBlock().Find(PosixText.Encode(name)) is { } value ? PosixText.Decode(value) : null;

    /// <summary>The interpreter that this machine's user wants; none for hosts, which have others.</summary>
    internal Result<Maybe<InterpreterRequest>> Python(string host, string folder) =>
        InterpreterRequest.OfVariable(string.Equals(host, HostName.Local, StringComparison.Ordinal) ? Variable(InterpreterRequest.Variable) : null, folder);

    /// <summary>Where packages come from when nothing declared says it: what is configured for that directory.</summary>
    internal Result<PackageSources> Sources(string folder) => WorkloadDiscovery.ReadSources(Variable, folder);

    /// <summary>The service that has environments ready on a machine.</summary>
    internal DependencyService Dependencies(BuildHost host) => DependencyService.For(host, Time);

    /// <summary>Dependency environments on a machine; overrides are kept here, whichever it is.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="folder">The workflow's own directory, which counts on the machine that has it.</param>
    internal BindingEnvironments Environments(OpenedHost machine, string folder) =>
        BindingEnvironments.For(machine.Host, new OverrideStore(Here.Layout), machine.Remote is null ? [folder, .. Roots] : Roots, Time);

    /// <summary>What <c>run --on</c> is made with, for scripts of a directory.</summary>
    internal DistantContext Distant(HostDirectory hosts, string folder)
    {
        var runs = new RunUseCase(new RunContext(Here.Machine, Here.Layout, Dependencies(Here), Startup, folder, Version));
        return new DistantContext(Here.Machine, hosts, runs, Dependencies, Startup, folder, Time, Here.Layout.Launches, Version);
    }

    /// <summary>This machine for <c>local</c>, else a host: by a name that was added, or by an address.</summary>
    internal Task<Result<OpenedHost>> OpenAsync(string host, CancellationToken cancellationToken) =>
        OpenedHost.OpenAsync(host, _ => Task.FromResult<Result<BuildHost>>(Here), Hosts, cancellationToken);
}
