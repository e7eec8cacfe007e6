using System.Collections.Immutable;
using Slipway.Core.Contracts;
using Slipway.Core.Identity;

namespace Slipway.Environments.Bindings;

/// <summary>Requirements as they were declared, what was corrected, and what follows.</summary>
/// <param name="Base">As they were declared.</param>
/// <param name="Overrides">The patches that are in force, the earliest first; each says who made it and when.</param>
/// <param name="Effective">The declaration with the patches applied.</param>
public sealed record DependencyView(DependencyRequirements Base, ImmutableArray<DependencyOverridePatch> Overrides, DependencyRequirements Effective)
{
    /// <summary>Applies patches in their order: the later one wins, field by field.</summary>
    public static DependencyView Of(DependencyRequirements declared, ImmutableArray<DependencyOverridePatch> overrides)
    {
        ArgumentNullException.ThrowIfNull(declared);
        var effective = declared with { Bindings = [.. declared.Bindings.Select(binding => overrides.Where(patch => IsOf(patch, binding)).Aggregate(binding, Apply))] };
        return new DependencyView(declared, overrides, effective);
    }

    /// <summary>What the patches of a whole binding say, merged.</summary>
    internal OverrideFields OfBinding(string bindingId) => Overrides
        .Where(patch => patch.Scope is OverrideScope.Binding && string.Equals(patch.BindingId, bindingId, StringComparison.Ordinal))
        .Aggregate(new OverrideFields(), static (merged, patch) => new OverrideFields
        {
            PythonExecutable = patch.Fields.PythonExecutable ?? merged.PythonExecutable,
            IndexUrl = patch.Fields.IndexUrl ?? merged.IndexUrl,
            ExtraIndexUrls = patch.Fields.ExtraIndexUrls ?? merged.ExtraIndexUrls,
            WheelSourcePath = patch.Fields.WheelSourcePath ?? merged.WheelSourcePath,
            PackageSourceOverride = patch.Fields.PackageSourceOverride ?? merged.PackageSourceOverride,
        });

    /// <summary>The digest of what is asked for on a platform: effective requirements and overrides, known before anything is resolved.</summary>
    /// <param name="selected">The selected bindings.</param>
    /// <param name="platformKey">The platform.</param>
    internal Sha256Digest Fingerprint(IEnumerable<DependencyBinding> selected, string platformKey)
    {
        var rows = selected.OrderBy(binding => binding.BindingId, StringComparer.Ordinal).SelectMany(static binding => binding.Requirements
            .Select(requirement => new CanonicalFields("requirement", Row(binding, requirement)).Digest().Hex)
            .Order(StringComparer.Ordinal)
            .Prepend($"{binding.BindingId}\n{binding.EnvironmentKind}\n{binding.PythonExecutableOverride}"));
        return new CanonicalFields("slipway.dependency-fingerprint/1", [new("platform_key", platformKey), .. rows.Select(static row => new CanonicalField("row", row))]).Digest();
    }

    private static ImmutableArray<CanonicalField> Row(DependencyBinding binding, DependencyRequirement requirement) =>
    [
        new("binding_id", binding.BindingId),
        new("kind", requirement.Kind),
        new("name", OverrideKey.NormalName(requirement.Name)),
        new("exact_pin", ContractCheck.Pin(requirement.ExactPin).TryGet(out var pin, out _) ? pin.ToString() : requirement.ExactPin ?? string.Empty),
        new("index_url", requirement.IndexUrl ?? string.Empty),
        new("extra_index_urls", string.Join('\n', requirement.ExtraIndexUrls)),
        new("markers", requirement.Markers ?? string.Empty),
        new("python_requires", requirement.PythonRequires ?? string.Empty),
        new("platform_constraints", string.Join('\n', requirement.PlatformConstraints.Order(StringComparer.Ordinal))),
        new("hashes", string.Join('\n', requirement.Hashes.Order(StringComparer.Ordinal))),
        new("source", requirement.Source ?? string.Empty),
        new("wheel_source_path", requirement.WheelSourcePath ?? string.Empty),
    ];

    private static bool IsOf(DependencyOverridePatch patch, DependencyBinding binding) => string.Equals(patch.BindingId, binding.BindingId, StringComparison.Ordinal);

    private static DependencyBinding Apply(DependencyBinding binding, DependencyOverridePatch patch) => binding with
    {
        PythonExecutableOverride = patch.Fields.PythonExecutable ?? binding.PythonExecutableOverride,
        Requirements = [.. binding.Requirements.Select(requirement => Applies(patch, requirement) ? Apply(requirement, patch.Fields) : requirement)],
    };

    private static bool Applies(DependencyOverridePatch patch, DependencyRequirement requirement) => patch.Scope is OverrideScope.Binding
        || string.Equals(OverrideKey.NormalName(patch.RequirementName ?? string.Empty), OverrideKey.NormalName(requirement.Name), StringComparison.Ordinal);

    private static DependencyRequirement Apply(DependencyRequirement requirement, OverrideFields fields) => requirement with
    {
        IndexUrl = fields.IndexUrl ?? requirement.IndexUrl,
        ExtraIndexUrls = fields.ExtraIndexUrls ?? requirement.ExtraIndexUrls,
        WheelSourcePath = fields.WheelSourcePath ?? requirement.WheelSourcePath,
        Source = fields.PackageSourceOverride ?? requirement.Source,
    };
}
