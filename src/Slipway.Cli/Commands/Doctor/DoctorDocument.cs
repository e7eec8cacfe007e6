using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Slipway.Cli.Commands.Doctor;

/// <summary>What <c>doctor --json</c> prints.</summary>
internal sealed record DoctorDocument(string Schema, string Executable, ImmutableArray<DoctorCheck> Checks);

/// <summary>Source-generated serialisation.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(DoctorDocument))]
internal sealed partial class DoctorJson : JsonSerializerContext;
