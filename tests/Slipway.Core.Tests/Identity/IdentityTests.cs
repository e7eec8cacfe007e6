using System.Text.Json;
using Slipway.Core.Identity;
using Slipway.Core.Requirements;
using Slipway.Core.Tests.Oracle;
using Slipway.Core.Tests.Support;

namespace Slipway.Core.Tests.Identity;

/// <summary>Golden vectors: a change of any of these values makes every existing environment unreachable.</summary>
public sealed class IdentityTests
{
    private const string EmptyLock = "da49c85cba83bd977af0b783999dd52f85ac16deb2c511e63b941a0ec9fe1d89";
    private const string TwoPackages = "3576aa59b08998a316e7ea0652d4e38c0621c0fb0d373760ba784ab3741bb5c5";
    private const string Key = "19e12ab3fe79def196d7c06b123f1c5e7a86347d6c9f9843ee715b95a3ebdc76";
    private const string SystemKey = "c591a68d881596d15b73b41877d70e0de3c83c2e1168ce65576ce5f543738568";
    private const string Slot = "19e12ab3fe79def196d7c06b123f1c5e7a86347d-e8c4a235";

    private static readonly CanonicalFields Base = new(
        "slipway.base-interpreter/1",
        [new("executable", "/usr/bin/python3.11"), new("sys_version", "3.11.7 (main, Dec  8 2023) [GCC 12.2.0]"), new("libc", "glibc 2.36")]);

    private static readonly LockedPackage[] Packages =
    [
        new(PackageName.Parse("Zope.Interface").Value, "6.0", $"sha256:{new string('a', 64)}"),
        new(PackageName.Parse("attrs").Value, "23.1.0", $"sha256:{new string('b', 64)}"),
    ];

    private static EnvironmentKeyInputs Inputs => new(
        LockDigest.Compute(Packages), "linux-x86_64", SysPathMode.Isolated, "cpython", "3.11.7", "cpython-311-x86_64-linux-gnu", "pip/23.2.1/1", "no-compile");

    [Fact]
    public void Lock_digests_are_golden()
    {
        Assert.Equal(EmptyLock, LockDigest.Compute([]).Hex);
        Assert.Equal(TwoPackages, LockDigest.Compute(Packages).Hex);
    }

    [Fact]
    public void Lock_digest_ignores_the_order_of_packages() =>
        Assert.Equal(LockDigest.Compute(Packages), LockDigest.Compute(Packages.Reverse()));

    [Fact]
    public void Environment_keys_and_slot_are_golden()
    {
        Assert.Equal(Key, Inputs.ToKey().Hex);
        Assert.Equal(SystemKey, (Inputs with { SysPathMode = SysPathMode.SystemSitePackages }).ToKey().Hex);
        Assert.Equal(Slot, SlotName.Of(Inputs.ToKey(), Base).ToString());
    }

    [Fact]
    public void Every_input_changes_the_key()
    {
        EnvironmentKeyInputs[] variants =
        [
            Inputs,
            Inputs with { LockDigest = LockDigest.Compute([]) },
            Inputs with { PlatformKey = "linux-aarch64" },
            Inputs with { SysPathMode = SysPathMode.SystemSitePackages },
            Inputs with { Implementation = "pypy" },
            Inputs with { PythonVersion = "3.11.8" },
            Inputs with { Abi = "cpython-311d-x86_64-linux-gnu" },
            Inputs with { Provisioner = "pip/24.0/1" },
            Inputs with { Flags = string.Empty },
        ];
        Assert.Equal(variants.Length, variants.Select(variant => variant.ToKey()).Distinct().Count());
    }

    [SkippableByOracle]
    public void Digests_are_those_that_hashlib_computes_from_the_documented_bytes()
    {
        const string Program =
            """
            import hashlib, json, struct, sys
            def digest(fields):
                return hashlib.sha256(b"".join(struct.pack("<i", len(f.encode())) + f.encode() for f in fields)).hexdigest()
            json.dump([digest(fields) for fields in json.load(sys.stdin)], sys.stdout)
            """;
        CanonicalFields[] lists = [Inputs.ToFields(), Base, new("domain/1", [new("ä", "🐍"), new(string.Empty, string.Empty)]), new("domain/1", [])];
        var flat = lists.Select(list => list.Fields.SelectMany(field => new[] { field.Name, field.Value }).Prepend(list.Domain));
        var lockFields = new[] { "slipway.lock/1", "attrs", $"23.1.0\nsha256:{new string('b', 64)}", "zope-interface", $"6.0\nsha256:{new string('a', 64)}" };

        var answers = PythonOracle.Ask(Program, flat.Append(lockFields)).EnumerateArray().Select(answer => answer.GetString()).ToList();

        Assert.Equal([.. lists.Select(list => list.Digest().Hex), TwoPackages], answers);
        Assert.Equal(Slot, $"{answers[0]![..40]}-{answers[1]![..8]}");
    }

    [Fact]
    public void Concatenation_makes_no_two_lists_equal()
    {
        CanonicalFields[] lists =
        [
            new("d", [new("a", "b"), new("c", "d")]), new("d", [new("ab", string.Empty), new("c", "d")]), new("da", [new("b", "c"), new(string.Empty, "d")]),
            new("d", [new("a", "bc"), new(string.Empty, "d")]), new("d", [new("a", "b")]), new("d", []),
        ];
        Assert.Equal(lists.Length, lists.Select(list => list.Digest()).Distinct().Count());
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef01234567-89abcdef", true)]
    [InlineData("0123456789ABCDEF0123456789abcdef01234567-89abcdef", false)]
    [InlineData("0123456789abcdef0123456789abcdef01234567_89abcdef", false)]
    [InlineData("../../etc", false)]
    [InlineData("", false)]
    public void Slot_name_is_read_strictly(string text, bool valid)
    {
        var result = SlotName.Parse(text);
        Assert.Equal(valid, result.IsOk);
        Assert.Equal(valid ? text : "COR0902", valid ? result.Value.ToString() : result.Failure.Code.Id);
    }

    [Fact]
    public void Digest_is_read_in_either_case_and_nothing_else()
    {
        Assert.Equal(new string('a', 64), Must.Succeed(Sha256Digest.Parse(new string('A', 64))).Hex);
        foreach (var text in new[] { string.Empty, new string('a', 63), new string('g', 64), new string('a', 65), new string('\u0661', 64) })
        {
            Must.Fail(Sha256Digest.Parse(text), IdentityFailures.MalformedDigest);
        }
    }
}
