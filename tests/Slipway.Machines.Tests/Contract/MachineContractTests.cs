using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Failures;
using Slipway.Machines.Processes;
using Slipway.Machines.Programs;
using Slipway.Machines.Tests.Support;

namespace Slipway.Machines.Tests.Contract;

/// <summary>What every machine must do. Written only against <see cref="IMachine"/>; looks at the machine only through it.</summary>
public abstract partial class MachineContractTests
{
    protected const int Limit = 30_000;
    protected const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    protected const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    private static readonly FailureCode Broken = new("TST0001", ExitCode.Unavailable, "A test step failed.", "None.");

    /// <summary>The machine.</summary>
    protected abstract IMachine Machine { get; }

    /// <summary>An empty folder on that machine, absolute.</summary>
    protected abstract string Folder { get; }

    [Fact(Timeout = Limit)]
    public async Task Facts_are_complete_and_stable()
    {
        var facts = (await Machine.GetFactsAsync(default)).Ok();
        Assert.Equal("linux", facts.OperatingSystem);
        Assert.True(facts.Architecture is "x86_64" or "aarch64", facts.Architecture);
        Assert.True(facts.LibcKind is "glibc" or "musl", facts.LibcKind);
        Assert.StartsWith("/", facts.Home);
        Assert.True(facts.ProcessorCount > 0);
        Assert.Equal(facts, (await Machine.GetFactsAsync(default)).Ok());
        Assert.Equal((await TextOf("id -u")).Trim(), facts.UserId.ToString());
        Assert.Equal((await TextOf("uname -r")).Trim(), facts.KernelRelease);
    }

