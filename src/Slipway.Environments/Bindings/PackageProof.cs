using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Contracts;
using Slipway.Core.Failures;
using Slipway.Environments.Locks;
using Slipway.Machines.Processes;

namespace Slipway.Environments.Bindings;

/// <summary>Proves what was resolved and what is installed against what was asked for.</summary>
/// <param name="host">The machine.</param>
internal sealed class PackageProof(BuildHost host)
{
    private const string Ask = "import json,sys\nfrom importlib import metadata\nfound={}\nfor name in sys.argv[1:]:\n    try:\n        found[name]=metadata.version(name)\n    except metadata.PackageNotFoundError:\n        pass\nprint(json.dumps(found))";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>The failure of the first package whose file is none of those that are accepted; null when all are.</summary>
    public static Failure? WrongFile(ImmutableArray<DependencyBinding> selected, ImmutableHashSet<DependencyRequirement> excluded, ResolvedLock resolved)
    {
        foreach (var requirement in selected.SelectMany(static binding => binding.Requirements).Where(requirement => !requirement.Hashes.IsEmpty && !excluded.Contains(requirement)))
        {
            var name = OverrideKey.NormalName(requirement.Name);
            var file = resolved.Files.FirstOrDefault(file => string.Equals(file.Name.Normalized, name, StringComparison.Ordinal));
            if (file is null || !requirement.Hashes.Contains($"sha256:{file.Hash.Hex}", StringComparer.OrdinalIgnoreCase))
            {
                return new Failure(
                    EnvironmentFailures.HashMismatch,
                    file is null ? $"{requirement.Name} is not installed from a file, so its hashes cannot be kept."
                        : $"{file.FileName} has the SHA-256 {file.Hash.Hex}, and {string.Join(" or ", requirement.Hashes.Select(static hash => hash["sha256:".Length..]))} is accepted for {requirement.Name}.")
                {
                    Hint = "Nothing was installed. Find out why the file is another one, or name the one that is meant by a package_source_override.",
                };
            }
        }

        return null;
    }

    /// <summary>Runs an environment's interpreter and asks it for the versions of its packages.</summary>
    /// <returns>Null when they are those of the lock.</returns>
    public async Task<Failure?> ExecuteAsync(string python, ResolvedLock resolved, CancellationToken cancellationToken)
    {
        var expected = resolved.Files.Select(static file => (file.Name.Normalized, Version: file.Version.ToString()))
            .Concat(resolved.Installed.Select(static package => (package.Name.Normalized, package.Version))).ToList();
        var command = ProcessCommand.Create(python, ["-I", "-c", Ask, .. expected.Select(static one => one.Normalized)]) with { Timeout = Limit, DropPrefixes = ["PYTHON"] };
        var ran = await host.Machine.RunAsync(command, output: null, cancellationToken).ConfigureAwait(false);
        if (!ran.TryGet(out var outcome, out var failure))
        {
            return failure;
        }

        if (!outcome.Succeeded)
        {
            return new Failure(EnvironmentFailures.EnvironmentDamaged, $"{python} ended with {outcome.Describe()} when asked for its packages.") { Detail = outcome.ErrorText };
        }

        var found = Parse(outcome.OutputText);
        var wrong = expected.Where(one => !found.TryGetValue(one.Normalized, out var version) || !Same(version, one.Version)).Select(one => $"{one.Normalized} {one.Version}").ToList();
        return wrong.Count == 0 ? null : new Failure(EnvironmentFailures.EnvironmentDamaged, $"{python} does not have {string.Join(", ", wrong)}.");
    }

    // Packagers spell versions in ways of their own; what PEP 440 takes for the same is the same.
    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.Ordinal)
        || (Core.Versions.PepVersion.Parse(one).TryGet(out var left, out _) && Core.Versions.PepVersion.Parse(other).TryGet(out var right, out _) && left.Equals(right));

    private static Dictionary<string, string> Parse(string text)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(text);
            foreach (var member in document.RootElement.EnumerateObject())
            {
                found[member.Name] = member.Value.GetString() ?? string.Empty;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Start code of a package printed something of its own: nothing was proved.
            found.Clear();
        }

        return found;
    }
}
