using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Core.Failures;
using Slipway.Core.Identity;
using Slipway.Machines.Programs;

namespace Slipway.Environments.Bindings;

/// <summary>Who uses an environment: the same effective requirements, again and again.</summary>
/// <param name="RequirementsFingerprint">The digest of effective requirements, overrides and platform.</param>
/// <param name="EnvIds">The asking side's own names for the environment.</param>
/// <param name="Bindings">The bindings.</param>
/// <param name="ModelId">The model.</param>
/// <param name="BackendKey">The backend.</param>
/// <param name="Overrides">The overrides that were in force, each as a patch of the contract.</param>
/// <param name="FirstUsed">When first (UTC).</param>
/// <param name="LastUsed">When last (UTC).</param>
public sealed record SlotUse(
    string RequirementsFingerprint,
    ImmutableArray<string> EnvIds,
    ImmutableArray<string> Bindings,
    string? ModelId,
    string? BackendKey,
    ImmutableArray<string> Overrides,
    DateTimeOffset FirstUsed,
    DateTimeOffset LastUsed);

/// <summary>One look at whether an environment is what it should be.</summary>
/// <param name="Time">When (UTC).</param>
/// <param name="How"><c>published</c>: built, and executed before its publication; <c>reused</c>: the publication was found; <c>executed</c>: its packages were asked for by running it.</param>
/// <param name="Ok">Whether it is.</param>
/// <param name="Message">What was wrong.</param>
public sealed record SlotValidation(DateTimeOffset Time, string How, bool Ok, string? Message);

/// <summary>What changes about an environment after its publication: <c>state/SLOT.json</c>.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Uses">Who uses it, the last used first.</param>
/// <param name="Validations">The looks, the latest last.</param>
public sealed record SlotState(string Slot, ImmutableArray<SlotUse> Uses, ImmutableArray<SlotValidation> Validations)
{
    /// <summary>The schema that this code writes and reads.</summary>
    public const string CurrentSchema = "slipway.slot-state/1";

    /// <summary>The record's schema.</summary>
    public string Schema { get; init; } = CurrentSchema;

    /// <summary>The same with a use and a look added. Only so many of each are kept.</summary>
    internal SlotState With(SlotUse use, SlotValidation validation)
    {
        const int MostUses = 100;
        const int MostValidations = 100;
        var before = Uses.FirstOrDefault(known => string.Equals(known.RequirementsFingerprint, use.RequirementsFingerprint, StringComparison.Ordinal));
        var now = use with { FirstUsed = before?.FirstUsed ?? use.FirstUsed };
        return this with
        {
            Uses = [.. Uses.Where(known => known != before).Prepend(now).Take(MostUses)],
            Validations = [.. Validations.Append(validation).TakeLast(MostValidations)],
        };
    }
}

/// <summary>Keeps what changes about environments, on the machine that has them; two writers lose nothing of each other.</summary>
/// <param name="host">The machine.</param>
public sealed class SlotHistory(BuildHost host)
{
    private const long MaxBytes = 16 * 1024 * 1024;
    private const int Rounds = 8;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(30);

    /// <summary>What is known of a slot; empty when nothing is, or nothing that can be read.</summary>
    public async Task<SlotState> ReadAsync(SlotName slot, CancellationToken cancellationToken)
    {
        var read = await host.Machine.ReadFileAsync(host.Layout.State(slot), MaxBytes, cancellationToken).ConfigureAwait(false);
        return Parse(slot, read.TryGet(out var bytes, out _) ? Encoding.UTF8.GetString(bytes) : null);
    }

    /// <summary>Adds a use and a look.</summary>
    public async Task<Result<Unit>> AddAsync(SlotName slot, SlotUse use, SlotValidation validation, CancellationToken cancellationToken)
    {
        var path = host.Layout.State(slot);
        for (var round = 0; round < Rounds; round++)
        {
            var read = await host.Machine.ReadFileAsync(path, MaxBytes, cancellationToken).ConfigureAwait(false);
            var before = read.TryGet(out var bytes, out _) ? Encoding.UTF8.GetString(bytes) : null;
            var after = JsonSerializer.SerializeToUtf8Bytes(Parse(slot, before).With(use, validation), SlotStateJson.Default.SlotState);

            // Whoever wrote since it was read has done so under this lock, and then the whole is read again.
            Step unchanged = before is null ? new Step.StopIfExists(path) : new Step.StopUnlessContent(path, before);
            var draft = $"{path}.{Guid.NewGuid():N}.tmp";
            var program = new MachineProgram(
                "remember a use",
                [new Step.WithBuildLock(host.Layout.StateLock(slot), "remember a use", Wait, FailureRecord: null, [unchanged, new Step.WriteFile(draft, after, OwnerOnly), new Step.Move(draft, path)])]);
            var done = await host.Machine.ExecuteAsync(program, SilentObserver.Instance, cancellationToken).ConfigureAwait(false);
            if (!done.TryGet(out var outcome, out var failure))
            {
                return failure;
            }

            if (outcome is ProgramOutcome.Completed)
            {
                return Unit.Value;
            }
        }

        return new Failure(EnvironmentFailures.KeepsVanishing, $"{path} changed {Rounds} times while it was being written.");
    }

    // It explains and decides nothing: what cannot be read is as good as nothing.
    private static SlotState Parse(SlotName slot, string? text)
    {
        var none = new SlotState(slot.ToString(), [], []);
        try
        {
            return text is not null && JsonSerializer.Deserialize(text, SlotStateJson.Default.SlotState) is { Schema: SlotState.CurrentSchema, Uses.IsDefault: false, Validations.IsDefault: false } state ? state : none;
        }
        catch (JsonException)
        {
            return none;
        }
    }
}

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(SlotState))]
internal sealed partial class SlotStateJson : JsonSerializerContext;
