using Slipway.Machines.Programs;
using Slipway.Machines.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Machines.Tests.Ssh;

/// <summary>What a session exports reaches what runs there as it is, whatever its name; and nothing of our shells does.</summary>
public sealed class SessionVariableTests
{
    private const string Kept = "kept as it was";

    // Every short name, and words that a script likes to use.
    private static readonly string[] Names =
    [
        .. Enumerable.Range('a', 26).Concat(Enumerable.Range('A', 26)).Select(static letter => ((char)letter).ToString()),
        "line", "ended", "name", "home", "link", "libc", "root", "verb", "work", "kind", "text", "file", "code", "answer", "before", "new", "was", "told", "query", "csv", "older", "seen",
        "stage", "target", "into", "waited", "tree", "own", "sub", "fields", "lfs", "pair", "separator", "umask_before", "run", "state", "pid", "child",
    ];

    [RequiresTheory(Capability.Sshd)]
    [InlineData("/bin/dash")]
    [InlineData("/bin/bash")]
    public async Task Command_and_step_see_what_a_plain_session_sees(string shell)
    {
        await using var server = await SshServer.StartAsync(new SshServerOptions { LoginShell = shell, Configuration = ["AcceptEnv LC_*"], Variables = Names.ToDictionary(static name => name, static _ => Kept, StringComparer.Ordinal) });
        await File.AppendAllTextAsync(server.ClientConfiguration, "\nHost *\n    SendEnv LC_*\n");
        using var machine = SshHost.Machine(server);
        var facts = "env; grep SigIgn /proc/self/status; umask; pwd; trap; echo \"$-\"; printf '%s' \"$IFS\" | od -c";
        var plain = await CommandRunner.RunAsync("ssh", ["-F", server.ClientConfiguration, "-i", server.KeyFile, "-p", $"{server.Port}", $"{SshServer.User}@127.0.0.1", $"exec sh -c '{facts.Replace("'", "'\\''", StringComparison.Ordinal)}'"]);
        Assert.Equal(0, plain.ExitCode);
        var expected = Lines(plain.Stdout);
        Assert.All(Names, name => Assert.Contains($"{name}={Kept}", expected, StringComparer.Ordinal));

        var command = TestCommands.Shell(facts);
        Assert.Equal(expected, Lines((await machine.RunAsync(command, output: null, default)).Ok().OutputText));
        Assert.Equal(expected, Lines((await machine.RunAsync(command with { StandardInput = "given"u8.ToArray() }, output: null, default)).Ok().OutputText));
        Assert.Equal(server.Home, (await machine.GetFactsAsync(default)).Ok().Home);

        var output = $"{server.Home}/step";
        var lockFile = $"{server.Home}/lock";
        var program = new MachineProgram("show", [new Step.WithBuildLock(lockFile, "show", TimeSpan.Zero, $"{server.Home}/failure", 
            [new Step.MakeDirectory($"{server.Home}/made", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute), new Step.Touch($"{server.Home}/touched"), new Step.Run("show", command, MachinesFailures.CommandInvalid) { OutputFile = output }])]);
        Assert.True((await machine.ExecuteAsync(program, SilentObserver.Instance, default)).IsOk);
        Assert.Equal(expected, Lines(await File.ReadAllTextAsync(output)));
        await machine.CloseAsync(default);
    }

    // What differs between any two sessions, what a shell itself sets, and the language of messages: ssh's own have to be English.
    private static IReadOnlyList<string> Lines(string text) =>
    [
        .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(static line => !((string[])["SSH_", "_=", "SHLVL=", "OLDPWD=", "LC_MESSAGES="]).Any(start => line.StartsWith(start, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal),
    ];
}
