using System.Net;
using System.Net.Sockets;
using Slipway.Mcp.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Mcp.Tests;

public sealed class CancellationTests
{
    [RequiresFact(Capability.Python)]
    public async Task A_call_that_the_client_calls_off_ends_what_it_started()
    {
        // An index that takes calls and never answers.
        using var index = new TcpListener(IPAddress.Loopback, 0);
        index.Start();
        using var world = new ProgramWorld("allow");
        world.Write("needs.py", $"# /// script\n# dependencies = ['nothing']\n# [tool.slipway]\n# index-url = ['http://127.0.0.1:{((IPEndPoint)index.LocalEndpoint).Port}/simple/']\n# ///\n");
        await using var server = CommandRunner.Start(ProgramWorld.Program(), ["mcp"], world.Options);
        await server.WriteLineAsync("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"raw","version":"1"}}}""");
        await server.WaitForLineAsync(static line => line.Contains("\"id\":1", StringComparison.Ordinal));
        await server.WriteLineAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        await server.WriteLineAsync("""{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"prepare_environment","arguments":{"target":"needs.py"}}}""");
        using var asked = await index.AcceptSocketAsync();

        await server.WriteLineAsync("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2,"reason":"no"}}""");

        // The resolver's connection is closed with the process that held it; while that is not so, the answers go on.
        var closed = asked.ReceiveAsync(new byte[1], SocketFlags.None).WaitAsync(TimeSpan.FromSeconds(60));
        for (var id = 10; !world.Audit.Contains("\"cancelled\"", StringComparison.Ordinal); id++)
        {
            Assert.True(id < 100_000, "The call was never noted as cancelled.");
            await server.WriteLineAsync($$"""{"jsonrpc":"2.0","id":{{id}},"method":"ping"}""");
            await server.WaitForLineAsync(line => line.Contains($"\"id\":{id},", StringComparison.Ordinal));
        }

        while (await closed is > 0)
        {
            closed = asked.ReceiveAsync(new byte[1024], SocketFlags.None).WaitAsync(TimeSpan.FromSeconds(60));
        }

        server.CloseInput();
        Assert.Equal(0, (await server.WaitAsync()).ExitCode);
    }
}
