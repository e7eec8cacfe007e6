using Slipway.Machines.Posix;
using Slipway.Runs.Arguments;
using Slipway.Runs.Launching;

namespace Slipway.Runs.Tests.Launching;

public sealed class LaunchKeyTests
{
    private static readonly string Base = Key();

    [Fact]
    public void Same_inputs_give_the_same_key() => Assert.Equal(Base, Key());

    [Fact]
    public void Version_directory_and_store_count()
    {
        var keys = new[] { Base, Key(version: "2"), Key(directory: "/other"), Key(store: "/elsewhere") };
        Assert.Equal(keys.Length, keys.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData("x.py", "y.py")]
    [InlineData("x.py", "./x.py")]
    [InlineData("x.py", "--offline x.py")]
    [InlineData("--with a x.py", "--with b x.py")]
    [InlineData("--with a --with b x.py", "--with b --with a x.py")]
    [InlineData("--with a --offline x.py", "--offline --with a x.py")]
    [InlineData("--with ab x.py", "--with a --with b x.py")]
    [InlineData("-m x", "x")]
    [InlineData("- a", "-- -m a")]
    [InlineData("--python 3.12 x.py", "--python 3.11 x.py")]
    public void Head_and_target_count(string one, string other) => Differ(Key(words: one), Key(words: other));

    [Theory]
    [InlineData("x.py", "x.py a --json")]
    [InlineData("x.py", "--env-var A=secret x.py")]
    [InlineData("x.py", "--secret A x.py")]
    [InlineData("x.py", "--quiet x.py")]
    [InlineData("x.py", "--no-color x.py")]
    [InlineData("--with=a x.py", "--with a x.py")]
    public void What_only_the_workload_sees_does_not_count(string one, string other) => Assert.Equal(Key(words: one), Key(words: other));

    [Fact]
    public void Variables_of_slipway_and_the_home_directory_count()
    {
        Differ(Base, Key(variables: ["HOME=/h", "SLIPWAY_PYTHON=3.12"]));
        Differ(Base, Key(variables: ["HOME=/other"]));
        Differ(Base, Key(variables: ["HOME=/h", "XDG_CONFIG_HOME=/c"]));
        Differ(Key(variables: ["SLIPWAY_PYTHON=3.11"]), Key(variables: ["SLIPWAY_PYTHON=3.12"]));
        Assert.Equal(Base, Key(variables: ["A=1", "HOME=/h", "PATH=/x"]));
        Assert.Equal(Key(variables: ["SLIPWAY_A=1", "SLIPWAY_B=2"]), Key(variables: ["SLIPWAY_B=2", "SLIPWAY_A=1"]));
    }

    private static void Differ(string one, string other) => Assert.False(string.Equals(one, other, StringComparison.Ordinal), one);

    private static string Key(
        string words = "x.py", string version = "1", string directory = "/w", string store = "/s/launches", IEnumerable<string>? variables = null)
    {
        var split = ArgumentSplitter.Split(words.Split(' '), RunOptions.ForRun).Value;
        return LaunchKey.PathOf(store, version, directory, split, [.. (variables ?? ["HOME=/h"]).Select(text => PosixText.Encode(text))]);
    }
}
