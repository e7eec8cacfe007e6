using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines;
using Slipway.Machines.Files;
using Slipway.Machines.Locks;
using Slipway.Machines.Programs;
using Slipway.Store.Collection;
using Slipway.Store.Layout;
using Slipway.Store.Slots;
using Slipway.Store.Verification;

namespace Slipway.Crash.Driver;

/// <summary>The verbs. Each ends with the exit code that Slipway would end with.</summary>
internal sealed class Operations(Options options)
{
    /// <summary>A launch tries so often, as the dependency service does.</summary>
    private const int Rounds = 3;

    private const int LongestPause = 60;

    private readonly Random _random = new(options.Slot);
    private readonly LocalMachine _machine = new();
    private readonly StoreLayout _layout = new(options.Store);
    private readonly SlotName _slot = Payload.Slot(options.Slot);

    public async Task<int> ExecuteAsync() => options.Verb switch
    {
        "publish" => Report(await PublishAsync(_slot)),
        "launch" => await LaunchManyAsync(),
        "run-child" => Report(await RunChildAsync()),
        "collect" => await CollectAsync(),
        "list" => List(),
        "verify" => Report(new SlotVerifier(_layout).Verify(_slot, CancellationToken.None).Map(static report => report.IsIntact ? "intact" : "DAMAGED")),
        _ => (int)ExitCode.Usage,
    };

    private async Task<Result<ProgramOutcome>> PublishAsync(SlotName slot)
    {
        var mode = options.Text("--replace") is null ? PublishMode.Reuse : PublishMode.Replace;
        var fill = Payload.Fill(_layout, slot, options.Number("--seed", 1));
        if (options.Text("--before") is { } script)
        {
            fill = fill.Insert(0, Payload.Shell(script, _layout.Root(slot)));
        }

        var program = Payload.Publish(_layout, slot, fill, mode, TimeProvider.System);
        var killAt = options.Number("--kill-at", 0);
        return await _machine.ExecuteAsync(
            killAt > 0 ? Marks.Insert(program) : program, new Observer(killAt, options.Number("--spin", 0)), CancellationToken.None);
    }

    /// <summary>Launches again and again, each time after making the environment look old, so that collectors want it.</summary>
    private async Task<int> LaunchManyAsync()
    {
        var built = 0;
        for (var count = options.Number("--count", 1); count > 0; count--)
        {
            if (options.Text("--backdate") is not null)
            {
                var old = TimeProvider.System.GetUtcNow().AddDays(-100).ToUnixTimeSeconds() * 1_000_000_000;
                _ = LocalFiles.SetModificationTime(_layout.LeaseFile(_slot), old);

                // Sometimes the collectors are first, sometimes the launch, and sometimes they meet.
                using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(_random.Next(1, LongestPause)));
                await pause.WaitForNextTickAsync();
            }

            if (TryLaunchFast() is { } problem)
            {
                (problem, var publications) = await LaunchInRoundsAsync();
                built += publications;
                if (problem.Length > 0)
                {
                    Console.WriteLine($"launch failed: {problem}");
                    return 1;
                }
            }
        }

        Console.WriteLine($"launched, {built} built");
        return 0;
    }

    /// <summary>Null when it was launched; the tree must be whole while the lease is held.</summary>
    private string? TryLaunchFast()
    {
        if (!LeaseFile.TryShare(_layout.LeaseFile(_slot), out var lease))
        {
            return "the lease is held exclusively or cannot be opened";
        }

        try
        {
            if (!LocalFiles.Exists(_layout.Meta(_slot)))
            {
                return "not published";
            }

            var (tree, inventory) = (TreeInventory.Take(_layout.Root(_slot), CancellationToken.None), File.ReadAllBytes(_layout.Inventory(_slot)));
            return tree.Value.ToBytes().AsSpan().SequenceEqual(inventory) ? null : throw new InvalidOperationException("A leased tree was changed.");
        }
        finally
        {
            LeaseFile.Release(lease);
        }
    }

    private async Task<(string Problem, int Built)> LaunchInRoundsAsync()
    {
        var built = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var published = await PublishAsync(_slot);
            if (!published.IsOk)
            {
                return (published.ToString(), built);
            }

            built += published.Value is ProgramOutcome.Completed ? 1 : 0;
            var check = Payload.Shell("cd \"$1\" && exec sha256sum --status -c manifest", _layout.Root(_slot));
            var launch = new MachineProgram("launch", [new Step.Lease(_layout.LeaseFile(_slot)), new Step.RequireExists(_layout.Meta(_slot)), check]);
            var launched = await _machine.ExecuteAsync(launch, SilentObserver.Instance, CancellationToken.None);
            if (!launched.IsOk)
            {
                return (launched.ToString(), built);
            }

            if (launched.Value is ProgramOutcome.Completed)
            {
                return (string.Empty, built);
            }
        }

        return ($"it vanished {Rounds} times", built);
    }

    /// <summary>A workload as a child, which inherits the lease and may outlive this process.</summary>
    private Task<Result<ProgramOutcome>> RunChildAsync()
    {
        ImmutableArray<Step> steps =
        [
            new Step.Lease(_layout.LeaseFile(_slot)),
            new Step.RequireExists(_layout.Meta(_slot)),
            Payload.Shell("echo $$ >\"$1.new\"; mv \"$1.new\" \"$1\"; exec sleep 1000", options.Text("--pid-file")!),
        ];
        return _machine.ExecuteAsync(new MachineProgram("run", steps), new Observer(0, 0), CancellationToken.None);
    }

    private async Task<int> CollectAsync()
    {
        var (removed, passes) = (0, 0);
        var clock = new ShiftedClock(TimeSpan.FromDays(options.Number("--ahead-days", 0)));
        var policy = new CollectionPolicy(TimeSpan.Zero, DryRun: false);
        var until = options.Text("--until");
        do
        {
            var collected = await new GarbageCollector(_machine, _layout, clock).CollectAsync(policy, CancellationToken.None);
            if (!collected.TryGet(out var report, out var failure))
            {
                Console.WriteLine($"failed {failure}");
                return (int)failure.Code.Exit;
            }

            removed += report.Entries.Count(static entry => entry is { Removed: true, Title: "bytes" });
            passes++;
        }
        while (until is not null && !File.Exists(until));

        Console.WriteLine($"removed {removed} in {passes} passes");
        return 0;
    }

    private int List()
    {
        foreach (var environment in new EnvironmentStore(_layout).List())
        {
            Console.WriteLine(environment.Slot);
        }

        return 0;
    }

    private static int Report<T>(Result<T> result)
        where T : notnull
    {
        Console.WriteLine(result.IsOk ? $"done {result.Value}" : $"failed {result.Failure}");
        return result.IsOk ? 0 : (int)result.Failure.Code.Exit;
    }

    private sealed class ShiftedClock(TimeSpan ahead) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
    }
}
