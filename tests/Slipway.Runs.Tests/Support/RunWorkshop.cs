using Slipway.Environments;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Provisioners;
using Slipway.Machines;
using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;
using Slipway.Machines.Processes;
using Slipway.Runs.Arguments;
using Slipway.Runs.Launching;
using Slipway.Store.Layout;
using Slipway.TestKit;
using Slipway.TestKit.Conda;

namespace Slipway.Runs.Tests.Support;

/// <summary>
/// A store and a project in which runs are prepared both ways, down to what would be executed. All environments are
/// without packages, so nothing is fetched.
/// </summary>
public sealed class RunWorkshop : IDisposable
{
    public const string Version = "test-version";
    private readonly TempFolder _folder = new();

    public RunWorkshop()
    {
        Home = _folder.CreateFolder("home");
        Store = _folder.CreateFolder("store");
        File.SetUnixFileMode(Store, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Home { get; }

    public string Store { get; }

    public string NewProject() => _folder.CreateFolder("home", $"p{Guid.NewGuid():N}");

    public StartupEnvironment Startup(params string[] more) => new(
    [
        .. new[] { $"PATH={Path.GetDirectoryName(Pythons.Default.FullPath)}:/usr/bin:/bin", $"HOME={Home}", $"SLIPWAY_HOME={Store}", "LANG=C.UTF-8", "PYTHONHOME=/gone" }
            .Concat(more)
            .Select(PosixText.Encode),
    ]);

    /// <summary>The image that the full path hands over; it also leaves the launch record.</summary>
    internal async Task<ExecImage> FullAsync(string project, StartupEnvironment startup, params string[] words)
    {
        var split = ArgumentSplitter.Split(words, RunOptions.ForRun).Value;
        var machine = new LocalMachine(environment: startup);
        var recording = new RecordingMachine(machine, () => DuringWork?.Invoke());
        var facts = (await machine.GetFactsAsync(CancellationToken.None)).Value;
        var block = startup.ToBlock();
        string? Variable(string name) => block.Find(PosixText.Encode(name)) is { } value ? PosixText.Decode(value) : null;
        var host = new BuildHost(recording, StoreHome.Prepare(new StoreLayout(Store), facts.UserId).Value, facts) { Variable = Variable };
        var service = new DependencyService(host, ProvisionerCatalogue.Default, new InterpreterFinder(host, InterpreterSearch.From(Variable)), TimeProvider.System);
        var useCase = new RunUseCase(new RunContext(recording, host.Layout, service, startup, project, Version));
        var declaration = useCase.Discover(split).Value;
        var end = await useCase.RunAsync(split, declaration, NoProgress.Instance, _ => { }, CancellationToken.None);
        Assert.True(RecordingMachine.IsNoted(end), end.ToString());
        return CommandResolver.Resolve(recording.HandedOff!, startup).Value;
    }

    /// <summary>Puts the micromamba of the tests where a user's tools are.</summary>
    public void InstallMicromamba() => TestMicromamba.Install(Home);

    /// <summary>Called when the machine looks at or does something for the environment, long after the declaration was read.</summary>
    public Action? DuringWork { get; set; }

    /// <summary>What the fast path would launch; null when it leaves the command line to the full path.</summary>
    internal static FastLauncher.Launch? Fast(string project, StartupEnvironment startup, params string[] words) =>
        FastLauncher.Prepare(words, Version, startup, project);

    public void Dispose() => _folder.Dispose();
}
