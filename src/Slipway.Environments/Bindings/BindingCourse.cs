using System.Collections.Immutable;
using Slipway.Core.Contracts;
using Slipway.Core.Decisions;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Environments.Subjects;

namespace Slipway.Environments.Bindings;

/// <summary>One question on its way through the states, by the table of transitions.</summary>
internal sealed class BindingCourse
{
    private readonly BuildHost _host;
    private readonly DependencyService _service;
    private readonly BindingRequests _requests;
    private readonly BindingQuestion _question;
    private readonly DependencyView _view;
    private readonly IDependencyActivity _activity;
    private readonly IBuildProgress _progress;
    private readonly TimeProvider _time;
    private readonly ImmutableArray<DependencyBinding> _selected;
    private readonly StatusWriter _status;
    private readonly Subject _subject;
    private DependencyState _state = DependencyState.Unresolved;
    private BindingOrder? _order;

    public BindingCourse(
        BuildHost host, DependencyService service, OverrideRules rules, BindingQuestion question, DependencyView view, IDependencyActivity activity, IBuildProgress progress, TimeProvider time)
    {
        (_host, _service, _requests, _question, _view, _activity, _progress, _time) = (host, service, new BindingRequests(host, service, rules, question), question, view, activity, progress, time);
        var ids = question.SelectedBindingIds.IsEmpty ? view.Effective.SelectedBindingIds : question.SelectedBindingIds;
        _selected =
        [
            .. view.Effective.Bindings
                .Where(binding => ids.IsEmpty || ids.Contains(binding.BindingId, StringComparer.Ordinal))
                .Select(binding => binding with { BackendKey = BackendTable.Canonical(binding.BackendKey ?? view.Effective.BackendKey) })
                .OrderBy(static binding => binding.BindingId, StringComparer.Ordinal),
        ];
        _status = new StatusWriter(_selected, time);
        _subject = new Subject($"dependencies:{view.Base.ModelId ?? OverrideKey.OwnerOf(view.Base, _selected.FirstOrDefault())}:{string.Join(',', _selected.Select(static binding => binding.BindingId))}");
    }

    /// <summary>Works out the exact set.</summary>
    public async Task<BindingAnswer> ResolveAsync(CancellationToken cancellationToken)
    {
        var (plan, stopped) = await PlanAsync(isOffline: false, cancellationToken).ConfigureAwait(false);
        return stopped ?? Known(plan!, environment: null);
    }

    /// <summary>Looks, and executes what is there.</summary>
    public async Task<BindingAnswer> CheckAsync(CancellationToken cancellationToken)
    {
        var (plan, stopped) = await PlanAsync(isOffline: true, cancellationToken).ConfigureAwait(false);
        if (stopped is not null || plan!.Decision.Kind is not DecisionKind.Hit)
        {
            return stopped ?? Known(plan!, environment: null);
        }

        var broken = await new PackageProof(_host).ExecuteAsync(plan.Reference.PythonExecutable!, plan.Lock!, cancellationToken).ConfigureAwait(false);
        await RememberAsync(plan, "executed", broken, cancellationToken).ConfigureAwait(false);
        return broken is null ? Known(plan, environment: null) : Stop(FailureVerdicts.Of(broken, _selected, isInstalling: false), plan);
    }

    /// <summary>Resolves and installs.</summary>
    public async Task<BindingAnswer> InstallAsync(CancellationToken cancellationToken)
    {
        var (plan, stopped) = await PlanAsync(isOffline: false, cancellationToken).ConfigureAwait(false);
        if (stopped is not null)
        {
            return stopped;
        }

        var isThere = plan!.Decision.Kind is DecisionKind.Hit;
        if (!isThere)
        {
            Enter(DependencyState.Missing, ActivityPhase.Check, plan.Decision.Sentence);
            Enter(DependencyState.Installing, ActivityPhase.Install, $"installing {plan.Lock!.Describe()}");
        }

        var made = await _service.EnsureAsync(_order!.Request, _subject, _question.Options with { Refresh = false }, Watch(ActivityPhase.Install), cancellationToken).ConfigureAwait(false);
        if (!made.TryGet(out var ready, out var failure))
        {
            return Stop(FailureVerdicts.Of(failure, _selected, isInstalling: true), plan);
        }

        // Its publication has executed it; an environment that was published is immutable.
        await RememberAsync(ready.Plan, ready.Built ? "published" : "reused", broken: null, cancellationToken).ConfigureAwait(false);
        return Known(ready.Plan, ready);
    }

    /// <summary>Takes it as it is, or installs where that needs no further word.</summary>
    public async Task<BindingAnswer> EnsureAsync(CancellationToken cancellationToken)
    {
        if (_question.Mode is DependencyMode.Auto)
        {
            return await InstallAsync(cancellationToken).ConfigureAwait(false);
        }

        var (plan, stopped) = await PlanAsync(isOffline: false, cancellationToken).ConfigureAwait(false);
        if (stopped is not null || plan!.Decision.Kind is not DecisionKind.Hit)
        {
            return stopped ?? Known(plan!, environment: null);
        }

        // A hit builds nothing.
        var again = await _service.EnsureAsync(_order!.Request, _subject, _question.Options with { Refresh = false }, Watch(ActivityPhase.Check), cancellationToken).ConfigureAwait(false);
        if (!again.TryGet(out var ready, out var failure))
        {
            return Stop(FailureVerdicts.Of(failure, _selected, isInstalling: false), plan);
        }

        await RememberAsync(ready.Plan, "reused", broken: null, cancellationToken).ConfigureAwait(false);
        return Known(ready.Plan, ready);
    }

