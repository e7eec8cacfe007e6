using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Core.Requirements;
using Slipway.Core.Text;
using Slipway.Core.Versions;

namespace Slipway.Core.Contracts;

/// <summary>What the values of a contract must mean, beyond their shape; every problem with its JSON pointer.</summary>
public static class ContractCheck
{
    /// <summary>The only kind of requirement that is installed.</summary>
    public const string PythonPackage = "python_package";

    private const int ShownProblems = 5;

    /// <summary>The range of versions that a pin allows.</summary>
    /// <param name="pin">A specifier, a bare version, or nothing.</param>
    public static Result<VersionSpecifierSet> Pin(string? pin) => string.IsNullOrWhiteSpace(pin) ? VersionSpecifierSet.Any
        : VersionSpecifierSet.Parse(PepVersion.Parse(pin.Trim()).IsOk ? $"=={pin.Trim()}" : pin);

    /// <summary>The marker of a requirement, without the semicolon that some writers leave before it; null for none.</summary>
    public static string? MarkerText(string? markers) => markers?.Trim().TrimStart(';').Trim() is { Length: > 0 } text ? text : null;

    /// <summary>What is wrong with requirements; empty when nothing is.</summary>
    public static IReadOnlyList<ContractProblem> Of(DependencyRequirements requirements)
    {
        ArgumentNullException.ThrowIfNull(requirements);
        var problems = new List<ContractProblem>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < requirements.Bindings.Length; index++)
        {
            var binding = requirements.Bindings[index];
            var at = ContractProblem.Join("/bindings", index);
            if (!ids.Add(binding.BindingId))
            {
                problems.Add(new ContractProblem($"{at}/binding_id", $"is {Shown.Quote(binding.BindingId)}, which an earlier binding has already"));
            }

            // What its own side says is unsound is refused as a whole when it is selected.
            if (binding.ValidationState is null or DependencyValidationState.Resolved)
            {
                problems.AddRange(OfRequirements(binding, at));
            }
        }

        problems.AddRange(Unknown(requirements.SelectedBindingIds, ids, "/selected_binding_ids"));
        return problems;
    }

    /// <summary>The selected ids that no binding has.</summary>
    /// <param name="selected">The selected ids.</param>
    /// <param name="known">The ids that there are.</param>
    /// <param name="pointer">Where the selection stands.</param>
    public static IEnumerable<ContractProblem> Unknown(IReadOnlyList<string> selected, IReadOnlyCollection<string> known, string pointer)
    {
        ArgumentNullException.ThrowIfNull(selected);
        for (var index = 0; index < selected.Count; index++)
        {
            if (!known.Contains(selected[index], StringComparer.Ordinal))
            {
                yield return new ContractProblem(
                    ContractProblem.Join(pointer, index), $"is {Shown.Quote(selected[index])}, and the bindings are {(known.Count == 0 ? "none" : string.Join(", ", known.Select(Shown.Quote)))}");
            }
        }
    }

    /// <summary>What is wrong with a patch; empty when nothing is.</summary>
    public static IReadOnlyList<ContractProblem> Of(DependencyOverridePatch patch)
    {
        ArgumentNullException.ThrowIfNull(patch);
        var problems = new List<ContractProblem>();
        if (patch.Fields.IsEmpty)
        {
            problems.Add(new ContractProblem("/fields", "must set at least one field"));
        }

        if (patch is { Scope: OverrideScope.Binding, RequirementName: not null })
        {
            problems.Add(new ContractProblem("/requirement_name", "must be absent: the scope is the whole binding"));
        }

        if (patch.Scope is OverrideScope.Requirement && !PackageName.Parse(patch.RequirementName ?? string.Empty).IsOk)
        {
            problems.Add(new ContractProblem("/requirement_name", patch.RequirementName is null ? "is missing: the scope is a requirement" : "is no name of a package"));
        }

        if (patch is { Scope: OverrideScope.Requirement, Fields.PythonExecutable: not null })
        {
            problems.Add(new ContractProblem("/fields/python_executable", "can only be set for a whole binding: its packages share one interpreter"));
        }

        return problems;
    }

    /// <summary>The failure that says all problems; null when there are none.</summary>
    /// <param name="problems">The problems.</param>
    /// <param name="source">The document's name.</param>
    public static Failure? Refuse(IReadOnlyList<ContractProblem> problems, string source)
    {
        ArgumentNullException.ThrowIfNull(problems);
        if (problems.Count == 0)
        {
            return null;
        }

        var more = problems.Count > ShownProblems ? $"; and {problems.Count - ShownProblems} more" : string.Empty;
        return new Failure(ContractJson.Malformed, $"{string.Join("; ", problems.Take(ShownProblems))}{more}.")
        {
            Location = new FailureLocation(source),
            Detail = problems.Count > ShownProblems ? string.Join('\n', problems) : null,
        };
    }

    private static IEnumerable<ContractProblem> OfRequirements(DependencyBinding binding, string at)
    {
        for (var index = 0; index < binding.Requirements.Length; index++)
        {
            var requirement = binding.Requirements[index];
            if (string.Equals(requirement.Kind, PythonPackage, StringComparison.Ordinal))
            {
                foreach (var problem in OfPackage(requirement, ContractProblem.Join($"{at}/requirements", index)))
                {
                    yield return problem;
                }
            }
        }
    }

    private static IEnumerable<ContractProblem> OfPackage(DependencyRequirement requirement, string at)
    {
        if (Requirement.Parse(requirement.Name).Then(static parsed => parsed is { Url: null, Marker: null, Specifiers.IsEmpty: true } ? parsed : (Result<Requirement>)CoreFailures.NameInvalid.Because(string.Empty)) is { IsOk: false })
        {
            yield return new ContractProblem($"{at}/name", $"is {Shown.Quote(requirement.Name)}, which is no name of a package");
        }

        if (Pin(requirement.ExactPin) is { IsOk: false })
        {
            yield return new ContractProblem($"{at}/exact_pin", $"is {Shown.Quote(requirement.ExactPin!)}, which is no PEP 440 specifier, as in ==1.2 or >=1.2,<2");
        }

        if (MarkerText(requirement.Markers) is { } marker && Marker.Parse(marker) is { IsOk: false } wrong)
        {
            yield return new ContractProblem($"{at}/markers", $"is no PEP 508 marker: {wrong.Failure.Message.TrimEnd('.')}");
        }

        if (!VersionSpecifierSet.Parse(requirement.PythonRequires ?? string.Empty).IsOk)
        {
            yield return new ContractProblem($"{at}/python_requires", $"is {Shown.Quote(requirement.PythonRequires!)}, which is no PEP 440 range, as in >=3.12,<3.13");
        }

        for (var index = 0; index < requirement.Hashes.Length; index++)
        {
            if (!IsHash(requirement.Hashes[index]))
            {
                yield return new ContractProblem(ContractProblem.Join($"{at}/hashes", index), "must be sha256: and 64 hexadecimal digits");
            }
        }
    }

    private static bool IsHash(string text) =>
        text.StartsWith("sha256:", StringComparison.Ordinal) && Sha256Digest.Parse(text["sha256:".Length..].ToLowerInvariant()).IsOk;
}
