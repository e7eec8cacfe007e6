namespace Slipway.TestKit.Tests;

public sealed class RunningCommandTests
{
    private const int SigTerm = 15;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Output_input_arguments_and_exit_code_pass_through()
    {
        var result = await CommandRunner.RunAsync(
            "sh",
            ["-c", "cat; printf '%s|' \"$@\"; echo warn >&2; exit 7", "sh", "a b", "", "$HOME", "'\""],
            new CommandOptions { StandardInput = "in\n" });

        Assert.Equal(7, result.ExitCode);
        Assert.Equal("in\na b||$HOME|'\"|", result.Stdout);
        Assert.Equal("warn\n", result.Stderr);
    }

    [Fact]
    public async Task Both_streams_are_drained_when_they_are_larger_than_a_pipe()
    {
        var result = await CommandRunner.RunAsync("sh", ["-c", "head -c 1000000 /dev/zero >&2; head -c 1000000 /dev/zero"]);

        Assert.Equal(1_000_000, result.Stdout.Length);
        Assert.Equal(1_000_000, result.Stderr.Length);
    }

    [Fact]
    public async Task Environment_sets_removes_and_replaces()
    {
        var changes = new Dictionary<string, string?>(StringComparer.Ordinal) { ["HOME"] = null, ["ADDED"] = "yes" };

        var changed = await CommandRunner.RunAsync("env", [], new CommandOptions { Environment = changes });
        var alone = await CommandRunner.RunAsync("env", [], new CommandOptions { Environment = changes, InheritEnvironment = false });

        Assert.DoesNotContain("\nHOME=", "\n" + changed.Stdout, StringComparison.Ordinal);
        Assert.Contains("PATH=", changed.Stdout, StringComparison.Ordinal);
        Assert.Equal("ADDED=yes\n", alone.Stdout);
    }

    [Fact]
    public async Task Missing_program_is_named()
    {
        var failure = await Assert.ThrowsAsync<FileNotFoundException>(() => CommandRunner.RunAsync("no-such-program-here", []));

        Assert.Contains("no-such-program-here", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Timeout_kills_the_tree_and_shows_the_output()
    {
        await using var command = CommandRunner.Start(
            "sh", ["-c", "sleep 1000 & echo child $!; wait"], new CommandOptions { Timeout = TimeSpan.FromSeconds(2) });
        var child = Pid(await command.WaitForLineAsync(line => line.StartsWith("child ", StringComparison.Ordinal)));

        var failure = await Assert.ThrowsAsync<CommandTimeoutException>(() => command.WaitAsync());

        Assert.Contains($"child {child}", failure.Message, StringComparison.Ordinal);
        await LiveProcesses.WaitForEndAsync(child, Long);
    }

    [Fact]
    public async Task Orphan_that_holds_the_output_is_reported_and_killed()
    {
        await using var command = CommandRunner.Start(
            "sh", ["-c", "(sleep 1000 & echo child $!)"], new CommandOptions { Timeout = TimeSpan.FromSeconds(2) });
        var child = Pid(await command.WaitForLineAsync(_ => true));

        var failure = await Assert.ThrowsAsync<CommandTimeoutException>(() => command.WaitAsync());

        Assert.Contains("holds its output open", failure.Message, StringComparison.Ordinal);
        await LiveProcesses.WaitForEndAsync(child, Long);
    }

    [Fact]
    public async Task Dispose_kills_what_still_runs()
    {
        int child;
        await using (var command = CommandRunner.Start("sh", ["-c", "sleep 1000 & echo child $!; wait"]))
        {
            child = Pid(await command.WaitForLineAsync(_ => true));
        }

        await LiveProcesses.WaitForEndAsync(child, Long);
    }

    [Fact]
    public async Task Hard_kill_ends_the_program_alone()
    {
        await using var command = CommandRunner.Start("sh", ["-c", "sleep 1000 >/dev/null 2>&1 & echo child $!; wait"]);
        var child = Pid(await command.WaitForLineAsync(_ => true));

        command.KillHard();
        var result = await command.WaitAsync();

        Assert.Equal(128 + 9, result.ExitCode);
        Assert.True(LiveProcesses.IsAlive(child));
        command.KillTree();
        await LiveProcesses.WaitForEndAsync(child, Long);
    }

    [Fact]
    public async Task Signal_reaches_the_program_and_lines_are_found_past_and_to_come()
    {
        await using var command = CommandRunner.Start("sh", ["-c", "trap 'echo got it; exit 3' TERM; echo ready; while read line; do echo \"$line\"; done"],
            new CommandOptions { KeepInputOpen = true });
        await command.WaitForLineAsync(line => line == "ready", Long);
        await command.WriteLineAsync("echoed");
        Assert.Equal("echoed", await command.WaitForLineAsync(line => line == "echoed", Long));
        Assert.Equal("ready", await command.WaitForLineAsync(line => line == "ready", Long));

        command.Signal(SigTerm);

        Assert.Equal(3, (await command.WaitAsync()).ExitCode);
        Assert.Contains("got it", command.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Awaited_line_that_never_comes_fails_when_the_output_ends()
    {
        await using var command = CommandRunner.Start("sh", ["-c", "echo something else; printf unfinished"]);

        var failure = await Assert.ThrowsAsync<CommandTimeoutException>(() => command.WaitForLineAsync(line => line == "never"));

        Assert.Contains("something else", failure.Message, StringComparison.Ordinal);
        Assert.Equal("unfinished", await command.WaitForLineAsync(line => line == "unfinished"));
    }

    [RequiresFact(Capability.OtherUser)]
    public async Task Another_user_owns_nothing_of_ours()
    {
        using var secret = new TempFolder();
        secret.WriteFile("file", "x");
        using var own = new TempFolder();
        AsAnotherUser.Own(own.FullPath);

        var who = await AsAnotherUser.RunAsync("id", ["-u"]);
        var look = await AsAnotherUser.RunAsync("cat", [secret.Combine("file")]);
        var write = await AsAnotherUser.RunAsync("touch", [own.Combine("file")]);

        Assert.Equal(AsAnotherUser.Uid + "\n", who.OrThrow().Stdout);
        Assert.NotEqual(0, look.ExitCode);
        write.OrThrow();
    }

    private static int Pid(string line) => int.Parse(line.AsSpan("child ".Length));
}
