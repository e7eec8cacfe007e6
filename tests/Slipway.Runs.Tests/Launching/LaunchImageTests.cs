using System.Text;
using Slipway.Machines.HandOff;
using Slipway.Machines.Posix;
using Slipway.Machines.Processes;
using Slipway.Runs.Arguments;
using Slipway.Runs.Launching;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Launching;

/// <summary>The fast path and the full path must hand the same bytes to the kernel.</summary>
public sealed class LaunchImageTests
{
    [Fact]
    public void Both_paths_make_the_same_image_from_the_same_command_line() => Property.Check(600, gen =>
    {
        var record = RecordGen.Planned(gen);
        var startup = new StartupEnvironment([.. gen.List(Entry, 0, 8)]);
        var own = gen.List(g => $"--env-var={RecordGen.Name(g)}={RecordGen.Text(g)}", 0, 3);
        var split = ArgumentSplitter.Split([.. own, "x.py", .. gen.List(RecordGen.Text, 0, 5)], RunOptions.ForRun).Value;

        var fast = LaunchImage.Create(record, split, startup.ToBlock());
        var full = CommandResolver.Resolve(LaunchPlanner.ToCommand(record, split), startup).Value;

        Assert.Equal(Show(full), Show(fast));
    });

    [Fact]
    public void Own_variable_wins_over_the_environments()
    {
        var split = ArgumentSplitter.Split(["--env-var=PATH=/mine", "--env-var", "VIRTUAL_ENV=", "x.py"], RunOptions.ForRun).Value;
        var image = LaunchImage.Create(RecordGen.Plain, split, new StartupEnvironment([Bytes("PATH=/usr/bin"), Bytes("PYTHONHOME=/x")]).ToBlock());
        Assert.Equal("PATH=/mine VIRTUAL_ENV=", string.Join(' ', image.Environment.ToArray().Select(entry => PosixText.Decode(entry))));
    }

    [Fact]
    public void Untouched_entries_stay_as_they_were()
    {
        byte[][] odd = [Bytes("NO_EQUALS"), [.. "X="u8, 0xFF, 0x80], Bytes("X=second"), Bytes("=strange")];
        var split = ArgumentSplitter.Split(["x.py"], RunOptions.ForRun).Value;
        var image = LaunchImage.Create(RecordGen.Plain with { Set = [], Prepend = [] }, split, new StartupEnvironment(odd).ToBlock());
        Assert.Equal(odd, image.Environment.ToArray());
    }

    private static byte[] Entry(Gen gen) => gen.Int(0, 5) switch
    {
        0 => Bytes("NO_EQUALS"),
        1 => [.. Bytes(RecordGen.Name(gen)), (byte)'=', .. gen.Bytes(0, 4).Where(b => b != 0)],
        _ => Bytes($"{RecordGen.Name(gen)}={RecordGen.Text(gen)}"),
    };

    private static byte[] Bytes(string text) => PosixText.Encode(text);

    private static string Show(ExecImage image)
    {
        var text = new StringBuilder(Convert.ToHexString(image.Path)).Append('\n');
        foreach (var part in image.Arguments)
        {
            text.Append("arg ").Append(Convert.ToHexString(part)).Append('\n');
        }

        foreach (var part in image.Environment)
        {
            text.Append("env ").Append(Convert.ToHexString(part)).Append('\n');
        }

        return text.ToString();
    }
}
