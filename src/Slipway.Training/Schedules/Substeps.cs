using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Failures;

namespace Slipway.Training.Schedules;

/// <summary>Parts of a batch, one for each step of the optimiser.</summary>
public static class Substeps
{
    /// <summary>The items in parts that differ in size by at most one; the borders are the whole parts of i · n / parts.</summary>
    public static Result<ImmutableArray<ImmutableArray<T>>> Split<T>(ImmutableArray<T> items, int parts)
    {
        if (parts < 1 || parts > items.Length)
        {
            return new Failure(TrainingFailures.BadSetting, string.Create(
                CultureInfo.InvariantCulture, $"{items.Length} examples cannot be {parts} parts; the number of parts is 1 to that of examples."));
        }

        var borders = Enumerable.Range(0, parts + 1).Select(part => (int)((long)part * items.Length / parts)).ToList();
        return Enumerable.Range(0, parts).Select(part => items[borders[part]..borders[part + 1]]).ToImmutableArray();
    }
}
