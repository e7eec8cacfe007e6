using System.Collections.Immutable;
using Slipway.Core.Contracts;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Core.Requirements;
using Slipway.Core.Text;
using Slipway.Core.Versions;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Requests;

namespace Slipway.Environments.Bindings;

/// <summary>What selected bindings ask of the pipeline: one request, one lock.</summary>
/// <param name="Request">The request.</param>
/// <param name="NotApplicable">The requirements that their markers exclude on the target, by reference.</param>
internal sealed record BindingOrder(EnvironmentRequest Request, ImmutableHashSet<DependencyRequirement> NotApplicable);

/// <summary>Turns effective bindings into a request, or says what keeps them from being one.</summary>
/// <param name="host">The machine that installs.</param>
/// <param name="service">Says on which interpreter a request would run.</param>
/// <param name="rules">Judges what the declaration itself names.</param>
/// <param name="question">The interpreter and the sources that hold where nothing declared says other ones.</param>
internal sealed class BindingRequests(BuildHost host, DependencyService service, OverrideRules rules, BindingQuestion question)
{
    /// <summary>Translates.</summary>
    /// <param name="view">The requirements with their overrides.</param>
    /// <param name="selected">The selected bindings, effective, sorted.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The order, or why there is none; exactly one of them.</returns>
    public async Task<(BindingOrder? Order, Verdict? Verdict)> TranslateAsync(DependencyView view, ImmutableArray<DependencyBinding> selected, CancellationToken cancellationToken)
    {
        if (Declared(view.Effective, selected) is { } refused)
        {
            return (null, refused);
        }

        if (await JudgeAsync(selected, cancellationToken).ConfigureAwait(false) is { } wrong)
        {
            return (null, wrong);
        }

        if (!Frame(view, selected).TryGet(out var frame, out var failure))
        {
            return (null, FailureVerdicts.Of(failure, selected, isInstalling: false));
        }

        var looked = await NotApplicableAsync(frame, selected, cancellationToken).ConfigureAwait(false);
        if (!looked.TryGet(out var excluded, out failure))
        {
            return (null, FailureVerdicts.Of(failure, selected, isInstalling: false));
        }

        var bindings = selected.Select(binding => binding with { Requirements = [.. binding.Requirements.Where(requirement => !excluded.Contains(requirement))] }).ToImmutableArray();
        if (WrongPlatform(bindings) is { } verdict || (verdict = BindingClashes.Find(bindings)) is not null)
        {
            return (null, verdict);
        }

        return Complete(frame, selected, excluded).TryGet(out var request, out failure)
            ? (new BindingOrder(request, excluded), null)
            : (null, FailureVerdicts.Of(failure, selected, isInstalling: false));
    }

    // What can be said from the documents alone.
    private Verdict? Declared(DependencyRequirements requirements, ImmutableArray<DependencyBinding> selected)
    {
        if (Unsound(requirements.ValidationState, requirements.ValidationErrors, "The requirements are") is { } refused)
        {
            return refused;
        }

        if (selected.IsEmpty)
        {
            return new Verdict(DependencyCodes.NoBindings, requirements.Bindings.IsEmpty ? "The requirements have no bindings." : "No binding is selected.");
        }

        foreach (var binding in selected)
        {
            if (Unsound(binding.ValidationState, binding.ValidationErrors, $"Binding {binding.BindingId} is") is { } unsound)
            {
                return unsound with { Bindings = [binding.BindingId] };
            }

            if (Foreign(binding.PlatformSelector ?? requirements.PlatformKey, $"Binding {binding.BindingId}", binding) is { } foreign || (foreign = OtherKind(binding)) is not null)
            {
                return foreign;
            }
        }

        return null;
    }

    private static Verdict? Unsound(DependencyValidationState? state, ImmutableArray<DependencyValidationError> errors, string who)
    {
        var code = state switch
        {
            null or DependencyValidationState.Resolved => null,
            DependencyValidationState.UnknownProfile => DependencyCodes.UnknownProfile,
            DependencyValidationState.InvalidProfile => DependencyCodes.InvalidProfile,
            _ => DependencyCodes.ProfileConflict,
        };
        return code is null ? null : new Verdict(code, $"{who} not usable, says who asks: {(errors.IsEmpty ? code.Meaning : string.Join("; ", errors.Select(static error => $"{error.Message.TrimEnd('.')} ({error.Code})")))}.");
    }

    private static Verdict? OtherKind(DependencyBinding binding)
    {
        var kind = BackendTable.KindOf(binding.EnvironmentKind, binding.BackendKey);
        var other = binding.Requirements.FirstOrDefault(static requirement => !string.Equals(requirement.Kind, ContractCheck.PythonPackage, StringComparison.Ordinal));
        var message = BackendTable.ProvisionerOf(kind) is null ? $"Binding {binding.BindingId} wants an environment of the kind {Shown.Quote(kind)}; {BackendTable.Venv} and {BackendTable.Standing} are known."
            : other is not null ? $"Requirement {other.Name} of binding {binding.BindingId} is of the kind {Shown.Quote(other.Kind)}; only {ContractCheck.PythonPackage} is installed."
            : null;
        return message is null ? null : Unsupported(DependencyCodes.UnsupportedKind, message, binding, other);
    }

