using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Contracts;
using Slipway.Environments;
using Slipway.Projects.Discovery;

namespace Slipway.Cli.Commands.Run;

/// <summary>What <c>plan --json</c> prints.</summary>
internal sealed record PlanDocument(
    string Schema,
    string? Host,
    string Decision,
    string Reason,
    string Sentence,
    PlanDifference? FirstDifference,
    string Origin,
    string Backend,
    string BackendReason,
    string? Environment,
    string? ProjectPath,
    ImmutableArray<string> Requirements,
    string? Python,
    ImmutableArray<PlanPackage>? Packages,
    ImmutableArray<PlanInstalled>? Installed,
    ImmutableArray<PlanCondaPackage>? Conda,
    EnvironmentRef EnvironmentRef,
    ImmutableArray<string> Warnings)
{
    /// <summary>The document of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="declaration">What was declared.</param>
    /// <param name="host">The host whose decision it is; null for this machine.</param>
    public static PlanDocument From(EnvironmentPlan plan, WorkloadDeclaration declaration, string? host = null) => new(
        "slipway.plan/1",
        host,
        plan.Decision.Kind.ToString().ToLowerInvariant(),
        JsonNamingPolicyName(plan.Decision.Reason.ToString()),
        plan.Decision.Sentence,
        plan.Decision.FirstDifference is { } difference ? new PlanDifference(difference.Field, difference.Before, difference.After) : null,
        declaration.Origin,
        declaration.Backend.Kind,
        declaration.Backend.Sentence,
        declaration.Environment?.ToString(),
        declaration.ProjectPath,
        [.. declaration.Request.Conda?.Specs.Select(spec => spec.Text) ?? [], .. declaration.Request.Requirements.Select(package => package.ToLine())],
        plan.Interpreter?.Executable,
        plan.Lock is { } resolved
            ? [.. resolved.Files.Select(file => new PlanPackage(file.Name.Normalized, file.Version.ToString(), file.FileName, $"sha256:{file.Hash}"))]
            : null,
        plan.Lock is { Installed.IsEmpty: false } seen
            ? [.. seen.Installed.Select(package => new PlanInstalled(package.Name.Normalized, package.Version))]
            : null,
        plan.Lock?.Conda is { } conda
            ? [.. conda.Packages.Select(package => new PlanCondaPackage(package.Name, package.Version, package.Build, package.Channel, package.Hash))]
            : null,
        plan.Reference,
        [.. declaration.Warnings, .. plan.Warnings]);

    private static string JsonNamingPolicyName(string name) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}

/// <summary>The first field that changed.</summary>
internal sealed record PlanDifference(string Field, string? Before, string? After);

/// <summary>One package of the lock.</summary>
internal sealed record PlanPackage(string Name, string Version, string File, string Hash);

/// <summary>One package of conda.</summary>
internal sealed record PlanCondaPackage(string Name, string Version, string Build, string Channel, string Hash);

/// <summary>One package that is used where the interpreter has it.</summary>
internal sealed record PlanInstalled(string Name, string Version);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(PlanDocument))]
internal sealed partial class PlanJson : JsonSerializerContext;
