using System.Text.Json.Serialization;
using Slipway.Core.Contracts;
using Slipway.Core.Requirements;

namespace Slipway.Environments.Bindings;

/// <summary>What an override belongs to. Never a file's path or a workflow: the same model has the same answer wherever it is used.</summary>
/// <param name="Machine">The machine whose environment it is about.</param>
/// <param name="Owner">The binding's <c>env_id</c>, else the model's id.</param>
/// <param name="BindingId">The binding.</param>
/// <param name="Scope">What it applies to.</param>
/// <param name="Requirement">The requirement, normalised; null for the whole binding.</param>
public sealed record OverrideKey(string Machine, string Owner, string BindingId, OverrideScope Scope, string? Requirement)
{
    /// <summary>The key of a patch to some requirements; null where they have no name that it could be found by again.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="requirements">The requirements.</param>
    /// <param name="bindingId">The binding.</param>
    /// <param name="requirement">The requirement; null for the whole binding.</param>
    public static OverrideKey? Of(string machine, DependencyRequirements requirements, string bindingId, string? requirement)
    {
        ArgumentNullException.ThrowIfNull(requirements);
        var owner = OwnerOf(requirements, requirements.Bindings.FirstOrDefault(binding => string.Equals(binding.BindingId, bindingId, StringComparison.Ordinal)));
        return owner is null ? null
            : new OverrideKey(machine, owner, bindingId, requirement is null ? OverrideScope.Binding : OverrideScope.Requirement, requirement is null ? null : NormalName(requirement));
    }

    /// <summary>The normal form of a requirement's name, its extras left out.</summary>
    internal static string NormalName(string name) => Slipway.Core.Requirements.Requirement.Parse(name).TryGet(out var parsed, out _) ? parsed.Name.Normalized
        : PackageName.Parse(name).TryGet(out var plain, out _) ? plain.Normalized : name;

    /// <summary>By what the overrides of a binding are found.</summary>
    internal static string? OwnerOf(DependencyRequirements requirements, DependencyBinding? binding) => !string.IsNullOrWhiteSpace(binding?.EnvId) ? $"env:{binding.EnvId}"
        : !string.IsNullOrWhiteSpace(requirements.ModelId) ? $"model:{requirements.ModelId}" : null;
}

/// <summary>What a record of the history does.</summary>
[JsonConverter(typeof(ContractEnumConverter<OverrideAction>))]
public enum OverrideAction
{
    /// <summary>Sets fields.</summary>
    [JsonStringEnumMemberName("set")]
    Set,

    /// <summary>Takes back all fields that were set before.</summary>
    [JsonStringEnumMemberName("clear")]
    Clear,
}

/// <summary>One line of the history of overrides.</summary>
/// <param name="Key">What it belongs to.</param>
/// <param name="Action">What it does.</param>
/// <param name="Fields">The fields that it sets; empty for a clear.</param>
/// <param name="Source">Who made it.</param>
/// <param name="UpdatedAt">When (UTC).</param>
public sealed record OverrideRecord(OverrideKey Key, OverrideAction Action, OverrideFields Fields, string Source, DateTimeOffset UpdatedAt)
{
    /// <summary>The schema that this code writes and reads.</summary>
    public const string CurrentSchema = "slipway.override/1";

    /// <summary>The record's schema.</summary>
    public string Schema { get; init; } = CurrentSchema;

    /// <summary>The same as a patch.</summary>
    internal DependencyOverridePatch ToPatch() => new()
    {
        BindingId = Key.BindingId,
        Scope = Key.Scope,
        RequirementName = Key.Requirement,
        Fields = Fields,
        Source = Source,
        UpdatedAt = UpdatedAt,
    };
}

/// <summary>Source-generated serialisation of the history.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(OverrideRecord))]
internal sealed partial class OverrideRecordJson : JsonSerializerContext;