    private Verdict? Foreign(string? platform, string who, DependencyBinding binding, DependencyRequirement? requirement = null) =>
        string.IsNullOrWhiteSpace(platform) || PlatformNames.Matches(platform, host.Facts.PlatformKey) ? null
            : Unsupported(DependencyCodes.WrongPlatform, $"{who} is for {platform}, and {host.Machine.Name} is {host.Facts.PlatformKey}.", binding, requirement);

    private static Verdict Unsupported(DependencyCode code, string message, DependencyBinding binding, DependencyRequirement? requirement) => new(code, message)
    {
        Failure = new Failure(EnvironmentFailures.BindingUnsupported, message),
        Bindings = [binding.BindingId],
        Requirement = requirement is null ? null : OverrideKey.NormalName(requirement.Name),
    };

    private Verdict? WrongPlatform(ImmutableArray<DependencyBinding> bindings) => (
        from binding in bindings
        from requirement in binding.Requirements
        where !requirement.PlatformConstraints.IsEmpty && !requirement.PlatformConstraints.Any(constraint => PlatformNames.Matches(constraint, host.Facts.PlatformKey))
        select Foreign(string.Join(", ", requirement.PlatformConstraints), $"Requirement {requirement.Name} of binding {binding.BindingId}", binding, requirement)
            ?? Unsupported(DependencyCodes.WrongPlatform, $"Requirement {requirement.Name} of binding {binding.BindingId} is for another platform.", binding, requirement)).FirstOrDefault();

    // The declaration comes from elsewhere, and overrides may have been given long ago: what they name is judged each time.
    private async Task<Verdict?> JudgeAsync(ImmutableArray<DependencyBinding> selected, CancellationToken cancellationToken)
    {
        foreach (var binding in selected)
        {
            if (binding.PythonExecutableOverride is { } python && await rules.PythonAsync(python, cancellationToken).ConfigureAwait(false) is { } wrong)
            {
                return Refused(DependencyCodes.NoPython, binding, requirement: null, OverrideField.Python, wrong);
            }

            foreach (var requirement in binding.Requirements)
            {
                if (await JudgeAsync(binding, requirement, cancellationToken).ConfigureAwait(false) is { } refused)
                {
                    return refused;
                }
            }
        }

        return null;
    }

    private async Task<Verdict?> JudgeAsync(DependencyBinding binding, DependencyRequirement requirement, CancellationToken cancellationToken)
    {
        if (requirement.WheelSourcePath is { } path && await rules.PathAsync(path, cancellationToken).ConfigureAwait(false) is { } wrong)
        {
            return Refused(DependencyCodes.InputRefused, binding, requirement, OverrideField.WheelSourcePath, wrong);
        }

        if (requirement.IndexUrl is { } index && await rules.IndexAsync(index, cancellationToken).ConfigureAwait(false) is { } wrongIndex)
        {
            return Refused(DependencyCodes.InputRefused, binding, requirement, OverrideField.IndexUrl, wrongIndex);
        }

        foreach (var extra in requirement.ExtraIndexUrls)
        {
            if (await rules.IndexAsync(extra, cancellationToken).ConfigureAwait(false) is { } wrongExtra)
            {
                return Refused(DependencyCodes.InputRefused, binding, requirement, OverrideField.ExtraIndexUrls, wrongExtra);
            }
        }

        // A repository is declared, never overridden; its own rules are those of requirements.
        return requirement.Source is { } source && !source.StartsWith("git+", StringComparison.OrdinalIgnoreCase) && await rules.SourceAsync(source, cancellationToken).ConfigureAwait(false) is { } wrongSource
            ? Refused(DependencyCodes.InputRefused, binding, requirement, OverrideField.PackageSource, wrongSource)
            : null;
    }

    private static Verdict Refused(DependencyCode code, DependencyBinding binding, DependencyRequirement? requirement, OverrideField field, string wrong)
    {
        var message = $"The {field.Name} of {(requirement is null ? string.Empty : $"requirement {requirement.Name} of ")}binding {binding.BindingId} {wrong}.";
        return new Verdict(code, message)
        {
            Failure = new Failure(EnvironmentFailures.OverrideRefused, message),
            Bindings = [binding.BindingId],
            Requirement = requirement is null ? null : OverrideKey.NormalName(requirement.Name),
            Needed = [new NeededInput { BindingId = binding.BindingId, Requirement = requirement?.Name, Field = field.Name, Reason = message, Accepts = field.Accepts }],
        };
    }

