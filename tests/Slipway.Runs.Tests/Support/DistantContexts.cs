using Slipway.Environments;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Provisioners;
using Slipway.Machines;
using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;
using Slipway.Runs.Distant;
using Slipway.Runs.Hosts;
using Slipway.Store.Layout;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Support;

/// <summary>A Slipway of a test that runs things on hosts: its own home and store are below a folder.</summary>
internal static class DistantContexts
{
    public static DistantContext Of(TempFolder folder, HostDirectory hosts, string directory)
    {
        var startup = new StartupEnvironment([.. new[] { $"PATH={Environment.GetEnvironmentVariable("PATH")}", $"HOME={folder.CreateFolder("home")}", "TOKEN=s3cret" }.Select(PosixText.Encode)]);
        var local = new LocalMachine(environment: startup);
        var facts = local.GetFactsAsync(CancellationToken.None).GetAwaiter().GetResult().Value;
        var here = new BuildHost(local, StoreHome.Prepare(new StoreLayout(folder.Combine("store")), facts.UserId).Value, facts);
        var work = folder.Combine(directory);
        var runs = new RunUseCase(new RunContext(local, here.Layout, Service(here), startup, work, "test"));
        return new DistantContext(local, hosts, runs, Service, startup, work, TimeProvider.System, here.Layout.Launches, "test");
    }

    public static DependencyService Service(BuildHost host) => new(host, ProvisionerCatalogue.Default, new InterpreterFinder(host, InterpreterSearch.Of(host)), TimeProvider.System);
}
