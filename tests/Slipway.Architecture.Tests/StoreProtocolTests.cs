using System.Text;
using Slipway.Core.Identity;
using Slipway.Core.Requirements;
using Slipway.Environments.Subjects;
using Slipway.Machines.Files;
using Slipway.Store.Layout;

namespace Slipway.Architecture.Tests;

/// <summary>The worked examples of docs/store-protocol.md are what the code computes, and its table has every directory.</summary>
public sealed class StoreProtocolTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "store-protocol.md"));

    [Fact]
    public void Worked_vectors_are_those_of_the_code()
    {
        LockedPackage[] packages =
        [
            new(PackageName.Parse("attrs").Value, "23.1.0", $"sha256:{new string('b', 64)}"),
            new(PackageName.Parse("Zope.Interface").Value, "6.0", $"sha256:{new string('a', 64)}"),
        ];
        var lockDigest = LockDigest.Compute(packages);
        var key = new EnvironmentKeyInputs(
            lockDigest, "linux-x86_64", SysPathMode.Isolated, "cpython", "3.11.7", "cpython-311-x86_64-linux-gnu", "pip/23.2.1/1", "no-compile").ToKey();
        var host = new CanonicalFields(
            "slipway.base-interpreter/1",
            [new("executable", "/usr/bin/python3.11"), new("sys_version", "3.11.7 (main, Dec  8 2023) [GCC 12.2.0]"), new("libc", "glibc 2.36")]);

        AssertSays($"lock digest   {LockDigest.Compute([])}");
        AssertSays($"lock digest   {lockDigest}");
        AssertSays($"environment key    {key}");
        AssertSays($"base interpreter   {host.Digest()}");
        AssertSays($"slot               {SlotName.Of(key, host)}");
        AssertSays($"subject       {new Subject("/home/me/train.py").Digest}");
    }

    [Fact]
    public void Example_of_an_inventory_is_one()
    {
        var start = Text.IndexOf("slipway-inventory/1", StringComparison.Ordinal);
        var example = Encoding.UTF8.GetBytes(Text[start..Text.IndexOf("```", start, StringComparison.Ordinal)]);
        var parsed = TreeInventory.Parse(example);
        Assert.True(parsed.IsOk, parsed.ToString());
        Assert.Equal(example, parsed.Value.ToBytes());
    }

    [Fact]
    public void Layout_names_every_directory_of_the_store() =>
        Assert.All(new StoreLayout("/s").Directories, path => AssertSays($"| `{path[3..]}/"));

    private static void AssertSays(string text) => Assert.Contains(text, Text, StringComparison.Ordinal);
}
