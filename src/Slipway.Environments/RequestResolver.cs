using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Locks;
using Slipway.Environments.Provisioners;
using Slipway.Environments.Provisioners.Micromamba;
using Slipway.Environments.Provisioners.Pip;
using Slipway.Environments.Requests;
using Slipway.Environments.Sites;
using Slipway.Machines.Programs;
using Slipway.Store.Slots;

namespace Slipway.Environments;

/// <summary>
/// Resolves a request once for all who ask at the same time: the report is published under a lock as a tree is, and
/// whoever reads it first turns it into the memo.
/// </summary>
/// <param name="host">Where.</param>
/// <param name="interpreters">On which interpreter.</param>
/// <param name="memos">Remembers.</param>
/// <param name="time">The clock.</param>
/// <param name="ensure">Has an environment ready that another one's resolution stands on.</param>
internal sealed class RequestResolver(
    BuildHost host, InterpreterFinder interpreters, RequestMemos memos, TimeProvider time, Func<EnvironmentRequest, Task<Result<ReadyEnvironment>>> ensure)
{
    private const long MaxReportBytes = 256L * 1024 * 1024;
    private const int Rounds = 3;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Resolves, and remembers the result.</summary>
    public async Task<Result<RequestMemo>> ResolveAsync(
        EnvironmentRequest request, IProvisioner provisioner, EnsureOptions options, IBuildProgress progress, CancellationToken cancellationToken)
    {
        return provisioner.NeedsInterpreter
            ? await ResolveForInterpreterAsync(request, provisioner, options, progress, cancellationToken).ConfigureAwait(false)
            : await ResolveAloneAsync(request, provisioner, options, progress, cancellationToken).ConfigureAwait(false);
    }

    // The packages bring their own interpreter: nothing of the host's counts.
    private async Task<Result<RequestMemo>> ResolveAloneAsync(
        EnvironmentRequest request, IProvisioner provisioner, EnsureOptions options, IBuildProgress progress, CancellationToken cancellationToken)
    {
        if (request.SeesSite)
        {
            return new Failure(EnvironmentFailures.UnsupportedRequest, $"The backend {provisioner.Kind} brings its own Python, so there are no packages of the system that its environment could see.");
        }

        if (CondaGround.IsAskedFor(request, host.Facts.PlatformKey))
        {
            return await ResolveOnCondaAsync(request, options, progress, cancellationToken).ConfigureAwait(false);
        }

        var prepared = await provisioner.PrepareAsync(host, interpreter: null, wanted: null, cancellationToken).ConfigureAwait(false);
        if (!prepared.TryGet(out var tool, out var failure) || !provisioner.Settled(host, request).TryGet(out var maybe, out failure))
        {
            return failure;
        }

        var order = new Order(request, request, request, provisioner, Interpreter: null, tool, Site: null, []);
        return maybe.TryGet(out var settled) ? await RememberAsync(order, settled, cancellationToken).ConfigureAwait(false)
            : MustAsk(order, options) is { } offline ? offline
            : request.Conda is { Preferences.IsEmpty: false } conda ? await PreferringAsync(order, conda, options, progress, cancellationToken).ConfigureAwait(false)
            : await ResolveOnceAsync(order, options, progress, cancellationToken).ConfigureAwait(false);
    }

    // Each attempt is an answer to the same request, so that of an earlier one must not be taken for it.
    private Task<Result<RequestMemo>> PreferringAsync(Order order, CondaRequest conda, EnsureOptions options, IBuildProgress progress, CancellationToken cancellationToken) =>
        new PreferenceSearch(kept => ResolveOnceAsync(
            order with { Request = order.Request with { Conda = conda with { Preferences = kept } } }, options with { Refresh = true }, progress, cancellationToken))
            .FindAsync(PreferenceSearch.LikedBy(conda));

    // Conda's part becomes an environment of its own; pip resolves the rest with that one's Python, against what is there.
    private async Task<Result<RequestMemo>> ResolveOnCondaAsync(
        EnvironmentRequest request, EnsureOptions options, IBuildProgress progress, CancellationToken cancellationToken)
    {
        var made = await ensure(CondaGround.OfConda(request)).ConfigureAwait(false);
        if (!made.TryGet(out var ready, out var failure))
        {
            return failure;
        }

        var ground = new CondaGround(ready.Plan.Lock!.Conda!, ready.Plan.Key!.Provisioner, ready.Root);
        var open = ground.OfPip(request, host.Facts.PlatformKey);
        if (ground.Refuse(open) is { } refused)
        {
            return refused;
        }

        var found = await interpreters.FindAsync(open, asItStands: true, cancellationToken).ConfigureAwait(false);
        if (!found.TryGet(out var python, out failure))
        {
            return failure;
        }

        var pip = await PipTool.PrepareAsync(host, await WithPipAsync(python, cancellationToken).ConfigureAwait(false), wanted: null, cancellationToken).ConfigureAwait(false);
        var seen = await new SiteProbe(host).ProbeAsync(python, fresh: true, cancellationToken).ConfigureAwait(false);
        if (!pip.TryGet(out var tool, out failure) || !seen.TryGet(out var site, out failure))
        {
            return failure;
        }

        var order = new Order(request, open, open, new PipProvisioner(), python, tool, site, []) { Ground = ground };
        return CondaGround.Replaced(open, site, python.Markers) is { } replaced
            ? replaced
            : await ResolveOnAsync(order, options, progress, cancellationToken).ConfigureAwait(false);
    }

    // Conda's Python need not come with a pip; any of the host's will do, because it is copied and run by that Python.
    private async Task<Interpreter> WithPipAsync(Interpreter python, CancellationToken cancellationToken)
    {
        if (python.UsablePip() is null)
        {
            await foreach (var other in interpreters.ListAsync(cancellationToken).ConfigureAwait(false))
            {
                if (other.UsablePip() is { } pip)
                {
                    return python with { InstalledPip = pip };
                }
            }
        }

        return python;
    }

    private async Task<Result<RequestMemo>> ResolveForInterpreterAsync(
        EnvironmentRequest request, IProvisioner provisioner, EnsureOptions options, IBuildProgress progress, CancellationToken cancellationToken)
    {
        var found = await interpreters.FindAsync(request, asItStands: !provisioner.Installs, cancellationToken).ConfigureAwait(false);
        if (!found.TryGet(out var interpreter, out var failure))
        {
            return failure;
        }

        var prepared = await provisioner.PrepareAsync(host, interpreter, wanted: null, cancellationToken).ConfigureAwait(false);
        if (!prepared.TryGet(out var tool, out failure))
        {
            return failure;
        }

        if (SeenThrough.Refuse(request, provisioner, interpreter) is { } refusal)
        {
            return refusal;
        }

        var seen = request.SeesSite
            ? await new SiteProbe(host).ProbeAsync(interpreter, fresh: true, cancellationToken).ConfigureAwait(false)
            : (Result<SiteFacts>?)null;
        if (seen is { IsOk: false } unseen)
        {
            return unseen.Failure;
        }

        return await ResolveOnAsync(new Order(request, request, request, provisioner, interpreter, tool, seen?.Value, []), options, progress, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Result<RequestMemo>> ResolveOnAsync(Order open, EnsureOptions options, IBuildProgress progress, CancellationToken cancellationToken)
    {
        var interpreter = Interpreter.Demand(open.Interpreter);
        if (!LockImport.Apply(open.Open, interpreter, open.Provisioner.Installs ? open.Site : null).TryGet(out var imported, out var failure))
        {
            return failure;
        }

        var order = open with { Request = imported.Request, Warnings = imported.Warnings };
        Warn(imported, progress);
        if (order.Open.Requirements.IsEmpty && imported.Request.Pins.IsDefaultOrEmpty)
        {
            var nothing = new Resolution(ResolvedLock.For(order.Open, interpreter, [], []), []);
            return await RememberAsync(order, nothing, cancellationToken).ConfigureAwait(false);
        }

        if (MustAsk(order, options) is { } offline)
        {
            return offline;
        }

        var resolved = await ResolveOnceAsync(order, options, progress, cancellationToken).ConfigureAwait(false);
        return resolved.IsOk || LockImport.Misfit(order.Request, interpreter, resolved.Failure) is not { } misfit
            ? resolved
            : await LoosenedAsync(order, misfit, options, progress, cancellationToken).ConfigureAwait(false);
    }

    // Null when the network may be used, or is not needed.
    private static Failure? MustAsk(Order order, EnsureOptions options)
    {
        var request = order.Open;
        var isLocal = (request.Requirements.IsEmpty && request.Conda is not null) || (request.Sources.IsLocal && request.Requirements.All(package => package.Requirement.Url is null || package.IsLocal));
        return options.Offline && order.Provisioner.Installs && !(isLocal && request.Conda is null or { IsLocal: true })
            ? new Failure(EnvironmentFailures.Offline, $"{request.Describe()} has not been resolved on this host, and resolving needs an index.")
            : null;
    }

    private async Task<Result<RequestMemo>> LoosenedAsync(
        Order order, Failure misfit, EnsureOptions options, IBuildProgress progress, CancellationToken cancellationToken)
    {
        if (!LockImport.Loosen(order.Open, Interpreter.Demand(order.Interpreter), misfit).TryGet(out var loosened, out var failure))
        {
            return failure;
        }

        Warn(loosened, progress);
        return await ResolveOnceAsync(order with { Request = loosened.Request, Warnings = loosened.Warnings }, options, progress, cancellationToken).ConfigureAwait(false);
    }

    // Before the work and not only with its result: it may fail because of it.
    private static void Warn(LockImport.Outcome imported, IBuildProgress progress)
    {
        foreach (var warning in imported.Warnings)
        {
            progress.Warn(warning);
        }
    }

    /// <summary>Everything that is known before a resolution.</summary>
    /// <param name="Asked">The request as it came: its digest is what the answer is remembered by.</param>
    /// <param name="Open">What of it this resolution answers.</param>
    /// <param name="Request">The same as it is resolved, with what its lock says for the interpreter.</param>
    /// <param name="Provisioner">What resolves.</param>
    /// <param name="Interpreter">For which interpreter; null where the packages bring their own.</param>
    /// <param name="Tool">With which tool.</param>
    /// <param name="Site">The packages that the interpreter has; null when they are not seen.</param>
    /// <param name="Warnings">What is to be said of the lock.</param>
    private sealed record Order(
        EnvironmentRequest Asked, EnvironmentRequest Open, EnvironmentRequest Request, IProvisioner Provisioner, Interpreter? Interpreter, ProvisionerTool Tool, SiteFacts? Site, ImmutableArray<string> Warnings)
    {
        /// <summary>The conda environment that it is resolved against, whose packages the answer holds too; null for none.</summary>
        public CondaGround? Ground { get; init; }
    }

    private async Task<Result<RequestMemo>> ResolveOnceAsync(
        Order order, EnsureOptions options, IBuildProgress progress, CancellationToken cancellationToken)
    {
        var (asked, _, request, provisioner, interpreter, tool, site, _) = order;
        var digest = asked.ToFields(host.Facts.PlatformKey).Digest();
        for (var round = 0; round < Rounds; round++)
        {
            var published = ReportPath(digest, order, options);
            var work = $"{host.Layout.Cache}/resolving-{digest.Hex[..40]}";
            var planned = await provisioner.PlanResolutionAsync(host, tool, interpreter, request, site, work, cancellationToken).ConfigureAwait(false);
            if (!planned.TryGet(out var steps, out var failure))
            {
                return failure;
            }

            var program = Program(request, steps, digest, work, published, options);
            var output = new BuildOutput(progress, provisioner.Narrate);
            if (await ExecuteAsync(program, digest, work, output, cancellationToken).ConfigureAwait(false) is { } failed)
            {
                var named = WithSite(order, provisioner.Diagnose(host, failed, output.Text));
                return await BuildLog.KeepAsync(host, time, named, "resolve", output.Text, cancellationToken).ConfigureAwait(false);
            }

            var read = await host.Machine.ReadFileAsync(published, MaxReportBytes, cancellationToken).ConfigureAwait(false);
            if (read.TryGet(out var report, out _))
            {
                var resolution = provisioner.ReadResolution(host, report, interpreter, request, site);
                var remembered = resolution.TryGet(out var value, out failure) && (failure = Disproved(order, value.Lock)) is null
                    ? await RememberAsync(order, value, cancellationToken).ConfigureAwait(false)
                    : failure;
                _ = await RemoveAsync(published, cancellationToken).ConfigureAwait(false);
                return remembered;
            }

            // Someone who waited with us was faster: the report is a memo by now.
            if (await memos.ReadAsync(digest, cancellationToken).ConfigureAwait(false) is { } memo)
            {
                return memo;
            }
        }

        return new Failure(EnvironmentFailures.KeepsVanishing, $"The resolution of {request.Describe()} vanished {Rounds} times.");
    }

    // Null when nothing speaks against what was found.
    private static Failure? Disproved(Order order, ResolvedLock found) => order.Interpreter is null ? null
        : (order is { Ground: not null, Site: { } site } ? CondaGround.Replaced(found.Files, site) : null) ?? new LockProof(order.Request, order.Interpreter, found).Check();

    private static Failure WithSite(Order order, Failure failure) => order is { Ground: not null, Site: { } site } ? CondaGround.Explain(failure, site)
        : order.Site is null || failure.Code != EnvironmentFailures.Conflict
        ? failure
        : failure with
        {
            Hint = $"The system's packages are used as they stand, so {Interpreter.Demand(order.Interpreter).Executable} bounds the versions of what it has: "
                + "loosen the named requirement, name another interpreter, or leave out --system-site-packages.",
        };

    // Null when it went well.
    private async Task<Failure?> ExecuteAsync(
        MachineProgram program, Sha256Digest digest, string work, BuildOutput output, CancellationToken cancellationToken)
    {
        var isDone = false;
        try
        {
            var outcome = await host.Machine.ExecuteAsync(program, output, cancellationToken).ConfigureAwait(false);
            isDone = outcome.IsOk;
            return isDone ? null : outcome.Failure;
        }
        finally
        {
            if (!isDone)
            {
                await new Leftovers(host).ClearResolutionAsync(digest, work).ConfigureAwait(false);
            }
        }
    }

    private MachineProgram Program(
        EnvironmentRequest request, ResolutionSteps steps, Sha256Digest digest, string work, string published, EnsureOptions options)
    {
        // Who waited finds the memo of who was first. With --refresh the one that is there must not be taken for the answer.
        ImmutableArray<Step> before = options.Refresh ? [] : [new Step.StopIfExists(host.Layout.Request(digest))];
        var title = $"resolve {request.Describe()}";
        return new MachineProgram(
            title,
            [
                new Step.MakeDirectory(host.Layout.BuildLocks, OwnerOnly),
                new Step.MakeDirectory(host.Layout.States, OwnerOnly),
                new Step.WithBuildLock(
                    host.Layout.RequestLock(digest),
                    title,
                    options.LockWait,
                    $"{host.Layout.States}/request-{digest.Hex}.failure",
                    [
                        .. before,
                        new Step.StopIfExists(published),
                        new Step.RemoveTree(work),
                        new Step.MakeDirectory(work, OwnerOnly),
                        .. steps.Steps,
                        new Step.Move(steps.Report, published),
                        new Step.RemoveTree(work),
                    ]),
            ]);
    }

    // With --refresh nothing that is there already may be taken for the answer, so the name is new.
    private string ReportPath(Sha256Digest request, Order order, EnsureOptions options)
    {
        var name = new CanonicalFields(
            "slipway.resolution/1",
            [
                new("request", request.Hex),
                new("interpreter", order.Interpreter?.Executable ?? string.Empty),
                new("sys_version", order.Interpreter?.SysVersion ?? string.Empty),
                new("tool", order.Tool.Identity),
                new("site", order.Site?.Fingerprint().Hex ?? string.Empty),
                new("refresh", options.Refresh ? Guid.NewGuid().ToString("N") : string.Empty),
                // Who tries to follow the lock must not read what was found without it.
                new("lock_use", order.Request.Pins.IsDefault ? string.Empty : "followed"),
            ]);
        return $"{host.Layout.Cache}/resolution-{name.Digest().Hex[..40]}.json";
    }

    private async Task<Result<RequestMemo>> RememberAsync(Order order, Resolution resolution, CancellationToken cancellationToken)
    {
        // What stands on conda's packages brings its Python along: the environment that it was resolved against may go.
        var (asked, ground) = (order.Asked, order.Ground);
        var (interpreter, site) = ground is null ? (order.Interpreter, order.Site) : (null, null);
        var stamp = interpreter is null ? null : await interpreters.StampAsync(interpreter, cancellationToken).ConfigureAwait(false);
        if (stamp is null && interpreter is not null)
        {
            return new Failure(EnvironmentFailures.UnusableInterpreter, $"{interpreter.Executable} vanished while the request was resolved.");
        }

        var fields = asked.ToFields(host.Facts.PlatformKey);
        var memo = new RequestMemo
        {
            Request = SlotInput.From(fields.Fields),
            ResolvedAt = time.GetUtcNow(),
            Interpreter = interpreter,
            InterpreterStamp = stamp,
            Provisioner = ground?.With(order.Tool.Identity) ?? order.Tool.Identity,
            SiteFingerprint = site?.Fingerprint().Hex,
            Warnings = [.. order.Warnings, .. resolution.Warnings],
            Lock = (ground is null ? resolution.Lock : ResolvedLock.For(asked, ground.Set, resolution.Lock.Files)).ToText(),
        };
        var written = await memos.WriteAsync(fields.Digest(), memo, cancellationToken).ConfigureAwait(false);
        return written.Map(_ => memo);
    }

    private Task<Result<ProgramOutcome>> RemoveAsync(string path, CancellationToken cancellationToken) => host.Machine.ExecuteAsync(
        new MachineProgram("remove a report", [new Step.RemoveTree(path)]), SilentObserver.Instance, cancellationToken);
}
