using System.Collections.Immutable;
using Slipway.Core.Contracts;
using Slipway.Core.Decisions;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Core.Locks;
using Slipway.Core.Toml;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Locks;
using Slipway.Environments.Provisioners;
using Slipway.Environments.Requests;
using Slipway.Environments.Sites;
using Slipway.Environments.Sources;
using Slipway.Environments.Subjects;
using Slipway.Store.Slots;

namespace Slipway.Environments;

/// <summary>
/// The one pipeline: request, lock, key, slot, environment reference. Every front end and every kind of workload goes
/// through it; nobody else resolves, installs, or decides that something is ready.
/// </summary>
/// <param name="host">Where.</param>
/// <param name="provisioners">With what.</param>
/// <param name="interpreters">On which interpreter.</param>
/// <param name="time">The clock.</param>
public sealed class DependencyService(BuildHost host, ProvisionerCatalogue provisioners, InterpreterFinder interpreters, TimeProvider time)
{
    private const int Rounds = 3;
    private readonly RequestMemos _memos = new(host);
    private readonly SubjectHistory _history = new(host);
    private readonly RequestDecider _decider = new(host, provisioners, interpreters);
    private readonly LockAudit _audit = new(host, provisioners, interpreters);

    /// <summary>The service of a host, with every provisioner and the host's own interpreters.</summary>
    /// <param name="host">The host.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public static DependencyService For(BuildHost host, TimeProvider? time = null) =>
        new(host, ProvisionerCatalogue.Default, new InterpreterFinder(host, InterpreterSearch.Of(host)), time ?? TimeProvider.System);

    /// <summary>
    /// Says what would happen, and changes nothing: no resolution, no download, no code of packages. What is not resolved
    /// yet stays unknown.
    /// </summary>
    public async Task<Result<EnvironmentPlan>> PlanAsync(
        EnvironmentRequest request, Subject subject, EnsureOptions options, CancellationToken cancellationToken) =>
        await LocalSources.WithContentsAsync(
            host, request, known => PlanKnownAsync(known, subject, options, cancellationToken), cancellationToken).ConfigureAwait(false);

    private async Task<Result<EnvironmentPlan>> PlanKnownAsync(
        EnvironmentRequest request, Subject? subject, EnsureOptions options, CancellationToken cancellationToken) =>
        (await LookAsync(request, subject, options, cancellationToken).ConfigureAwait(false)).Plan;

    /// <summary>What is known of a request before any work.</summary>
    /// <param name="Plan">What would happen.</param>
    /// <param name="Stricter">The memo that answered, where it is the one of the same request whose lock had to be followed; else null.</param>
    private sealed record Known(EnvironmentPlan Plan, RequestMemo? Stricter);

    private async Task<Known> LookAsync(EnvironmentRequest request, Subject? subject, EnsureOptions options, CancellationToken cancellationToken)
    {
        var fields = request.ToFields(host.Facts.PlatformKey);
        var memo = await _memos.ReadAsync(fields.Digest(), cancellationToken).ConfigureAwait(false);
        var stricter = memo is null ? await StricterMemoAsync(request, cancellationToken).ConfigureAwait(false) : null;
        var plan = await _decider.DecideAsync(request, fields, memo ?? stricter, options, cancellationToken).ConfigureAwait(false);
        return new Known(await WithHistoryAsync(plan, subject, cancellationToken).ConfigureAwait(false), stricter);
    }

    // What a lock that had to be followed resolved to also answers who would only like it to be followed.
    private async Task<RequestMemo?> StricterMemoAsync(EnvironmentRequest request, CancellationToken cancellationToken) => request.AsStrict is { } strict
        ? await _memos.ReadAsync(strict.ToFields(host.Facts.PlatformKey).Digest(), cancellationToken).ConfigureAwait(false)
        : null;

