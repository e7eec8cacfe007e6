using System.Collections.Immutable;
using Slipway.Core.Contracts;
using Slipway.Environments.Locks;

namespace Slipway.Environments.Bindings;

/// <summary>Writes the status of selected bindings from what is known of them.</summary>
/// <param name="selected">The selected bindings, effective.</param>
/// <param name="time">The clock.</param>
internal sealed class StatusWriter(ImmutableArray<DependencyBinding> selected, TimeProvider time)
{
    /// <summary>The requirements that their markers exclude.</summary>
    public ImmutableHashSet<DependencyRequirement> NotApplicable { get; set; } = [];

    /// <summary>The exact set, once it is known.</summary>
    public ResolvedLock? Lock { get; set; }

    /// <summary>A status without a problem.</summary>
    /// <param name="state"><see cref="DependencyState.Missing"/> or <see cref="DependencyState.Ready"/>.</param>
    /// <param name="message">One sentence for people.</param>
    public DependencyEnvironmentStatus Write(DependencyState state, string message)
    {
        var code = state is DependencyState.Missing ? DependencyCodes.Missing.Code : null;
        var one = state is DependencyState.Ready ? RequirementState.Installed : Lock is null ? RequirementState.Unresolved : RequirementState.Missing;
        return new DependencyEnvironmentStatus
        {
            State = state,
            Code = code,
            Message = message,
            Bindings = [.. selected.Select(binding => Binding(binding, state, code, null, requirement => Status(requirement, one, null)))],
            CheckedAt = time.GetUtcNow(),
        };
    }

    /// <summary>A status with what stands in the way.</summary>
    public DependencyEnvironmentStatus Write(Verdict verdict) => new()
    {
        State = verdict.Code.State,
        Code = verdict.Code.Code,
        FailureCode = verdict.Failure?.Code.Id,
        Message = verdict.Text,
        NeededInput = verdict.Needed,
        Bindings = [.. selected.Select(binding => verdict.Concerns(binding.BindingId)
            ? Binding(binding, verdict.Code.State, verdict.Code.Code, verdict.Message, requirement => Concerned(requirement, verdict))
            : Binding(binding, DependencyState.Unresolved, null, "Not looked at: another binding stands in the way, and all share one environment.", requirement => Status(requirement, RequirementState.Unresolved, null)))],
        CheckedAt = time.GetUtcNow(),
    };

    private RequirementStatus Concerned(DependencyRequirement requirement, Verdict verdict) =>
        verdict.Requirement is not null && !string.Equals(OverrideKey.NormalName(requirement.Name), verdict.Requirement, StringComparison.Ordinal)
            ? Status(requirement, RequirementState.Unresolved, null)
            : Status(requirement, verdict.Code.State switch
            {
                DependencyState.NeedsUserInput => verdict.Requirement is null ? RequirementState.Unresolved : RequirementState.NeedsUserInput,
                DependencyState.Failed => RequirementState.Failed,
                _ => RequirementState.Unresolved,
            }, verdict.Requirement is null ? null : verdict.Message);

    private static BindingStatus Binding(DependencyBinding binding, DependencyState state, string? code, string? message, Func<DependencyRequirement, RequirementStatus> write)
    {
        ImmutableArray<RequirementStatus> all = [.. binding.Requirements.Select(write)];
        return new BindingStatus
        {
            BindingId = binding.BindingId,
            EnvId = binding.EnvId,
            State = state,
            Code = code,
            Message = message,
            Requirements = all,
            InstalledRequirements = Names(all, RequirementState.Installed),
            FailedRequirements = Names(all, RequirementState.Failed),
            MissingRequirements = [.. all.Where(static one => one.State is RequirementState.Missing or RequirementState.Unresolved or RequirementState.NeedsUserInput).Select(static one => one.Name)],
        };
    }

    private static ImmutableArray<string> Names(ImmutableArray<RequirementStatus> all, RequirementState state) =>
        [.. all.Where(one => one.State == state).Select(static one => one.Name)];

    private RequirementStatus Status(DependencyRequirement requirement, RequirementState state, string? message) => new()
    {
        Name = requirement.Name,
        State = NotApplicable.Contains(requirement) ? RequirementState.NotApplicable : state,
        Version = NotApplicable.Contains(requirement) ? null : VersionOf(requirement),
        Message = NotApplicable.Contains(requirement) ? $"Not for this target: {ContractCheck.MarkerText(requirement.Markers)}" : message,
    };

    private string? VersionOf(DependencyRequirement requirement)
    {
        var name = OverrideKey.NormalName(requirement.Name);
        return Lock?.Files.FirstOrDefault(file => string.Equals(file.Name.Normalized, name, StringComparison.Ordinal))?.Version.ToString()
            ?? Lock?.Installed.FirstOrDefault(package => string.Equals(package.Name.Normalized, name, StringComparison.Ordinal))?.Version;
    }
}
