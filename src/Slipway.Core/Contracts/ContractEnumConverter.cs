using System.Text.Json.Serialization;

namespace Slipway.Core.Contracts;

/// <summary>Reads and writes an enum by its contract names alone: a number is no name, whatever it would mean.</summary>
/// <typeparam name="T">The enum.</typeparam>
public sealed class ContractEnumConverter<T>() : JsonStringEnumConverter<T>(namingPolicy: null, allowIntegerValues: false)
    where T : struct, Enum;