    // All of the request but its packages and the ranges that markers decide about.
    private Result<EnvironmentRequest> Frame(DependencyView view, ImmutableArray<DependencyBinding> selected)
    {
        var kinds = selected.GroupBy(static binding => BackendTable.KindOf(binding.EnvironmentKind, binding.BackendKey), StringComparer.Ordinal).ToList();
        var pythons = selected.Where(static binding => binding.PythonExecutableOverride is not null).GroupBy(static binding => binding.PythonExecutableOverride!, StringComparer.Ordinal).ToList();
        if (kinds.Count > 1 || pythons.Count > 1)
        {
            var groups = kinds.Count > 1 ? kinds : pythons;
            return new Failure(EnvironmentFailures.BindingsConflict, $"Bindings {string.Join(" and ", groups.Select(static group => $"{group.First().BindingId} ({group.Key})"))} want different {(kinds.Count > 1 ? "kinds of environment" : "interpreters")}, and share one environment.");
        }

        var kind = BackendTable.ProvisionerOf(kinds[0].Key)!;
        var sources = kind is "system" ? PackageSources.Default : BindingSources.Of(view, selected, question.Sources, host.Machine.Name);
        return sources.Then(known => pythons.Count == 0
            ? new EnvironmentRequest { Provisioner = kind, Sources = known, Python = question.Python }
            : InterpreterRequest.Parse(pythons[0].Key, "/", $"python_executable of binding {pythons[0].First().BindingId}").Map(named => new EnvironmentRequest { Provisioner = kind, Sources = known, Python = named }));
    }

    private async Task<Result<ImmutableHashSet<DependencyRequirement>>> NotApplicableAsync(
        EnvironmentRequest frame, ImmutableArray<DependencyBinding> selected, CancellationToken cancellationToken)
    {
        var none = ImmutableHashSet.Create<DependencyRequirement>(ReferenceEqualityComparer.Instance);
        var all = selected.SelectMany(static binding => binding.Requirements).ToList();
        var marked = all.Where(static requirement => ContractCheck.MarkerText(requirement.Markers) is not null).ToList();
        if (marked.Count == 0)
        {
            return none;
        }

        var ranged = WithPython(frame, selected, requirement => !marked.Contains(requirement));
        var found = await service.PythonOfAsync(ranged, cancellationToken).ConfigureAwait(false);
        return found.Map(python => none.Union(marked.Where(requirement => !Marker.Parse(ContractCheck.MarkerText(requirement.Markers)!).Value.Evaluate(python.Interpreter.Markers))));
    }

    private static EnvironmentRequest WithPython(EnvironmentRequest frame, ImmutableArray<DependencyBinding> selected, Func<DependencyRequirement, bool> counts)
    {
        ImmutableArray<PythonDeclaration> declared =
        [
            .. from binding in selected
               from requirement in binding.Requirements
               where counts(requirement) && !string.IsNullOrWhiteSpace(requirement.PythonRequires)
               select new PythonDeclaration(VersionSpecifierSet.Parse(requirement.PythonRequires!).Value, new FailureLocation($"binding {binding.BindingId}, requirement {requirement.Name}")),
        ];
        return frame with { PythonDeclarations = declared, RequiresPython = declared.Aggregate(VersionSpecifierSet.Any, static (range, one) => range.Intersect(one.Range)) };
    }

    private static Result<EnvironmentRequest> Complete(EnvironmentRequest frame, ImmutableArray<DependencyBinding> selected, ImmutableHashSet<DependencyRequirement> excluded)
    {
        var requirements = ImmutableArray.CreateBuilder<RequestedPackage>();
        var constraints = ImmutableArray.CreateBuilder<RequestedPackage>();
        foreach (var requirement in selected.SelectMany(static binding => binding.Requirements).Where(requirement => !excluded.Contains(requirement)))
        {
            var pin = ContractCheck.Pin(requirement.ExactPin).Value.ToString();
            if (!Requirement.Parse(Text(requirement, pin)).TryGet(out var parsed, out var failure))
            {
                return failure;
            }

            requirements.Add(new RequestedPackage(parsed, []));
            if (requirement.Source is not null && pin.Length > 0)
            {
                constraints.Add(new RequestedPackage(Requirement.Parse($"{parsed.Name}{pin}").Value, []));
            }
        }

        return WithPython(frame, selected, requirement => !excluded.Contains(requirement)) with { Requirements = requirements.ToImmutable(), Constraints = constraints.ToImmutable() };
    }

    private static string Text(DependencyRequirement requirement, string pin)
    {
        var marker = ContractCheck.MarkerText(requirement.Markers);
        if (requirement.Source is not { } source)
        {
            return $"{requirement.Name}{pin}{(marker is null ? string.Empty : $"; {marker}")}";
        }

        // A hash in the address holds for that file alone; pip would demand hashes of everything if it were an option.
        var hash = requirement.Hashes is [var only] && !source.Contains('#', StringComparison.Ordinal) && source.StartsWith("http", StringComparison.OrdinalIgnoreCase) ? $"#{only.ToLowerInvariant().Replace(':', '=')}" : string.Empty;
        return $"{requirement.Name} @ {source}{hash}{(marker is null ? string.Empty : $" ; {marker}")}";
    }
}
