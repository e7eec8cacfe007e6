using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Environments.Requests;
using Slipway.Environments.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Environments.Tests.Sources;

/// <summary>The gate is there for the driver alone, serves nobody who does not know its path, and ends with it.</summary>
public sealed class GateLifeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [RequiresFact(Capability.Python)]
    public async Task Gate_refuses_other_paths_and_ends_when_the_driver_is_killed()
    {
        await using var index = await LocalIndex.StartAsync();
        index.Add(new WheelBuilder("held", "1.0").Module("held.py", string.Empty));
        index.Slow(new TaskCompletionSource(), "/files/");
        using var world = new World();
        using var stop = new CancellationTokenSource();

        var work = world.Service.EnsureAsync(Request(index), World.Script, new EnsureOptions(), world.Progress, stop.Token);
        await index.WaitForRequestAsync("/files/").WaitAsync(Limit);
        var (driver, gate) = FindGate(world.Store.Root);
        using var client = new HttpClient { Timeout = Limit };
        var inside = await client.GetAsync(new Uri($"{gate}held/"));
        var outside = await client.GetAsync(new Uri(gate, "/wrong/simple/held/"));
        var root = await client.GetAsync(new Uri(gate, "/"));
        using (var killed = Process.GetProcessById(driver))
        {
            killed.Kill();
        }

        var ended = await work.WaitAsync(Limit);

        Assert.Equal(HttpStatusCode.OK, inside.StatusCode);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (outside.StatusCode, root.StatusCode));
        Assert.True(gate.Segments[1].Length > 22, "The path can be guessed.");
        Assert.False(ended.IsOk);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(async () => await socket.ConnectAsync(IPAddress.Loopback, gate.Port));
    }

    [RequiresTheory(Capability.Python)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Proxy_and_trusted_host_of_pip_conf_are_honoured_and_an_index_named_there_is_not(bool isNamed)
    {
        await using var proxy = await LocalIndex.StartAsync();
        proxy.Add(new WheelBuilder("behind", "1.0").Module("behind.py", string.Empty));
        using var store = new TempStore();
        var configuration = Path.Combine(store.Home, ".config", "pip", "pip.conf");
        Directory.CreateDirectory(Path.GetDirectoryName(configuration)!);
        await File.WriteAllTextAsync(
            configuration, $"[global]\nproxy = {proxy.BaseUrl}\ntrusted-host =\n    index.invalid\nindex-url = http://127.0.0.1:1/simple\n[install]\ntimeout = 7\n");
        using var world = new World(store: store);
        var index = new PackageIndex("http://index.invalid/simple/") { Name = isNamed ? "far" : null };

        await world.EnsureAsync(Ask.Of([index], [], "behind"));
        var failure = await world.FailAsync(Ask.Of([index], [], "absent"), EnvironmentFailures.Unsatisfiable);

        Assert.True(proxy.CountOf("/simple/behind/") > 0);
        Assert.Contains($"index-url in {configuration} is ignored; use --index-url.", failure.Hint, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Index_over_http_that_nobody_trusts_is_not_asked()
    {
        using var world = new World();

        var failure = await world.FailAsync(Ask.Of([new PackageIndex("http://index.invalid/simple/") { Name = "far" }], [], "x"), EnvironmentFailures.IndexUnavailable);

        Assert.Contains("speaks http and is not trusted", failure.Message, StringComparison.Ordinal);
        Assert.Contains("PIP_TRUSTED_HOST", failure.Hint, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Python)]
    public async Task Constraint_that_contradicts_a_requirement_is_named()
    {
        await using var index = await LocalIndex.StartAsync();
        index.Add(new WheelBuilder("dep", "1.0")).Add(new WheelBuilder("dep", "2.0"));
        using var world = new World();

        var failure = await world.FailAsync(Request(index, "dep==2.0") with { Constraints = Ask.Packages(["dep<2"]) }, EnvironmentFailures.Conflict);

        Assert.Contains("; the constraint is dep<2", failure.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.BadData, failure.Code.Exit);
    }

    private static EnvironmentRequest Request(LocalIndex index, string requirement = "held") => Ask.Of([index.Source("only")], [], requirement);

    // The gate's address is in the variables of pip, which only this user can read; its parent is the driver.
    private static (int Driver, Uri Gate) FindGate(string store)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            try
            {
                if (!File.ReadAllText($"{process}/cmdline").Contains(store, StringComparison.Ordinal))
                {
                    continue;
                }

                var variables = Encoding.UTF8.GetString(File.ReadAllBytes($"{process}/environ")).Split('\0');
                if (variables.FirstOrDefault(variable => variable.StartsWith("PIP_INDEX_URL=", StringComparison.Ordinal)) is { } found)
                {
                    var parent = File.ReadLines($"{process}/status").First(line => line.StartsWith("PPid:", StringComparison.Ordinal));
                    return (int.Parse(parent["PPid:".Length..].Trim(), CultureInfo.InvariantCulture), new Uri(found["PIP_INDEX_URL=".Length..]));
                }
            }
            catch (IOException)
            {
                // It has ended.
            }
        }

        throw new InvalidOperationException("No pip runs behind a gate.");
    }
}
