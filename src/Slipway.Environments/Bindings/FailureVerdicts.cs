using System.Collections.Immutable;
using Slipway.Core.Contracts;
using Slipway.Core.Failures;
using Slipway.Environments.Provisioners.Pip;

namespace Slipway.Environments.Bindings;

/// <summary>Which state and code a failure of the pipeline means for bindings, and what would answer it. One table.</summary>
internal static class FailureVerdicts
{
    private static readonly ImmutableDictionary<FailureCode, DependencyCode> Codes = new Dictionary<FailureCode, DependencyCode>
    {
        [EnvironmentFailures.NoInterpreter] = DependencyCodes.NoPython,
        [EnvironmentFailures.UnusableInterpreter] = DependencyCodes.NoPython,
        [EnvironmentFailures.InterpreterOutOfRange] = DependencyCodes.NoPython,
        [EnvironmentFailures.MalformedInterpreterRequest] = DependencyCodes.NoPython,
        [EnvironmentFailures.NotInstalled] = DependencyCodes.NoPython,
        [EnvironmentFailures.Unsatisfiable] = DependencyCodes.PackageUnavailable,
        [EnvironmentFailures.Conflict] = DependencyCodes.Conflict,
        [EnvironmentFailures.BindingsConflict] = DependencyCodes.Conflict,
        [EnvironmentFailures.HashMismatch] = DependencyCodes.HashMismatch,
        [EnvironmentFailures.WrongPlatform] = DependencyCodes.WrongPlatform,
        [EnvironmentFailures.IndexUnauthorized] = DependencyCodes.SourceUnavailable,
        [EnvironmentFailures.IndexUnavailable] = DependencyCodes.SourceUnavailable,
        [EnvironmentFailures.RepositoryUnavailable] = DependencyCodes.SourceUnavailable,
        [EnvironmentFailures.Offline] = DependencyCodes.SourceUnavailable,
    }.ToImmutableDictionary();

    /// <summary>What a failure means.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="selected">The bindings that were asked for.</param>
    /// <param name="isInstalling">Whether it came while installing.</param>
    public static Verdict Of(Failure failure, ImmutableArray<DependencyBinding> selected, bool isInstalling)
    {
        // Another Python has a version that would do, whatever the sources have.
        var code = failure.Hint == PipDiagnosis.PythonHint ? DependencyCodes.NoPython
            : Codes.GetValueOrDefault(failure.Code) ?? (isInstalling ? DependencyCodes.InstallFailed : DependencyCodes.CheckFailed);
        var verdict = new Verdict(code, failure.Message) { Failure = failure };
        return code == DependencyCodes.NoPython ? NoPython(verdict, selected)
            : code == DependencyCodes.PackageUnavailable ? Unavailable(verdict, failure.Package, selected)
            : code == DependencyCodes.Conflict && failure.Code == EnvironmentFailures.Conflict ? Conflict(verdict, selected)
            : verdict;
    }

    /// <summary>No interpreter will do.</summary>
    private static Verdict NoPython(Verdict verdict, ImmutableArray<DependencyBinding> selected)
    {
        var demanding = selected.Where(static binding => binding.PythonExecutableOverride is not null || binding.Requirements.Any(static requirement => !string.IsNullOrWhiteSpace(requirement.PythonRequires))).ToList();
        var concerned = demanding.Count > 0 ? demanding : [.. selected];
        return verdict with
        {
            Bindings = [.. concerned.Select(static binding => binding.BindingId)],
            Needed = [.. concerned.Select(binding => new NeededInput
            {
                BindingId = binding.BindingId,
                Field = OverrideField.Python.Name,
                Reason = verdict.Message,
                Accepts = Ranges(binding) is { Length: > 0 } ranges ? $"{OverrideField.Python.Accepts}; its version must be in {ranges}" : OverrideField.Python.Accepts,
            })],
        };
    }

    private static string Ranges(DependencyBinding binding) => string.Join(
        " and ", binding.Requirements.Select(static requirement => requirement.PythonRequires).Where(static range => !string.IsNullOrWhiteSpace(range)).Distinct(StringComparer.Ordinal));

    private static Verdict Unavailable(Verdict verdict, string? package, ImmutableArray<DependencyBinding> selected)
    {
        var asking = package is null ? [] : selected.Where(binding => binding.Requirements.Any(requirement => Is(requirement, package))).ToList();
        var isAsked = asking.Count > 0;

        // What only another package needs is found where that one's whole binding looks.
        var fields = isAsked ? OverrideField.Sources : OverrideField.Sources.Remove(OverrideField.PackageSource);
        return verdict with
        {
            Bindings = [.. (isAsked ? asking : [.. selected]).Select(static binding => binding.BindingId)],
            Requirement = isAsked ? package : null,
            Needed =
            [
                .. from binding in isAsked ? asking : [.. selected]
                   from field in fields
                   select new NeededInput
                   {
                       BindingId = binding.BindingId,
                       Requirement = isAsked ? binding.Requirements.First(requirement => Is(requirement, package!)).Name : null,
                       Field = field.Name,
                       Reason = verdict.Message,
                       Accepts = field.Accepts,
                   },
            ],
        };
    }

    private static bool Is(DependencyRequirement requirement, string package) => string.Equals(OverrideKey.NormalName(requirement.Name), package, StringComparison.Ordinal);

    // The installer names packages; people select bindings.
    private static Verdict Conflict(Verdict verdict, ImmutableArray<DependencyBinding> selected)
    {
        var named = selected.Where(binding => binding.Requirements.Any(requirement =>
            verdict.Failure!.Message.Contains(OverrideKey.NormalName(requirement.Name), StringComparison.OrdinalIgnoreCase))).ToList();
        ImmutableArray<string> ids = [.. (named.Count > 0 ? named : [.. selected]).Select(static binding => binding.BindingId)];
        return verdict with
        {
            Bindings = ids,
            Message = $"{(ids.Length == 1 ? "Binding" : "Bindings")} {string.Join(" and ", ids)} cannot be installed together: {verdict.Message}",
        };
    }
}
