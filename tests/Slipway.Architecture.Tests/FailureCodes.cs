using System.Reflection;
using Slipway.Core.Failures;

namespace Slipway.Architecture.Tests;

/// <summary>All failure codes of all rooms, found in their classes.</summary>
internal static class FailureCodes
{
    /// <summary>Each room with its codes, in the order of the rooms and of their declaration.</summary>
    public static IReadOnlyList<(string Room, IReadOnlyList<FailureCode> Codes)> ByRoom { get; } =
        [.. Rooms.Order.Select((room, index) => (Rooms.Folders[index], (IReadOnlyList<FailureCode>)[.. Of(room)]))];

    /// <summary>The codes of one room.</summary>
    public static IEnumerable<FailureCode> Of(string room) => Rooms.Load(room).GetTypes()
        .Where(type => type.Name.EndsWith("Failures", StringComparison.Ordinal))
        .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
        .Where(field => field.FieldType == typeof(FailureCode))
        .Select(field => (FailureCode)field.GetValue(null)!);
}