    [Theory(Timeout = Limit)]
    [InlineData("plain")]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("'single' \"double\" `back` $HOME $(id) \\ ! * ? [a] {b,c} ~ # & ; | < >")]
    [InlineData("line\nbreak\ttab\rreturn")]
    [InlineData("-n")]
    [InlineData("ünïcödé 試験 \U0001F680")]
    [InlineData("bytes \uDCFF\uDC80 kept")]
    public async Task Run_passes_any_argument_unchanged(string argument)
    {
        var outcome = await Run(ProcessCommand.Create("printf", "%s|", argument, "end"));
        Assert.Equal([.. Slipway.Machines.Posix.PosixText.Encode(argument), .. "|end|"u8], outcome.StandardOutput.ToArray());
    }

    [Fact(Timeout = Limit)]
    public async Task Run_reports_exit_code_and_both_streams()
    {
        var outcome = await Run(Shell("echo out; echo err >&2; exit 7"));
        Assert.Equal((ProcessEnd.Exited, 7), (outcome.End, outcome.Code));
        Assert.Equal(("out\n", "err\n"), (outcome.OutputText, outcome.ErrorText));
        Assert.False(outcome.Succeeded);
    }

    [Fact(Timeout = Limit)]
    public async Task Run_streams_output_as_it_arrives()
    {
        var collector = new Collector();
        using var cancel = new CancellationTokenSource();
        var run = Machine.RunAsync(Shell("echo first; exec sleep 100"), collector, cancel.Token);
        Assert.Equal("first", await collector.LineAsync("first"));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact(Timeout = Limit)]
    public async Task Run_feeds_standard_input_and_ends_it()
    {
        var outcome = await Run(Shell("cat; echo end") with { StandardInput = Encoding.UTF8.GetBytes("given\n") });
        Assert.Equal("given\nend\n", outcome.OutputText);
    }

    [Fact(Timeout = Limit)]
    public async Task Run_without_input_reads_nothing() => Assert.Equal("0\n", (await Run(Shell("wc -c | tr -d ' '"))).OutputText);

    [Fact(Timeout = Limit)]
    public async Task Run_uses_the_working_directory()
    {
        var inside = $"{Folder}/with space";
        await Execute(new Step.MakeDirectory(inside, OwnerFolder));
        Assert.Equal(inside + "\n", (await Run(Shell("pwd -P") with { WorkingDirectory = inside })).OutputText);
    }

    [Fact(Timeout = Limit)]
    public async Task Run_changes_the_environment_in_order()
    {
        var changes = EnvironmentChanges.None with
        {
            Set = Sorted(("SLIPWAY_A", "a b"), ("SLIPWAY_LIST", "rest")),
            Prepend = Sorted(("SLIPWAY_LIST", "first"), ("SLIPWAY_NEW", "only")),
            Unset = ImmutableSortedSet.Create(StringComparer.Ordinal, "HOME"),
        };
        var outcome = await Run(Shell("echo \"$SLIPWAY_A,$SLIPWAY_LIST,$SLIPWAY_NEW,${HOME-none}\"") with { Environment = changes });
        Assert.Equal("a b,first:rest,only,none\n", outcome.OutputText);
    }

    [Fact(Timeout = Limit)]
    public async Task Run_drops_prefixes_but_keeps_named_variables()
    {
        var outcome = await Run(ProcessCommand.Create("env") with { DropPrefixes = ["PAT", "HOM"], KeepVariables = ["HOME"] });
        Assert.DoesNotContain(outcome.OutputText.Split('\n'), line => line.StartsWith("PATH=", StringComparison.Ordinal));
        Assert.Contains(outcome.OutputText.Split('\n'), line => line.StartsWith("HOME=/", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task Run_of_an_unknown_program_fails_as_not_found()
    {
        var failure = (await Machine.RunAsync(ProcessCommand.Create("slipway-no-such-program"), null, default)).Fails(MachinesFailures.ProgramNotFound);
        Assert.Contains("slipway-no-such-program", failure.Message);
        Assert.Equal(ExitCode.CommandNotFound, failure.Code.Exit);
    }

    [Fact(Timeout = Limit)]
    public async Task Run_of_a_plain_file_fails_as_not_executable()
    {
        var path = $"{Folder}/plain";
        (await Machine.WriteFileAsync(path, "text"u8.ToArray(), OwnerFile, default)).Ok();
        Assert.Contains(path, (await Machine.RunAsync(ProcessCommand.Create(path), null, default)).Fails(MachinesFailures.ProgramNotExecutable).Message);
    }

    [Fact(Timeout = Limit)]
    public async Task Run_in_a_missing_directory_fails_and_names_it()
    {
        var command = Shell("true") with { WorkingDirectory = $"{Folder}/absent" };
        Assert.Contains("absent", (await Machine.RunAsync(command, null, default)).Fails(MachinesFailures.WorkingDirectoryMissing).Message);
    }

    [Fact(Timeout = Limit)]
    public async Task Run_past_its_limit_is_ended_and_says_so()
    {
        var outcome = await Run(Shell("echo before; exec sleep 100") with { Timeout = TimeSpan.FromMilliseconds(500) });
        Assert.Equal((ProcessEnd.TimedOut, "before\n"), (outcome.End, outcome.OutputText));
    }

    [Fact(Timeout = Limit)]
    public async Task Run_keeps_only_the_tail_when_output_is_long()
    {
        var outcome = await Run(Shell("printf 0123456789; printf abc >&2") with { CaptureLimit = 4 });
        Assert.Equal(("6789", "abc", true), (outcome.OutputText, outcome.ErrorText, outcome.Truncated));
    }

    [Fact(Timeout = Limit)]
    public async Task File_written_is_read_back_with_its_mode()
    {
        var path = $"{Folder}/a/b/file";
        byte[] content = [0, 1, 2, 255, (byte)'\n'];
        (await Machine.WriteFileAsync(path, content, OwnerFile | UnixFileMode.GroupRead, default)).Ok();
        Assert.Equal(content, (await Machine.ReadFileAsync(path, 5, default)).Ok());
        var status = (await Machine.StatAsync(path, default)).Ok();
        Assert.Equal((FileKind.File, 5L, OwnerFile | UnixFileMode.GroupRead), (status.Kind, status.Size, status.Mode));
        Assert.Equal(OwnerFolder, (await Machine.StatAsync($"{Folder}/a", default)).Ok().Mode);
    }

    [Fact(Timeout = Limit)]
    public async Task File_over_the_limit_or_absent_fails()
    {
        var path = $"{Folder}/file";
        (await Machine.WriteFileAsync(path, new byte[11], OwnerFile, default)).Ok();
        (await Machine.ReadFileAsync(path, 10, default)).Fails(MachinesFailures.FileTooLarge);
        (await Machine.ReadFileAsync($"{Folder}/absent", 10, default)).Fails(MachinesFailures.FileNotFound);
    }

    [Fact(Timeout = Limit)]
    public async Task Stat_does_not_follow_links_and_knows_what_is_missing()
    {
        await Run(Shell("ln -s nowhere \"$1/link\"", Folder));
        Assert.Equal(FileKind.Link, (await Machine.StatAsync($"{Folder}/link", default)).Ok().Kind);
        Assert.Equal(FileKind.Directory, (await Machine.StatAsync(Folder, default)).Ok().Kind);
        Assert.Equal(FileStatus.Missing, (await Machine.StatAsync($"{Folder}/absent", default)).Ok());
    }

    protected static ProcessCommand Shell(string script, params ReadOnlySpan<string> arguments) => TestCommands.Shell(script, arguments);

    protected async Task<ProcessOutcome> Run(ProcessCommand command) => (await Machine.RunAsync(command, null, default)).Ok();

    protected async Task<string> TextOf(string script, params string[] arguments) => (await Run(Shell(script, arguments))).OutputText;

    protected async Task<ProgramOutcome> Execute(params Step[] steps) =>
        (await Machine.ExecuteAsync(new MachineProgram("test", [.. steps]), new RecordingObserver(), default)).Ok();

    protected Task<Result<ProgramOutcome>> TryExecute(IProgramObserver observer, params Step[] steps) =>
        Machine.ExecuteAsync(new MachineProgram("test", [.. steps]), observer, default);

    private static ImmutableSortedDictionary<string, string> Sorted(params ReadOnlySpan<(string Name, string Value)> items)
    {
        var builder = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in items)
        {
            builder.Add(name, value);
        }

        return builder.ToImmutable();
    }
}
