using System.Collections.Immutable;
using Slipway.Core.Contracts;
using Slipway.Core.Failures;
using Slipway.Environments.Interpreters;

namespace Slipway.Environments.Bindings;

/// <summary>
/// Dependency environments as a service: what models and workflow nodes declare becomes an environment by the one pipeline, with the user's
/// overrides, and what stands in the way becomes a status that says who could answer it and how. It resolves and installs nothing itself.
/// </summary>
/// <param name="host">The machine that installs.</param>
/// <param name="service">The pipeline of that machine.</param>
/// <param name="interpreters">The interpreters of that machine.</param>
/// <param name="overrides">The user's overrides, on this machine.</param>
/// <param name="roots">Directories in which files that are named may lie, beside home and store of the machine that installs.</param>
/// <param name="time">The clock.</param>
public sealed class BindingEnvironments(
    BuildHost host, DependencyService service, InterpreterFinder interpreters, OverrideStore overrides, ImmutableArray<string> roots, TimeProvider time)
{
    /// <summary>The service of a machine, this one or a host.</summary>
    /// <param name="host">The machine that installs.</param>
    /// <param name="overrides">The user's overrides, on this machine.</param>
    /// <param name="roots">Directories in which files that are named may lie, beside home and store of the machine that installs.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public static BindingEnvironments For(BuildHost host, OverrideStore overrides, ImmutableArray<string> roots, TimeProvider? time = null) => new(
        host, DependencyService.For(host, time), new InterpreterFinder(host, InterpreterSearch.Of(host)), overrides, roots, time ?? TimeProvider.System);

    /// <summary>What overrides may name on that machine.</summary>
    public OverrideRules Rules => new(host, interpreters, roots);

    /// <summary>The exact set is worked out and remembered; nothing is installed.</summary>
    /// <returns>The answer; a failure only for what is malformed.</returns>
    public Task<Result<BindingAnswer>> ResolveAsync(BindingQuestion question, IDependencyActivity activity, IBuildProgress progress, CancellationToken cancellationToken) =>
        AnswerAsync(question, activity, progress, static (course, token) => course.ResolveAsync(token), cancellationToken);

    /// <summary>Looks without a network and without installing. An environment that is there is executed, to prove that it has its packages.</summary>
    /// <inheritdoc cref="ResolveAsync" path="/returns"/>
    public Task<Result<BindingAnswer>> CheckAsync(BindingQuestion question, IDependencyActivity activity, IBuildProgress progress, CancellationToken cancellationToken) =>
        AnswerAsync(question, activity, progress, static (course, token) => course.CheckAsync(token), cancellationToken);

    /// <summary>Resolves, and installs what is missing, in either mode.</summary>
    /// <inheritdoc cref="ResolveAsync" path="/returns"/>
    public Task<Result<BindingAnswer>> InstallAsync(BindingQuestion question, IDependencyActivity activity, IBuildProgress progress, CancellationToken cancellationToken) =>
        AnswerAsync(question, activity, progress, static (course, token) => course.InstallAsync(token), cancellationToken);

    /// <summary>Has the environment ready: takes it as it is, else resolves and, in the mode <see cref="DependencyMode.Auto"/>, installs.</summary>
    /// <inheritdoc cref="ResolveAsync" path="/returns"/>
    public Task<Result<BindingAnswer>> EnsureAsync(BindingQuestion question, IDependencyActivity activity, IBuildProgress progress, CancellationToken cancellationToken) =>
        AnswerAsync(question, activity, progress, static (course, token) => course.EnsureAsync(token), cancellationToken);

    /// <summary>Stores an override, after everything that it names was judged on the machine that installs.</summary>
    /// <param name="requirements">What it is about.</param>
    /// <param name="patch">The patch.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The record; <see cref="EnvironmentFailures.OverrideRefused"/> with every problem and its JSON pointer.</returns>
    public async Task<Result<OverrideRecord>> SetAsync(DependencyRequirements requirements, DependencyOverridePatch patch, CancellationToken cancellationToken)
    {
        var keyed = Key(requirements, patch);
        if (!keyed.TryGet(out var key, out var failure))
        {
            return failure;
        }

        var problems = await Rules.CheckAsync(patch, cancellationToken).ConfigureAwait(false);
        if (ContractCheck.Refuse(problems, "override") is { } refused)
        {
            return refused with { Code = EnvironmentFailures.OverrideRefused, Hint = Accepted(problems) };
        }

        return await AppendAsync(new OverrideRecord(key, OverrideAction.Set, patch.Fields, patch.Source, time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes back all that was set for a binding, or for one of its requirements; the history keeps it.</summary>
    /// <param name="requirements">What it is about.</param>
    /// <param name="bindingId">The binding.</param>
    /// <param name="requirement">The requirement; null for what was set for the whole binding.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<Result<OverrideRecord>> ClearAsync(DependencyRequirements requirements, string bindingId, string? requirement, CancellationToken cancellationToken)
    {
        var scope = requirement is null ? OverrideScope.Binding : OverrideScope.Requirement;
        var keyed = Key(requirements, new DependencyOverridePatch { BindingId = bindingId, Scope = scope, RequirementName = requirement, Fields = new OverrideFields() });
        return keyed.TryGet(out var key, out var failure)
            ? await AppendAsync(new OverrideRecord(key, OverrideAction.Clear, new OverrideFields(), "user", time.GetUtcNow()), cancellationToken).ConfigureAwait(false)
            : failure;
    }

    /// <summary>The whole history of overrides for some requirements on this machine, the oldest first.</summary>
    public Result<ImmutableArray<OverrideRecord>> HistoryOf(DependencyRequirements requirements) =>
        overrides.History().Map(records => records.Where(record => OverrideStore.IsFor(record.Key, host.Machine.Name, requirements)).ToImmutableArray());

    /// <summary>Requirements as declared, the stored overrides, and what follows; nothing is looked up.</summary>
    public Result<DependencyView> ViewOf(DependencyRequirements requirements) =>
        overrides.InForce(host.Machine.Name, requirements).Map(patches => DependencyView.Of(requirements, patches));

    private async Task<Result<BindingAnswer>> AnswerAsync(
        BindingQuestion question, IDependencyActivity activity, IBuildProgress progress, Func<BindingCourse, CancellationToken, Task<BindingAnswer>> take, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (Malformed(question) is { } refused)
        {
            return refused;
        }

        if (!overrides.InForce(host.Machine.Name, question.Requirements).TryGet(out var stored, out var failure))
        {
            return failure;
        }

        var view = DependencyView.Of(question.Requirements, [.. stored, .. question.Overrides]);
        return await take(new BindingCourse(host, service, Rules, question, view, activity, progress, time), cancellationToken).ConfigureAwait(false);
    }

    // The same at this boundary, whether documents were read from text or made by a caller.
    private static Failure? Malformed(BindingQuestion question)
    {
        var known = question.Requirements.Bindings.Select(static binding => binding.BindingId).ToList();
        var problems = ContractCheck.Of(question.Requirements).Concat(ContractCheck.Unknown(question.SelectedBindingIds, known, "/selected_binding_ids")).ToList();
        return ContractCheck.Refuse(problems, "requirements")
            ?? question.Overrides.Select(patch => ContractCheck.Refuse([.. ContractCheck.Of(patch), .. Stray(question.Requirements, patch)], "override")).FirstOrDefault(static failure => failure is not null);
    }

    private static IEnumerable<ContractProblem> Stray(DependencyRequirements requirements, DependencyOverridePatch patch)
    {
        var ids = requirements.Bindings.Select(static binding => binding.BindingId).ToList();
        if (requirements.Bindings.FirstOrDefault(binding => string.Equals(binding.BindingId, patch.BindingId, StringComparison.Ordinal)) is not { } binding)
        {
            yield return new ContractProblem("/binding_id", $"is '{patch.BindingId}', and the bindings are {string.Join(", ", ids)}");
        }
        else if (patch.RequirementName is { } name && !binding.Requirements.Any(requirement => string.Equals(OverrideKey.NormalName(requirement.Name), OverrideKey.NormalName(name), StringComparison.Ordinal)))
        {
            yield return new ContractProblem("/requirement_name", $"is '{name}', and the requirements of {binding.BindingId} are {string.Join(", ", binding.Requirements.Select(static requirement => requirement.Name))}");
        }
    }

    private Result<OverrideKey> Key(DependencyRequirements requirements, DependencyOverridePatch patch) =>
        ContractCheck.Refuse([.. Stray(requirements, patch)], "override") is { } stray ? stray with { Code = EnvironmentFailures.OverrideRefused }
        : OverrideKey.Of(host.Machine.Name, requirements, patch.BindingId, patch.RequirementName) is { } key ? key
        : new Failure(EnvironmentFailures.OverrideWithoutOwner, $"Binding {patch.BindingId} has no env_id and the requirements have no model_id, so an override could not be found again.");

    private async Task<Result<OverrideRecord>> AppendAsync(OverrideRecord record, CancellationToken cancellationToken) =>
        (await overrides.AppendAsync(record, cancellationToken).ConfigureAwait(false)).Map(_ => record);

    private static string? Accepted(IReadOnlyList<ContractProblem> problems) =>
        OverrideField.All.FirstOrDefault(field => problems.Any(problem => problem.Pointer.StartsWith($"/fields/{field.Name}", StringComparison.Ordinal))) is { } field ? $"{field.Option} takes {field.Accepts}." : null;
}