    /// <summary>Resolves the request if that is still to be done, builds nothing, and says what would happen.</summary>
    public async Task<Result<EnvironmentPlan>> ResolveAsync(
        EnvironmentRequest request, Subject subject, EnsureOptions options, IBuildProgress progress, CancellationToken cancellationToken)
    {
        var step = await LocalSources.WithContentsAsync(
            host, request, known => StepAsync(known, subject, options, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
        return step.Map(resolved => resolved.Plan);
    }

    /// <summary>Has the environment ready: takes it as it is, or resolves and builds what is missing.</summary>
    public async Task<Result<ReadyEnvironment>> EnsureAsync(
        EnvironmentRequest request, Subject subject, EnsureOptions options, IBuildProgress progress, CancellationToken cancellationToken) =>
        await LocalSources.WithContentsAsync(
            host, request, known => EnsureKnownAsync(known, subject, options, progress, cancellationToken), cancellationToken).ConfigureAwait(false);

    // Without a subject for what is only a part of something: it is nobody's last environment.
    private async Task<Result<ReadyEnvironment>> EnsureKnownAsync(
        EnvironmentRequest request, Subject? subject, EnsureOptions options, IBuildProgress progress, CancellationToken cancellationToken)
    {
        Decision? found = null;
        for (var round = 0; round < Rounds; round++)
        {
            var again = round == 0 ? options : options with { Refresh = false };
            var step = await StepAsync(request, subject, again, progress, cancellationToken).ConfigureAwait(false);
            if (!step.TryGet(out var resolved, out var failure))
            {
                return failure;
            }

            found ??= resolved.Found;
            if (resolved.Plan.Lock is null)
            {
                // The interpreter was replaced while the request was resolved with it.
                continue;
            }

            var built = await BuildIfMissingAsync(request, resolved.Plan, options, progress, cancellationToken).ConfigureAwait(false);
            if (!built.TryGet(out var isBuilt, out failure))
            {
                return failure;
            }

            var plan = resolved.Plan with { Decision = Shown(found, resolved.Plan) };
            if (await ReadyAsync(plan, isBuilt, cancellationToken).ConfigureAwait(false) is { } read)
            {
                if (!read.TryGet(out var ready, out failure))
                {
                    return failure;
                }

                // History explains; a record that cannot be written stops nothing.
                _ = subject is null ? Unit.Value : await RememberAsync(ready, subject, cancellationToken).ConfigureAwait(false);
                return ready;
            }
        }

        return new Failure(EnvironmentFailures.KeepsVanishing, $"The environment for {request.Describe()} vanished {Rounds} times before it could be used.");
    }

    /// <summary>Says on which interpreter a request runs, and whether a new search would choose another one. Resolves and changes nothing.</summary>
    /// <param name="request">The request, for a backend that needs an interpreter.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public async Task<Result<PythonInUse>> PythonOfAsync(EnvironmentRequest request, CancellationToken cancellationToken)
    {
        if (!provisioners.Find(request.Provisioner).TryGet(out var provisioner, out var failure))
        {
            return failure;
        }

        var found = await interpreters.FindAsync(request, asItStands: !provisioner.Installs, cancellationToken).ConfigureAwait(false);
        var fresh = found.Then(interpreter => SeenThrough.Refuse(request, provisioner, interpreter) is { } refused ? refused : (Result<Interpreter>)interpreter);
        var planned = await LocalSources.WithContentsAsync(
            host, request, known => PlanKnownAsync(known, subject: null, new EnsureOptions(), cancellationToken), cancellationToken).ConfigureAwait(false);
        if (!planned.TryGet(out var plan, out _) || plan.Interpreter is not { } kept || (fresh.TryGet(out var same, out _) && same.IsSameAs(kept)))
        {
            return fresh.Map(static interpreter => new PythonInUse(interpreter, null, null));
        }

        const string Remedy = "`slipway run --refresh` and `slipway sync --refresh` choose anew.";
        return fresh.TryGet(out var other, out failure)
            ? new PythonInUse(kept, other, $"What was resolved here keeps {kept}; a new search would choose {other}. {Remedy}")
            : new PythonInUse(kept, null, $"What was resolved here keeps {kept}, though a new search would find none: {failure.Message}");
    }

    /// <summary>Builds a published environment again from its recorded lock, if no workload uses it.</summary>
    /// <param name="environment">The environment, whose tree need not be intact.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Watches the build.</param>
    /// <param name="cancellationToken">Ends the build.</param>
    public async Task<Result<Unit>> RepairAsync(
        StoredEnvironment environment, EnsureOptions options, IBuildProgress progress, CancellationToken cancellationToken)
    {
        var recipe = await new RepairRecipe(host, provisioners, interpreters).ReadAsync(environment, cancellationToken).ConfigureAwait(false);
        if (!recipe.TryGet(out var order, out var failure))
        {
            return failure;
        }

        var built = await new EnvironmentBuilder(HostFor(options), time)
            .BuildAsync(order.Build, order.Provisioner, order.Tool, options, progress, cancellationToken)
            .ConfigureAwait(false);
        return built.Map(_ => Unit.Value);
    }

    /// <summary>Why the lock of a request would be refused where it must be followed; null when nothing speaks against it. Nothing is resolved, and no network is used.</summary>
    public async Task<Failure?> RefusalOfLockAsync(EnvironmentRequest request, Subject subject, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var strict = request.AsStrict ?? request;
        var judged = await LocalSources.WithContentsAsync(host, strict, async known =>
        {
            // What it resolved to before is what would be taken.
            var (plan, _) = await LookAsync(known, subject, new EnsureOptions(), cancellationToken).ConfigureAwait(false);
            var refusal = plan.Lock is null ? await _audit.RefusalAsync(known, cancellationToken).ConfigureAwait(false) : null;
            return refusal is null ? Unit.Value : (Result<Unit>)refusal;
        }, cancellationToken).ConfigureAwait(false);
        return judged.IsOk ? null : judged.Failure;
    }

    /// <summary>The platform that a lock was made for, in its own words, where it is not this one; none where it is, and where the lock does not say.</summary>
    /// <param name="request">What is declared beside it.</param>
    /// <param name="document">The lock.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public Task<Result<Maybe<string>>> ForeignPlatformAsync(EnvironmentRequest request, Pylock document, CancellationToken cancellationToken) =>
        _audit.ForeignPlatformAsync(request, document, cancellationToken);

    /// <summary>Looks afresh whether the packages outside the environment that it sees are still the ones that it was made for.</summary>
    public Task<Result<SiteCheck>> CheckSiteAsync(StoredEnvironment environment, CancellationToken cancellationToken) =>
        new SiteComparison(host, interpreters, new SiteProbe(host)).CompareAsync(environment, cancellationToken);

    /// <summary>What was found, and the plan after the request was resolved.</summary>
    private sealed record Resolved(Decision Found, EnvironmentPlan Plan);

    private async Task<Result<Resolved>> StepAsync(
        EnvironmentRequest request, Subject? subject, EnsureOptions options, IBuildProgress progress, CancellationToken cancellationToken)
    {
        var (plan, stricter) = await LookAsync(request, subject, options, cancellationToken).ConfigureAwait(false);
        if (plan.Lock is not null)
        {
            await AdoptAsync(plan, stricter, cancellationToken).ConfigureAwait(false);
            return new Resolved(plan.Decision, plan);
        }

        if (plan.Decision.Reason is DecisionReason.InterpreterGone or DecisionReason.InterpreterChanged or DecisionReason.SystemPackagesChanged or DecisionReason.ResolutionUnreadable)
        {
            await _memos.DropAsync(plan.RequestFields.Digest(), cancellationToken).ConfigureAwait(false);
        }

        var resolved = await MemoAsync(request, options, progress, cancellationToken).ConfigureAwait(false);
        if (!resolved.TryGet(out var memo, out var failure))
        {
            return failure;
        }

        var now = await _decider.DecideAsync(request, plan.RequestFields, memo, options with { Refresh = false }, cancellationToken).ConfigureAwait(false);
        return new Resolved(plan.Decision, await WithHistoryAsync(now, subject, cancellationToken).ConfigureAwait(false));
    }

    // Under its own name too, because a launch record watches the memo of the request that it was made from. Only a shortcut: a failure stops nothing.
    private async Task AdoptAsync(EnvironmentPlan plan, RequestMemo? stricter, CancellationToken cancellationToken)
    {
        if (stricter is { } memo)
        {
            _ = await _memos.WriteAsync(plan.RequestFields.Digest(), memo with { Request = SlotInput.From(plan.RequestFields.Fields) }, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<Result<bool>> BuildIfMissingAsync(
        EnvironmentRequest request, EnvironmentPlan plan, EnsureOptions options, IBuildProgress progress, CancellationToken cancellationToken) =>
        (plan.Decision.Kind, request.Editable) switch
        {
            (not DecisionKind.Hit, _) => await BuildAsync(request, plan, PublishMode.Reuse, options, progress, cancellationToken).ConfigureAwait(false),

            // What its build made of the project's sources, compiled modules and a computed version, only a build can make anew.
            (_, not null) when options.Refresh => await BuildAsync(request, plan, PublishMode.Replace, options, progress, cancellationToken).ConfigureAwait(false),
            _ => false,
        };

    // What is shown is the decision that was found, not the one that the work itself made true.
    private static Decision Shown(Decision found, EnvironmentPlan plan) =>
        found.Reason is DecisionReason.NotYetResolved && plan.Decision.Kind is DecisionKind.Hit
            ? plan.Decision with { Reason = DecisionReason.PublishedForAnotherRequest, Sentence = $"resolves to {plan.Decision.Sentence}" }
            : found;

    private async Task<EnvironmentPlan> WithHistoryAsync(EnvironmentPlan plan, Subject? subject, CancellationToken cancellationToken)
    {
        var before = subject is null ? null : await _history.ReadAsync(subject, cancellationToken).ConfigureAwait(false);
        return before is null
            ? plan
            : plan with { Decision = plan.Decision with { FirstDifference = SubjectHistory.FirstDifference(before, plan.RequestFields, plan.Key) } };
    }

    private async Task<Result<RequestMemo>> MemoAsync(
        EnvironmentRequest request, EnsureOptions options, IBuildProgress progress, CancellationToken cancellationToken) =>
        provisioners.Find(request.Provisioner).TryGet(out var provisioner, out var failure)
            ? await new RequestResolver(HostFor(options), interpreters, _memos, time, part => EnsureKnownAsync(part, subject: null, options, progress, cancellationToken))
                .ResolveAsync(request, provisioner, options, progress, cancellationToken)
                .ConfigureAwait(false)
            : failure;

    private async Task<Result<bool>> BuildAsync(
        EnvironmentRequest request, EnvironmentPlan plan, PublishMode mode, EnsureOptions options, IBuildProgress progress, CancellationToken cancellationToken)
    {
        if (plan is not { Lock: { } resolved, Key: { } key })
        {
            throw new InvalidOperationException("Only a resolved plan can be built.");
        }

        if (!provisioners.Find(request.Provisioner).TryGet(out var provisioner, out var failure))
        {
            return failure;
        }

        var prepared = await provisioner.PrepareAsync(host, plan.Interpreter, key.Provisioner, cancellationToken).ConfigureAwait(false);
        if (!prepared.TryGet(out var tool, out failure))
        {
            return failure;
        }

        if (!string.Equals(tool.Identity, key.Provisioner, StringComparison.Ordinal))
        {
            return await RekeyAsync(plan, tool, cancellationToken).ConfigureAwait(false);
        }

        var slot = SlotName.Of(key.ToKey(), Interpreter.HostFieldsOf(plan.Interpreter));
        var order = new EnvironmentBuilder.Order(slot, key, resolved, plan.Interpreter, request.Sources, plan.Warnings, mode);
        return await new EnvironmentBuilder(HostFor(options), time)
            .BuildAsync(order, provisioner, tool, options, progress, cancellationToken)
            .ConfigureAwait(false);
    }

    private BuildHost HostFor(EnsureOptions options) => host with { IsOffline = options.Offline };

    // The tool that resolved is gone from the store: the same lock is built with its successor, under another key.
    private async Task<Result<bool>> RekeyAsync(EnvironmentPlan plan, ProvisionerTool tool, CancellationToken cancellationToken)
    {
        var request = plan.RequestFields.Digest();
        if (await _memos.ReadAsync(request, cancellationToken).ConfigureAwait(false) is not { } memo)
        {
            return false;
        }

        var written = await _memos.WriteAsync(request, memo with { Provisioner = tool.Identity }, cancellationToken).ConfigureAwait(false);
        return written.Map(_ => false);
    }

    // Null when the environment went away between the decision and now.
    private async Task<Result<ReadyEnvironment>?> ReadyAsync(EnvironmentPlan plan, bool built, CancellationToken cancellationToken)
    {
        const long MaxMetaBytes = 64 * 1024 * 1024;
        var slot = SlotName.Parse(plan.Reference.Slot!).Value;
        var path = host.Layout.Meta(slot);
        var read = await host.Machine.ReadFileAsync(path, MaxMetaBytes, cancellationToken).ConfigureAwait(false);
        if (!read.TryGet(out var bytes, out var failure))
        {
            var status = await host.Machine.StatAsync(path, cancellationToken).ConfigureAwait(false);
            return status.TryGet(out var found, out _) && found.Exists ? failure : (Result<ReadyEnvironment>?)null;
        }

        if (!SlotMeta.Read(bytes, path).TryGet(out var meta, out failure))
        {
            return failure with { Hint = $"Remove it with `slipway store remove {slot}`; what needs it builds a new one." };
        }

        var root = host.Layout.Root(slot);
        var ready = plan with { Reference = plan.Reference with { State = DependencyState.Ready } };
        return new ReadyEnvironment(ready, slot, root, Path.GetFullPath(meta.Executable, root), meta.Activation.ToChanges(), built);
    }

    private Task<Result<Unit>> RememberAsync(ReadyEnvironment ready, Subject subject, CancellationToken cancellationToken)
    {
        var record = new SubjectRecord(
            subject.Name,
            SlotInput.From(ready.Plan.RequestFields.Fields),
            SlotInput.From(ready.Plan.Key?.ToFields().Fields ?? []),
            ready.Slot.ToString(),
            ready.Plan.Decision.Sentence,
            time.GetUtcNow());
        return _history.WriteAsync(record, cancellationToken);
    }
}
