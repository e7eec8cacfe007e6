using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Core.Contracts;
using Slipway.Environments.Bindings;

namespace Slipway.Cli.Commands.Deps;

/// <summary>What <c>deps resolve|check|install|ensure --json</c> print; the reference is there even when it is null.</summary>
internal sealed record DepsDocument(
    string Schema, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] EnvironmentRef? EnvironmentRef, DepsView ResolvedDependencyRequirements, DependencyEnvironmentStatus Status)
{
    public static DepsDocument From(BindingAnswer answer) => new("slipway.deps/1", answer.Reference, DepsView.From(answer.Resolved), answer.Status);

    /// <summary>The document on one line.</summary>
    public string ToLine() => JsonSerializer.Serialize(this, DepsLineJson.Default.DepsDocument);
}

/// <summary>Requirements as declared, the overrides, and what follows.</summary>
internal sealed record DepsView(DependencyRequirements Base, ImmutableArray<DependencyOverridePatch> Overrides, DependencyRequirements Effective)
{
    public static DepsView From(DependencyView view) => new(view.Base, view.Overrides, view.Effective);
}

/// <summary>One line of <c>--events</c>.</summary>
internal sealed record DepsEvent(string Schema, DateTimeOffset Time, ActivityPhase Phase, string Message, string? BindingId, string? Requirement, string? Stream, DependencyState? State)
{
    public static DepsEvent From(DependencyActivity activity) =>
        new("slipway.deps-event/1", activity.Time, activity.Phase, activity.Message, activity.BindingId, activity.Requirement, activity.Stream, activity.State);

    /// <summary>The event on one line.</summary>
    public string ToLine() => JsonSerializer.Serialize(this, DepsLineJson.Default.DepsEvent);
}

/// <summary>What the verbs of <c>deps override</c> print.</summary>
internal sealed record DepsOverrideDocument(string Schema, string File, DepsView ResolvedDependencyRequirements, ImmutableArray<OverrideRecord> History);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(DepsDocument))]
[JsonSerializable(typeof(DepsOverrideDocument))]
internal sealed partial class DepsJson : JsonSerializerContext;

/// <summary>The same on one line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DepsDocument))]
[JsonSerializable(typeof(DepsEvent))]
internal sealed partial class DepsLineJson : JsonSerializerContext;
