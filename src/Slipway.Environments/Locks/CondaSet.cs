using System.Collections.Immutable;
using Slipway.Core.Conda;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Core.Locks;
using Slipway.Core.Toml;
using Slipway.Environments.Interpreters;

namespace Slipway.Environments.Locks;

/// <summary>The exact set that conda installs, and what it was asked for. It stands below <c>[tool.slipway.conda]</c> of a lock.</summary>
/// <param name="Platform">The platform, in conda's words: <c>linux-64</c>.</param>
/// <param name="Channels">The channels that it was resolved from.</param>
/// <param name="Specs">What was asked for.</param>
/// <param name="Variables">The variables that are set in the environment.</param>
/// <param name="Packages">The packages, sorted by name.</param>
public sealed record CondaSet(
    string Platform,
    ImmutableArray<string> Channels,
    ImmutableArray<string> Specs,
    ImmutableSortedDictionary<string, string> Variables,
    ImmutableArray<CondaPackage> Packages)
{
    /// <summary>The key of its table.</summary>
    internal const string Key = "conda";

    private const string Python = "python";
    private static readonly FailureLocation Here = new("lock");

    /// <summary>Its Python; null when it has none.</summary>
    public PythonIdentity? PythonIdentity => Packages.FirstOrDefault(package => package.Name is Python) is { } python
        ? new PythonIdentity(python.Build.Contains("pypy", StringComparison.Ordinal) ? "pypy" : "cpython", python.Version, AbiOf(python))
        : null;

    /// <summary>The names and versions of its packages for people, what was asked for by name first.</summary>
    public IEnumerable<string> Names
    {
        get
        {
            var asked = Specs.Select(text => CondaSpec.Parse(text, Here).TryGet(out var spec, out _) ? spec.Name : text).ToHashSet(StringComparer.Ordinal);
            return Packages.OrderBy(package => asked.Contains(package.Name) ? 0 : 1).Select(package => $"{package.Name} {package.Version}");
        }
    }

    /// <summary>The set that a lock has; null when it has none, or one that cannot be read.</summary>
    public static CondaSet? Of(Pylock document)
    {
        if (LockDocument.FactsOf(document) is not { } facts || !facts.TryGet(Key, out var value) || value is not TomlTable table
            || !table.GetString("platform").TryGet(out var platform, out _)
            || !table.GetTables("packages").TryGet(out var entries, out _))
        {
            return null;
        }

        var packages = entries.Select(ToPackage).OfType<CondaPackage>().ToImmutableArray();
        return packages.Length == entries.Length ? new CondaSet(platform, Texts(table, "channels"), Texts(table, "specs"), VariablesOf(table), packages) : null;
    }

    /// <summary>What of it enters the lock digest. A package's file is pinned by its hash, so the channel is not in it.</summary>
    internal IEnumerable<CanonicalField> ToFields() =>
    [
        .. Packages.Select(package => new CanonicalField($"conda:{package.Name}", $"{package.Version}\n{package.Build}\n{package.Hash}")),
        .. Variables.Select(variable => new CanonicalField($"conda-variable:{variable.Key}", variable.Value)),
    ];

    /// <summary>Its table.</summary>
    internal TomlTable ToTable()
    {
        var variables = new TomlTableBuilder(isInline: true);
        foreach (var (name, value) in Variables)
        {
            variables.Add(name, value);
        }

        return new TomlTableBuilder()
            .Add("platform", Platform)
            .AddStrings("channels", Channels)
            .AddStrings("specs", Specs.Order(StringComparer.Ordinal))
            .Add("variables", variables.Build())
            .Add("packages", new TomlArray(Packages.Select(package => (TomlValue)ToTable(package))))
            .Build();
    }

    private static TomlTable ToTable(CondaPackage package) => new TomlTableBuilder(isInline: true)
        .Add("name", package.Name)
        .Add("version", package.Version)
        .Add("build", package.Build)
        .Add("channel", package.Channel)
        .Add("url", package.Url)
        .Add("hash", package.Hash)
        .Build();

    private static CondaPackage? ToPackage(TomlTable table)
    {
        if (!table.GetString("url").TryGet(out var url, out _) || !table.GetString("hash").TryGet(out var hash, out _))
        {
            return null;
        }

        var digits = hash[(hash.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var isMd5 = hash.StartsWith("md5:", StringComparison.Ordinal);
        return CondaPackage.Create(url, isMd5 ? string.Empty : digits, isMd5 ? digits : string.Empty, Here).TryGet(out var package, out _) ? package : null;
    }

    private static ImmutableArray<string> Texts(TomlTable table, string key) =>
        table.TryGet(key, out _) && table.GetStrings(key).TryGet(out var texts, out _) ? [.. texts] : [];

    private static ImmutableSortedDictionary<string, string> VariablesOf(TomlTable table) =>
        table.TryGet("variables", out var value) && value is TomlTable variables
            ? variables.Keys.Where(name => variables.GetString(name).IsOk).ToImmutableSortedDictionary(name => name, name => variables.GetString(name).Value, StringComparer.Ordinal)
            : ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    // The tool's own name of it where there is one: "python_abi 3.11 4_cp311".
    private string AbiOf(CondaPackage python) =>
        Packages.FirstOrDefault(package => package.Name is "python_abi") is { } abi ? abi.Build[(abi.Build.IndexOf('_', StringComparison.Ordinal) + 1)..]
            : $"cp{string.Concat(python.Version.Split('.').Take(2))}";
}
