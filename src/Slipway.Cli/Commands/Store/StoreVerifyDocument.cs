using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Environments.Repairs;
using Slipway.Store;
using Slipway.Store.Verification;

namespace Slipway.Cli.Commands.Store;

/// <summary>What <c>store verify --json</c> prints.</summary>
internal sealed record StoreVerifyDocument(string Schema, ImmutableArray<StoreVerifyEntry> Environments);

/// <summary>One environment.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Intact">Whether every file was as published.</param>
/// <param name="Repaired">Whether it is so again.</param>
/// <param name="Outcome">What was done about damage: <c>mended</c>, <c>rebuilt</c>, <c>removed</c>; null for nothing.</param>
/// <param name="Code">The code of what is wrong, or of what kept it from being repaired; null when all is well.</param>
/// <param name="Differences">What was found, <c>kind: path</c>.</param>
/// <param name="Problem">What is wrong beyond single files, or why it was not repaired.</param>
/// <param name="Hint">What to do about the problem.</param>
/// <param name="ExitCode">What it makes the command end with.</param>
internal sealed record StoreVerifyEntry(
    string Slot, bool Intact, bool Repaired, string? Outcome, string? Code, ImmutableArray<string> Differences, string? Problem, string? Hint, [property: JsonIgnore] int ExitCode)
{
    /// <summary>What verification found.</summary>
    public static StoreVerifyEntry From(SlotName slot, Result<VerificationReport> verified)
    {
        var empty = new StoreVerifyEntry(slot.ToString(), Intact: false, Repaired: false, Outcome: null, Code: null, [], null, null, 0);
        return !verified.TryGet(out var report, out var failure) ? empty.With(failure) with { ExitCode = (int)Core.Failures.ExitCode.ChecksFailed }
            : report.IsIntact ? empty with { Intact = true }
            : empty with
            {
                Code = StoreFailures.Damaged.Id,
                Differences = [.. report.Differences.Select(difference => $"{difference.Kind.ToString().ToLowerInvariant()}: {difference.Path}")],
                ExitCode = (int)StoreFailures.Damaged.Exit,
            };
    }

    /// <summary>The same environment after a repair was tried.</summary>
    public StoreVerifyEntry After(Result<RepairOutcome> repaired) => repaired.TryGet(out var outcome, out var failure)
        ? this with { Repaired = outcome is not RepairOutcome.Removed, Outcome = outcome.ToString().ToLowerInvariant(), Hint = null, ExitCode = 0 }
        : With(failure);

    /// <summary>The same environment, whose own files do not tell all that is wrong.</summary>
    public StoreVerifyEntry Failing(Failure failure) => With(failure) with { Intact = false };

    private StoreVerifyEntry With(Failure failure) =>
        this with { Code = failure.Code.Id, Problem = failure.Message, Hint = failure.Remedy, ExitCode = (int)failure.Code.Exit };
}

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(StoreVerifyDocument))]
internal sealed partial class StoreVerifyJson : JsonSerializerContext;
