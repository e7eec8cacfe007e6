using Slipway.Crash.Driver;
using Slipway.Crash.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Crash.Tests;

/// <summary>File systems that are full or read-only, in a mount namespace of the test's own.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const int Limit = 120_000;

    private readonly CrashStore _store = new();

    public void Dispose() => _store.Dispose();

    [RequiresFact(Capability.Mount, Timeout = Limit)]
    public async Task Full_disk_is_told_by_its_code_publishes_nothing_and_heals_when_there_is_room()
    {
        var result = await InTmpfsAsync("size=400k", """
            driver publish 1; echo "first $?"
            for left in 0 4 8 16 32; do
              dd if=/dev/zero of="$store/filler" bs=1k 2>/dev/null
              truncate -s "$(( $(stat -c %s "$store/filler") - left * 1024 ))" "$store/filler"
              driver publish 2; echo "full $left $?"
              driver list; driver verify 2; echo "verified $?"; driver verify 1
              rm "$store/filler"
            done
            driver publish 2; echo "again $?"
            driver verify 1; driver verify 2
            """);
        var lines = result.Stdout.Split('\n');
        AssertLine("first 0", result);
        AssertLine("full 0 73", result);
        Assert.All(lines.Where(static line => line.StartsWith("full ", StringComparison.Ordinal)), static line => Assert.EndsWith(" 73", line, StringComparison.Ordinal));
        Assert.Equal(5, lines.Count(static line => line == "verified 66"));
        Assert.Equal(5, lines.Count(line => line == Payload.Slot(1).ToString()));
        Assert.DoesNotContain(Payload.Slot(2).ToString(), lines, StringComparer.Ordinal);
        Assert.Contains(lines, static line => line.StartsWith("failed MCH0201: Cannot write ", StringComparison.Ordinal) && line.EndsWith("the disk is full.", StringComparison.Ordinal));
        AssertLine("again 0", result);
        Assert.Equal(["done intact", "done intact"], lines.SkipWhile(static line => line != "again 0").Skip(1).Take(2), StringComparer.Ordinal);
        Assert.DoesNotContain("DAMAGED", result.Stdout, StringComparison.Ordinal);
    }

    [RequiresFact(Capability.Mount, Timeout = Limit)]
    public async Task Collection_frees_a_disk_on_which_not_even_the_trash_can_be_made()
    {
        var result = await InTmpfsAsync("size=4m,nr_inodes=60", """
            driver publish 1; echo "first $?"
            rm -rf "$store/trash"
            n=0; while touch "$store/file-$n" 2>/dev/null; do n=$((n + 1)); done
            mkdir "$store/probe" 2>/dev/null && echo "not full"
            driver collect 0 --ahead-days 60; echo "collected $?"
            driver list; echo "listed"
            rm -f "$store"/file-*
            driver publish 1; echo "again $?"
            """);
        var lines = result.Stdout.Split('\n');
        Assert.DoesNotContain("not full", lines, StringComparer.Ordinal);
        AssertLine("removed 1 in 1 passes", result);
        AssertLine("collected 0", result);
        Assert.DoesNotContain(Payload.Slot(1).ToString(), lines, StringComparer.Ordinal);
        AssertLine("again 0", result);
    }

    [RequiresFact(Capability.Mount, Timeout = Limit)]
    public async Task Read_only_store_launches_what_it_has_and_refuses_all_else_by_its_code()
    {
        var result = await InTmpfsAsync("size=4m", """
            driver publish 1; echo "first $?"
            mount -o remount,ro "$store"
            driver launch 1; echo "launched $?"
            driver list; driver verify 1
            driver publish 2; echo "published $?"
            driver collect 0 --ahead-days 60; echo "collected $?"
            mount -o remount,rw "$store"
            driver publish 2; echo "again $?"
            """);
        var lines = result.Stdout.Split('\n');
        foreach (var expected in new[] { "first 0", "launched 0", "done intact", "published 73", "collected 73", "again 0" })
        {
            AssertLine(expected, result);
        }

        Assert.Contains(lines, static line => line.StartsWith("failed MCH0202", StringComparison.Ordinal));
    }

    [RequiresFact(Capability.OtherUser, Timeout = Limit)]
    public async Task Unprivileged_user_publishes_repairs_and_collects_under_real_permissions()
    {
        // Root ignores permission bits; everything about sealed trees has to work without that.
        using var folder = new TempFolder(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
        var home = folder.CreateFolder("store");
        File.SetUnixFileMode(home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        AsAnotherUser.Own(home);
        async Task<CommandResult> Driver(string verb, params string[] named) => await AsAnotherUser.RunAsync(
            CrashStore.Dotnet, CrashStore.Arguments(verb, home, 1, named), new() { Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["HOME"] = home } });

        Assert.Equal(0, (await Driver("publish")).ExitCode);
        var sealedWrite = await AsAnotherUser.RunAsync("touch", [$"{home}/envs/{Payload.Slot(1)}/root/stray"]);
        Assert.NotEqual(0, sealedWrite.ExitCode);
        var repaired = await Driver("publish", "--replace", "yes");
        Assert.True(repaired.ExitCode == 0, repaired.ToString());
        Assert.Contains("done intact", (await Driver("verify")).Stdout, StringComparison.Ordinal);
        var collected = await Driver("collect", "--ahead-days", "60");
        Assert.Contains("removed 1 in 1 passes", collected.Stdout, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries($"{home}/trash"));
        Assert.Empty(Directory.EnumerateFileSystemEntries($"{home}/envs"));

        File.SetUnixFileMode(home, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Directory.Delete($"{home}/envs");
        var refused = await Driver("publish");
        Assert.Equal(73, refused.ExitCode);
        Assert.Contains("failed MCH0203", refused.Stdout, StringComparison.Ordinal);
    }

    private static void AssertLine(string line, CommandResult result) =>
        Assert.True(result.Stdout.Split('\n').Contains(line, StringComparer.Ordinal), $"There is no line '{line}':\n{result}");

    private async Task<CommandResult> InTmpfsAsync(string options, string script)
    {
        const string Prelude = """
            store=$1; dotnet=$2; dll=$3
            mount -t tmpfs -o "$4,mode=700" slipway-test "$store" || exit 99
            driver() { verb=$1; slot=$2; shift; if [ $# -gt 0 ]; then shift; fi; "$dotnet" "$dll" "$verb" "$store" "${slot:-0}" "$@"; }

            """;
        var dll = CrashStore.Arguments("list", _store.Layout.Home, 0)[0];
        var result = await CommandRunner.RunAsync(
            "unshare",
            ["--mount", "--", "/bin/sh", "-c", Prelude + script, "sh", _store.Layout.Home, CrashStore.Dotnet, dll, options],
            new() { Timeout = TimeSpan.FromSeconds(100) });
        Assert.True(result.ExitCode == 0, result.ToString());
        return result;
    }
}
