using Slipway.TestKit;
using Slipway.Workers.Connections;
using Slipway.Workers.Tests.Support;

namespace Slipway.TinkerApi.Tests.Support;

/// <summary>A worker for the tests of a class, and servers on it.</summary>
public abstract class TinkerPlace(string python, params WorkerModule[] modules) : IAsyncLifetime
{
    private readonly LocalPlace _place = new();

    internal TempFolder Folder => _place.Folder;

    /// <summary>The worker; started with the first server, since tests that are skipped have no Python for it.</summary>
    internal WorkerConnection? Worker { get; private set; }

    internal TinkerServerOptions Options => new() { Folder = Folder.FullPath };

    public Task InitializeAsync() => _place.InitializeAsync();

    public async Task DisposeAsync()
    {
        if (Worker is not null)
        {
            await Worker.DisposeAsync();
        }

        await _place.DisposeAsync();
    }

    /// <summary>A server of a test's own.</summary>
    internal async Task<TinkerServer> StartAsync(TinkerServerOptions? options = null)
    {
        Worker ??= await _place.OpenAsync(WorkerOptions.Default with { Modules = [.. modules], Grace = TimeSpan.FromSeconds(1) }, python);
        return await TinkerServer.StartAsync(Worker, options ?? Options);
    }
}

/// <summary>A worker that may have no torch: what is refused needs none.</summary>
public sealed class BarePlace() : TinkerPlace(Pythons.Default.FullPath);

/// <summary>A worker that trains.</summary>
public sealed class TorchPlace() : TinkerPlace("/usr/bin/python3", Quick)
{
    // The tiny model is hardly trained: that takes no time, and no test here needs more.
    private static readonly WorkerModule Quick = new("pretraining_of_tests", """
        import threading
        from slipway_worker import operation
        from slipway_worker.training import pretraining

        pretraining.STEPS = 3


        @operation("hold_of_tests")
        def hold_of_tests(call):
            while not call.cancelled:
                threading.Event().wait(0.002)
            call.check()
        """);
}
