using System.Net;
using System.Net.Sockets;
using Slipway.Machines.Processes;
using Slipway.Runs.Jobs;
using Slipway.Runs.Services;
using Slipway.Runs.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Services;

public sealed class LocalServiceTests(LocalJobs machine) : ServiceContract(machine), IClassFixture<LocalJobs>;

public sealed class SshServiceTests(SshJobs machine) : ServiceContract(machine), IClassFixture<SshJobs>
{
    [Fact]
    public async Task Forward_leads_to_the_service_until_it_is_closed()
    {
        var port = FreePort();
        var service = await StartAsync("forwarded", Server(port), new ServiceSpec(port));
        JobMachine.Ok(await Readiness.WaitAsync(service, CancellationToken.None));
        using var client = new HttpClient();
        int local;
        await using (var forward = JobMachine.Ok(await PortForward.OpenAsync(machine.Machine, 0, port, CancellationToken.None)))
        {
            local = forward.LocalPort;
            Assert.NotEqual(port, local);
            Assert.Contains("Directory listing", await client.GetStringAsync(new Uri($"http://127.0.0.1:{local}/")), StringComparison.Ordinal);
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var taken = await PortForward.OpenAsync(machine.Machine, ((IPEndPoint)listener.LocalEndpoint).Port, port, CancellationToken.None);
            Assert.Equal(ServiceFailures.ForwardRefused, taken.Failure.Code);
        }

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri($"http://127.0.0.1:{local}/x")));
    }
}

/// <summary>What services are on every machine.</summary>
public abstract class ServiceContract(JobMachine machine)
{
    private protected ServiceReadiness Readiness => new(machine.Host, TimeProvider.System);

    [Fact]
    public async Task Service_is_ready_when_its_probe_says_so_and_its_port_is_free_after_it()
    {
        var port = FreePort();
        var service = await StartAsync("web", Server(port), new ServiceSpec(port) { Probe = ServiceProbe.Parse("http:/").Value });
        var ready = JobMachine.Ok(await Readiness.WaitAsync(service, CancellationToken.None));
        Assert.Equal(("running, ready", "service"), (ready.Describe(), ready.Record.Kind));
        using var client = new HttpClient();
        Assert.Contains("Directory listing", await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/")), StringComparison.Ordinal);

        var second = await machine.Runner.StartAsync(Spec("second", Server(port), new ServiceSpec(port)), CancellationToken.None);
        Assert.Equal(ServiceFailures.PortTaken, second.Failure.Code);
        JobMachine.Ok(await machine.Book.CancelAsync("web", CancellationToken.None));
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
    }

    [Fact]
    public async Task Service_that_dies_or_is_late_is_told_with_its_last_words()
    {
        var died = await StartAsync("died", "echo loading; echo no memory >&2; exit 3", new ServiceSpec(FreePort()));
        var early = await Readiness.WaitAsync(died, CancellationToken.None);
        Assert.Equal((ServiceFailures.EndedEarly, "loading\nno memory"), (early.Failure.Code, early.Failure.Detail));
        Assert.Contains("exit code 3", early.Failure.Message, StringComparison.Ordinal);

        var late = await StartAsync("late", "echo still loading; sleep 1000", new ServiceSpec(FreePort()) { ReadyTimeout = TimeSpan.FromSeconds(1), Probe = ServiceProbe.Parse("command:exit 1").Value });
        var slow = await Readiness.WaitAsync(late, CancellationToken.None);
        Assert.Equal((ServiceFailures.NotReady, "still loading"), (slow.Failure.Code, slow.Failure.Detail));
        Assert.Equal("failed: it was not ready in time", JobMachine.Ok(await machine.Book.FindAsync("late", CancellationToken.None)).Describe());
    }

    [Theory]
    [InlineData("http:/health?x=1", true)]
    [InlineData("http://elsewhere/", false)]
    [InlineData("http:health", false)]
    [InlineData("tcp", true)]
    [InlineData("command:test -e up", true)]
    [InlineData("command:", false)]
    [InlineData("", false)]
    public void Probes_are_read(string text, bool isOne)
    {
        var parsed = ServiceProbe.Parse(text);
        Assert.Equal(isOne, parsed.IsOk);
        Assert.Equal(isOne ? text : null, parsed.IsOk ? parsed.Value.ToString() : null);
    }

    private protected static string Server(int port) => $"exec '{Pythons.Default.FullPath}' -u -m http.server --bind 127.0.0.1 {port}";

    private protected async Task<JobInfo> StartAsync(string name, string script, ServiceSpec service) => await machine.StartAsync(Spec(name, script, service));

    private protected static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private JobSpec Spec(string name, string script, ServiceSpec service) =>
        new(JobName.Parse(name).Value, ProcessCommand.Create("sh", "-c", script) with { WorkingDirectory = machine.NewFolder() }) { Service = service };
}
