using System.Collections.Immutable;
using Slipway.Machines.Processes;
using Slipway.Machines.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Machines.Tests.Ssh;

/// <summary>Twenty values that a command gets as variables or as input are in no argument list, file, log or message, on either side.</summary>
public sealed class SecretTests(SecretTests.Host host) : IClassFixture<SecretTests.Host>
{
    private static readonly ImmutableArray<string> Secrets = [.. Enumerable.Range(0, 20).Select(static i => i switch
    {
        0 => $"quote'{Guid.NewGuid():N}\"$x`y`\\",
        1 => $"line\n{Guid.NewGuid():N}",
        _ => $"s3cret-{Guid.NewGuid():N}",
    })];

    // What is looked for: the part that no quoting changes.
    private static readonly ImmutableArray<string> Needles = [.. Secrets.Select(static secret => new string([.. secret[(secret.IndexOfAny(['\'', '\n', '-']) + 1)..].Take(32)]))];

    [RequiresFact(Capability.Sshd)]
    public async Task Values_are_nowhere_to_be_seen()
    {
        var input = $"input-{Guid.NewGuid():N}";
        var collector = new Collector();
        var feed = new InputFeed();
        var command = TestCommands.Shell("echo up; read -r line; printf '%s' \"$SECRET_0$SECRET_1$SECRET_19\"") with { Environment = Variables(), Feed = feed };
        var running = host.Machine.RunAsync(command, collector, default);
        await collector.LineAsync("up").WaitAsync(TimeSpan.FromSeconds(20));

        Assert.DoesNotContain(Directory.GetDirectories("/proc").Where(static path => char.IsAsciiDigit(path[^1])), static path => Leaks(ConnectionFaultTests.CommandLine(path)));
        Assert.DoesNotContain(Files(), static path => Leaks(Read(path)));
        await feed.WriteAsync("\n"u8.ToArray());
        feed.Complete();
        Assert.EndsWith($"{Secrets[0]}{Secrets[1]}{Secrets[19]}", (await running).Ok().OutputText, StringComparison.Ordinal);

        var withInput = (await host.Machine.RunAsync(TestCommands.Shell("cat") with { Environment = Variables(), StandardInput = System.Text.Encoding.UTF8.GetBytes(input) }, output: null, default)).Ok();
        Assert.Equal(input, withInput.OutputText);

        foreach (var refused in (ProcessCommand[])[ProcessCommand.Create("slipway-no-such-program"), ProcessCommand.Create("true") with { WorkingDirectory = "/slipway-missing" }, ProcessCommand.Create("/etc/passwd")])
        {
            var failed = await host.Machine.RunAsync(refused with { Environment = Variables(), StandardInput = System.Text.Encoding.UTF8.GetBytes(input) }, output: null, default);
            Assert.False(Leaks($"{failed.Failure} {failed.Failure.Detail} {failed.Failure.Remedy}"), failed.ToString());
        }

        Assert.DoesNotContain(Files(), path => Leaks(Read(path)) || Read(path).Contains(input, StringComparison.Ordinal));
        Assert.False(Leaks(host.Server.Log), "The server's log holds a secret.");
    }

    private static EnvironmentChanges Variables() => EnvironmentChanges.None with
    {
        Set = EnvironmentChanges.None.Set.AddRange(Secrets.Select(static (secret, i) => KeyValuePair.Create($"SECRET_{i}", secret))),
    };

    private static bool Leaks(string text) => Needles.Any(needle => text.Contains(needle, StringComparison.Ordinal));

    private IEnumerable<string> Files() => Directory.GetFiles(host.Server.ControlFolder, "*", SearchOption.AllDirectories)
        .Concat(Directory.GetFiles(host.Server.Home, "*", SearchOption.AllDirectories))
        .Concat(((string[])["/dev/shm", "/tmp"]).SelectMany(static folder => Directory.GetDirectories(folder, "slipway.*")).SelectMany(static folder => Below(folder)));

    private static string[] Below(string folder)
    {
        try
        {
            return Directory.GetFiles(folder);
        }
        catch (IOException)
        {
            return [];
        }
    }

    // Pipes and sockets hold nothing that stays.
    private static string Read(string path)
    {
        try
        {
            return File.GetUnixFileMode(path) == UnixFileMode.None || new FileInfo(path) is { Length: 0 } ? string.Empty : File.ReadAllText(path);
        }
        catch (IOException)
        {
            return string.Empty;
        }
    }

    public sealed class Host() : SshServerFixture(new SshServerOptions());
}
