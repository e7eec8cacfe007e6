using Slipway.Cloud.SkyPilot;
using Slipway.TestKit;

namespace Slipway.Cloud.Tests.SkyPilot;

public sealed class EndpointTests
{
    private static Core.Failures.Result<SkyEndpoint> Resolve(SkyEndpointChoice choice, params (string Name, string Value)[] environment) =>
        SkyEndpoint.Resolve(choice, name => environment.FirstOrDefault(pair => pair.Name == name).Value);

    [Fact]
    public void The_command_line_comes_before_the_environment_the_configuration_and_this_machine()
    {
        (string, string)[] environment = [(SkyEndpoint.AddressVariable, "http://10.0.0.2:1")];
        Assert.Equal("http://10.0.0.1:1", Resolve(new("http://10.0.0.1:1", "http://10.0.0.3:1"), environment).Value.ToString());
        Assert.Equal("http://10.0.0.2:1", Resolve(new(null, "http://10.0.0.3:1"), environment).Value.ToString());
        Assert.Equal("http://10.0.0.3:1", Resolve(new(null, "http://10.0.0.3:1")).Value.ToString());
        Assert.Equal("http://127.0.0.1:46580", Resolve(new(null, null)).Value.ToString());
    }

    [Fact]
    public void Credentials_are_taken_out_of_the_address_and_never_shown()
    {
        var endpoint = Resolve(new("https://ada:s%40crets@sky.example/base", null)).Value;
        Assert.Equal("https://sky.example/base", endpoint.ToString());
        Assert.Equal("YWRhOnNAY3JldHM=", endpoint.Authorization!.Parameter);
        Assert.DoesNotContain("crets", endpoint.ToString() + endpoint.Address + endpoint.Source, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://ada:geheim@sky.example", false, "CLD0103")]
    [InlineData("http://ada:geheim@sky.example", true, null)]
    [InlineData("http://ada:geheim@127.0.0.1:1", false, null)]
    [InlineData("http://ada:geheim@[::1]:1", false, null)]
    [InlineData("ftp://sky.example", false, "CLD0102")]
    [InlineData("http://ada:geheim@sky.example/?x=1", false, "CLD0102")]
    public void Credentials_do_not_cross_a_network_in_the_clear(string address, bool allowed, string? code)
    {
        var result = Resolve(new(address, null) { AllowClearCredentials = allowed });
        Assert.Equal(code, result.IsOk ? null : result.Failure.Code.Id);
        Assert.DoesNotContain("geheim", result.IsOk ? result.Value.ToString() : result.Failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_comes_from_the_variable_that_is_named()
    {
        Assert.Equal("sky_1", Resolve(new("https://a.example", null), (SkyEndpoint.SkyTokenVariable, "sky_1")).Value.Authorization!.Parameter);
        Assert.Equal("t2", Resolve(new("https://a.example", null) { TokenVariable = "MINE" }, ("MINE", "t2")).Value.Authorization!.Parameter);
        Assert.Equal("CLD0104", Resolve(new("https://a.example", null) { TokenVariable = "MINE" }).Failure.Code.Id);
        var foul = Resolve(new("https://a.example", null) { TokenVariable = "MINE" }, ("MINE", "geheim geheim")).Failure;
        Assert.DoesNotContain("geheim", foul.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, "application/json", """{"status":"healthy","api_version":"23"}""", "CLD0105")]
    [InlineData(200, "application/json", """{"status":"needs_auth","api_version":"55"}""", "CLD0104")]
    [InlineData(200, "application/json", """{"status":"healthy"}""", "CLD0105")]
    [InlineData(200, "application/json", """{"hello":1}""", "CLD0101")]
    [InlineData(200, "text/html", "<html>log in</html>", "CLD0104")]
    [InlineData(302, "text/plain", "", "CLD0104")]
    [InlineData(401, "application/json", """{"detail":"no"}""", "CLD0104")]
    [InlineData(502, "text/html", "<html>bad gateway</html>", "CLD0101")]
    public async Task A_server_that_is_old_or_wants_a_login_is_not_connected_to(int status, string type, string body, string code)
    {
        using var folder = new TempFolder();
        using var server = new ScriptedServer().On("/api/health", _ => ScriptedServer.Text(status, body, type));
        var result = await SkyPilotClient.ConnectAsync(Resolve(new(null, null)).Value, folder.Combine("user"), new SkyOptions { Handler = server }, CancellationToken.None);
        Assert.Equal(code, result.Failure.Code.Id);
    }

    [Fact]
    public async Task Nobody_at_the_address_is_unreachable()
    {
        using var folder = new TempFolder();
        var result = await SkyPilotClient.ConnectAsync(Resolve(new("http://127.0.0.1:1", null)).Value, folder.Combine("user"), new SkyOptions(), CancellationToken.None);
        Assert.Equal("CLD0101: The SkyPilot server 127.0.0.1:1 does not answer /api/health: no connection is accepted.", result.Failure.ToString());
    }

    [Fact]
    public async Task The_user_hash_is_made_once_and_every_call_carries_both_headers()
    {
        using var folder = new TempFolder();
        using var server = new ScriptedServer().Value("/status", "[]");
        using var first = await ScriptedServer.ConnectAsync(server, folder);
        using var second = await ScriptedServer.ConnectAsync(server, folder);
        Assert.Matches("^[0-9a-f]{8}$", first.UserHash);
        Assert.Equal(first.UserHash, second.UserHash);
        Assert.True((await second.StatusAsync(null, refresh: false, CancellationToken.None)).IsOk);
        Assert.All(server.Calls, call => Assert.Equal("55 0.11.0", $"{call.Headers["X-SkyPilot-API-Version"]} {call.Headers["X-SkyPilot-Version"]}"));
        Assert.Equal(first.UserHash, server.Calls.Single(call => call.Route == "/status").Json.GetProperty("env_vars").GetProperty("SKYPILOT_USER_ID").GetString());
    }
}