    private async Task<(EnvironmentPlan? Plan, BindingAnswer? Stopped)> PlanAsync(bool isOffline, CancellationToken cancellationToken)
    {
        var (order, verdict) = await _requests.TranslateAsync(_view, _selected, cancellationToken).ConfigureAwait(false);
        if (verdict is { Code.State: DependencyState.Unresolved })
        {
            return (null, Stop(verdict, plan: null));
        }

        Enter(DependencyState.Checking, isOffline ? ActivityPhase.Check : ActivityPhase.Resolve, $"{(isOffline ? "looking for" : "resolving")} {string.Join(", ", _selected.Select(static binding => binding.BindingId))}");
        if (order is null)
        {
            return (null, Stop(verdict!, plan: null));
        }

        (_order, _status.NotApplicable) = (order, order.NotApplicable);
        var found = isOffline
            ? await _service.PlanAsync(order.Request, _subject, _question.Options, cancellationToken).ConfigureAwait(false)
            : await _service.ResolveAsync(order.Request, _subject, _question.Options, Watch(ActivityPhase.Resolve), cancellationToken).ConfigureAwait(false);
        if (!found.TryGet(out var plan, out var failure))
        {
            return (null, Stop(FailureVerdicts.Of(failure, _selected, isInstalling: false), plan: null));
        }

        _status.Lock = plan.Lock;
        return plan.Lock is { } resolved && PackageProof.WrongFile(_selected, order.NotApplicable, resolved) is { } wrong
            ? (null, Stop(FailureVerdicts.Of(wrong, _selected, isInstalling: false), plan))
            : (plan, null);
    }

    private BindingAnswer Known(EnvironmentPlan plan, ReadyEnvironment? environment)
    {
        _status.Lock = plan.Lock ?? _status.Lock;
        var isReady = environment is not null || plan.Decision.Kind is DecisionKind.Hit;
        var state = isReady ? DependencyState.Ready : DependencyState.Missing;
        var message = environment is { Built: true } ? $"Installed: {plan.Lock!.Describe()}." : $"{char.ToUpperInvariant(plan.Decision.Sentence[0])}{plan.Decision.Sentence[1..]}.";
        if (_state != state)
        {
            Enter(state, _state is DependencyState.Installing ? ActivityPhase.Install : ActivityPhase.Check, message);
        }

        return new BindingAnswer(Reference(plan.Reference with { State = state }), _view, _status.Write(state, message)) { Environment = environment };
    }

    private BindingAnswer Stop(Verdict verdict, EnvironmentPlan? plan)
    {
        if (verdict.Code.State != _state)
        {
            // What shows only while installing leaves no other way than failing; the code still says what it was.
            var state = _state is DependencyState.Installing ? DependencyState.Failed : verdict.Code.State;
            verdict = verdict with { Code = verdict.Code with { State = state } };
            Enter(state, _state is DependencyState.Installing ? ActivityPhase.Install : ActivityPhase.Check, verdict.Text, verdict);
        }

        var reference = plan is null ? null : Reference(plan.Reference with { State = verdict.Code.State });
        return new BindingAnswer(reference, _view, _status.Write(verdict)) { Failure = verdict.Failure };
    }

    private EnvironmentRef Reference(EnvironmentRef known) => known with
    {
        EnvId = _selected.Select(static binding => binding.EnvId).FirstOrDefault(static id => id is not null),
        BackendKey = BackendTable.Canonical(_view.Effective.BackendKey) ?? _selected.Select(static binding => binding.BackendKey).FirstOrDefault(static key => key is not null),
        RequirementsFingerprint = _view.Fingerprint(_selected, _host.Facts.PlatformKey).Hex,
    };

    private void Enter(DependencyState state, ActivityPhase phase, string message, Verdict? verdict = null)
    {
        _state = DependencyTransitions.Require(_state, state);
        _activity.Report(new DependencyActivity(
            _time.GetUtcNow(), phase, message, verdict is { Bindings: [var only] } ? only : null, verdict?.Requirement, Stream: null, state));
    }

    private ActivityProgress Watch(ActivityPhase phase) => new(_activity, _progress, _time, phase);

    // History explains; a record that cannot be written stops nothing.
    private async Task RememberAsync(EnvironmentPlan plan, string how, Failure? broken, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var use = new SlotUse(
            _view.Fingerprint(_selected, _host.Facts.PlatformKey).Hex,
            [.. _selected.Select(static binding => binding.EnvId).OfType<string>().Distinct(StringComparer.Ordinal)],
            [.. _selected.Select(static binding => binding.BindingId)],
            _view.Base.ModelId,
            BackendTable.Canonical(_view.Base.BackendKey),
            [.. _view.Overrides.Where(patch => _selected.Any(binding => string.Equals(binding.BindingId, patch.BindingId, StringComparison.Ordinal))).Select(ContractJson.Write)],
            now,
            now);
        _ = await new SlotHistory(_host).AddAsync(SlotName.Parse(plan.Reference.Slot!).Value, use, new SlotValidation(now, how, broken is null, broken?.Message), cancellationToken).ConfigureAwait(false);
    }
}
