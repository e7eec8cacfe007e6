using System.Text;
using Slipway.Core.Failures;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Provisioners;
using Slipway.Environments.Requests;
using Slipway.Environments.Subjects;
using Slipway.Machines;
using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;
using Slipway.Store.Layout;
using Slipway.Store.Slots;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Support;

/// <summary>An empty store on this machine with everything that serves requests, shut off from the person who runs the tests.</summary>
internal sealed class World : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private readonly TempStore? _own;
    private readonly CancellationTokenSource _limit = new(Limit);
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);

    /// <summary>A world.</summary>
    /// <param name="variables">Variables on top of a clean environment.</param>
    /// <param name="searchPath">Where interpreters are found; null for the default Python of the tests.</param>
    /// <param name="store">A store to share; null for a new one.</param>
    public World(IReadOnlyDictionary<string, string>? variables = null, IReadOnlyList<string>? searchPath = null, TempStore? store = null)
    {
        _own = store is null ? new TempStore() : null;
        Store = store ?? _own!;
        Machine = new CountingMachine(new LocalMachine(environment: Inherit(variables ?? new Dictionary<string, string>(StringComparer.Ordinal))));
        var layout = new StoreLayout(Store.SlipwayHome);
        Host = new BuildHost(Machine, layout, LocalFactsOnce.Value) { Variable = name => _variables.GetValueOrDefault(name) ?? Store.Environment.GetValueOrDefault(name) };
        Finder = new InterpreterFinder(Host, new InterpreterSearch(searchPath ?? [Path.GetDirectoryName(DefaultPython.FullPath)!], PyenvRoot: null));
        Service = new DependencyService(Host, ProvisionerCatalogue.Default, Finder, TimeProvider.System);
    }

    /// <summary>The Python with the oldest pip that is still common: 3.11 with 23.2.</summary>
    public static PythonInterpreter DefaultPython => Pythons.TryFind(3, 11) ?? Pythons.Default;

    public static Subject Script { get; } = new("/project/script.py");

    public TempStore Store { get; }

    public CountingMachine Machine { get; }

    public BuildHost Host { get; }

    public InterpreterFinder Finder { get; }

    public DependencyService Service { get; }

    public RecordingProgress Progress { get; } = new();

    public StoreLayout Layout => Host.Layout;

    /// <summary>Ends a test that hangs.</summary>
    public CancellationToken Token => _limit.Token;

    public async Task<ReadyEnvironment> EnsureAsync(EnvironmentRequest request, EnsureOptions? options = null)
    {
        var result = await Service.EnsureAsync(request, Script, options ?? new EnsureOptions(), Progress, Token);
        Assert.True(result.IsOk, result.IsOk ? string.Empty : $"{result.Failure}\n{result.Failure.Detail}\n{result.Failure.Hint}");
        return result.Value;
    }

    public async Task<Failure> FailAsync(EnvironmentRequest request, FailureCode code, EnsureOptions? options = null)
    {
        var result = await Service.EnsureAsync(request, Script, options ?? new EnsureOptions(), Progress, Token);
        Assert.False(result.IsOk, "It went well.");
        Assert.True(result.Failure.Code == code, $"{result.Failure}\n{result.Failure.Detail}\n{result.Failure.Hint}");
        return result.Failure;
    }

    /// <summary>Runs the environment's Python.</summary>
    public async Task<string> PythonAsync(ReadyEnvironment environment, string program)
    {
        var result = await CommandRunner.RunAsync(
            environment.Python, ["-c", program], new CommandOptions { Environment = Store.Environment }, Token);
        Assert.True(result.ExitCode == 0, result.Stderr);
        return result.Stdout.Trim();
    }

    /// <summary>The published environment.</summary>
    public StoredEnvironment Stored(ReadyEnvironment environment) => new EnvironmentStore(Layout).Read(environment.Slot).Value;

    /// <summary>Nothing of a build or a resolution is left but what may be there after a success too.</summary>
    public void AssertNothingHalfMade()
    {
        var slots = Directory.Exists(Layout.Environments) ? Directory.GetDirectories(Layout.Environments) : [];
        Assert.Empty(slots);
        Assert.Empty(Existing(Layout.Trash));
        Assert.DoesNotContain(Existing(Layout.Cache), path => Path.GetFileName(path).StartsWith("resol", StringComparison.Ordinal));
        Assert.DoesNotContain(Existing(Layout.Wheels), path => Path.GetFileName(path).StartsWith('.'));
    }

    public void Dispose()
    {
        _limit.Dispose();
        _own?.Dispose();
    }

    private static string[] Existing(string folder) => Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder) : [];

    private static class LocalFactsOnce
    {
        public static readonly MachineFacts Value = Task.Run(() => new LocalMachine().GetFactsAsync(CancellationToken.None)).GetAwaiter().GetResult().Value;
    }

    private StartupEnvironment Inherit(IReadOnlyDictionary<string, string> variables)
    {
        var block = StartupEnvironment.Read().ToBlock();
        foreach (var (name, value) in Store.Environment)
        {
            block.Unset(PosixText.Encode(name));
            if (value is not null)
            {
                block.Set(PosixText.Encode(name), PosixText.Encode(value));
            }
        }

        foreach (var (name, value) in variables)
        {
            _variables[name] = value;
            block.Set(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
        }

        return new StartupEnvironment(block.ToArray());
    }
}
