using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Slipway.EndToEnd.Tests.Support;
using Slipway.TestKit;

namespace Slipway.EndToEnd.Tests;

public sealed class JobVerbTests : IDisposable
{
    private const int Limit = 240_000;
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Job_is_started_followed_waited_for_and_removed()
    {
        var project = _bench.ProjectWith("train.py", Workbench.BareScript("import os, sys, time\nprint('began', sys.argv[1:], os.environ['TOKEN'], flush=True)\nwhile not os.path.exists('go'): time.sleep(0.05)\nsys.exit(3)"));
        var options = _bench.Options(project, ("TOKEN", "planted-secret"));
        var id = (await _bench.RunAsync(options, "run", "--detach", "--secret", "TOKEN", "--name", "first", "train.py", "--detach")).OrThrow().Stdout.Trim();
        var logs = _bench.Start(options, "job", "logs", "-f", "first");
        await logs.WaitForLineAsync(static line => line.Contains("began ['--detach'] planted-secret", StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        Assert.Equal("running", Job(await _bench.RunAsync(project, "job", "show", id, "--json")).GetProperty("state").GetString());
        Assert.Equal(75, (await _bench.RunAsync(project, "job", "wait", "first", "--timeout", "1s")).ExitCode);

        logs.Signal(2);
        var interrupted = await logs.WaitAsync();
        Assert.Equal(130, interrupted.ExitCode);
        Assert.Contains("the job goes on; `slipway job cancel first` ends it", interrupted.Stderr, StringComparison.Ordinal);

        await File.WriteAllTextAsync(Path.Combine(project, "go"), string.Empty);
        Assert.Equal(3, (await _bench.RunAsync(project, "job", "wait", "first")).ExitCode);
        Assert.Equal(3, (await _bench.RunAsync(project, "job", "attach", id)).ExitCode);
        Assert.DoesNotContain("planted-secret", await File.ReadAllTextAsync(Path.Combine(_bench.Home, "runs", id, "run.json")), StringComparison.Ordinal);
        var listed = (await _bench.RunAsync(project, "job", "list", "--on", "all")).OrThrow().Stdout;
        Assert.Contains("failed: exit code 3", listed, StringComparison.Ordinal);
        Assert.Equal(66, (await _bench.RunAsync(project, "job", "show", "firs")).ExitCode);
        (await _bench.RunAsync(project, "job", "prune", "--older-than", "0s")).OrThrow();
        Assert.False(Directory.Exists(Path.Combine(_bench.Home, "runs", id)));
        Assert.Equal(64, (await _bench.RunAsync(project, "run", "--name", "x", "train.py")).ExitCode);
        Assert.Equal(64, (await _bench.RunAsync(project, "run", "--detach", "-")).ExitCode);
    }

    [RequiresFact(Capability.Python, Timeout = Limit)]
    public async Task Server_is_ready_when_it_is_told_and_gone_when_it_is_cancelled()
    {
        var port = FreePort();
        var project = _bench.ProjectWith("server.py", Workbench.BareScript("import http.server, os\nhttp.server.test(http.server.SimpleHTTPRequestHandler, port=int(os.environ['PORT']), bind='127.0.0.1')"));
        var served = (await _bench.RunAsync(project, "serve", "--port", $"{port}", "--probe", "http:/", "--json", "server.py")).OrThrow();
        using var document = JsonDocument.Parse(served.Stdout);
        using var client = new HttpClient();
        Assert.Contains("server.py", await client.GetStringAsync(new Uri(document.RootElement.GetProperty("url").GetString()!)), StringComparison.Ordinal);
        Assert.Equal(75, (await _bench.RunAsync(project, "serve", "--port", $"{port}", "server.py")).ExitCode);
        (await _bench.RunAsync(project, "job", "cancel", "server")).OrThrow();
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        Assert.Equal(64, (await _bench.RunAsync(project, "serve", "server.py")).ExitCode);
    }

    private static JsonElement Job(CommandResult result) => JsonDocument.Parse(result.OrThrow().Stdout).RootElement.GetProperty("job");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
