using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Slipway.Core.Failures;

namespace Slipway.Runs.Gpus;

/// <summary>
/// What <c>--gpus</c> says: one number alone is a count of any free ones (<c>2</c>); several are places (<c>0,1</c>), and so is one after an equals sign
/// (<c>=0</c>). A part of a divided GPU is <c>0:2</c>, and ids stand for themselves.
/// </summary>
public sealed partial record GpuSelection
{
    private const int Most = 64;

    private GpuSelection(string text, int count, ImmutableArray<string> names)
    {
        Text = text;
        Count = count;
        Names = names;
    }

    /// <summary>What was written.</summary>
    public string Text { get; }

    /// <summary>How many GPUs.</summary>
    public int Count { get; }

    private string Asked => Count == 1 ? "1 GPU was" : string.Create(CultureInfo.InvariantCulture, $"{Count} GPUs were");

    /// <summary>Which ones, by place or id; empty for any.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>Reads a selection.</summary>
    public static Result<GpuSelection> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        if (int.TryParse(trimmed, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return count is > 0 and <= Most ? new GpuSelection(trimmed, count, [])
                : new Failure(GpuFailures.SelectionInvalid, count == 0 ? "--gpus 0 would be no GPU at all." : $"--gpus {trimmed} is more than any host has.")
                {
                    Hint = "A number alone says how many; the GPU in place 0 is `--gpus =0`.",
                };
        }

        string[] names = [.. trimmed.TrimStart('=').Split(',').Select(static name => name.Trim())];
        var wrong = names.FirstOrDefault(static name => !NameForm().IsMatch(name));
        return wrong is not null ? new Failure(GpuFailures.SelectionInvalid, $"'{wrong.ReplaceLineEndings(" ")}' of --gpus is neither a place nor an id.")
            : names.Distinct(StringComparer.Ordinal).Count() < names.Length ? new Failure(GpuFailures.SelectionInvalid, $"--gpus {trimmed} names a GPU twice.")
            : new GpuSelection(trimmed, names.Length, [.. names]);
    }

    /// <summary>
    /// The free GPUs that a job may be given, at least <see cref="Count"/> of them, the first to be preferred.
    /// </summary>
    /// <returns>The GPUs; <see cref="GpuFailures.Busy"/> when waiting may help, another failure when it cannot.</returns>
    public Result<ImmutableArray<GpuUnit>> Choose(ImmutableArray<GpuUnit> units, GpuPolicy policy, string host)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (units.IsEmpty)
        {
            return new Failure(GpuFailures.None, $"{host} has no NVIDIA GPU.");
        }

        return Names.IsEmpty ? Any(units, policy, host) : Named(units, policy, host);
    }

    private Result<ImmutableArray<GpuUnit>> Any(ImmutableArray<GpuUnit> units, GpuPolicy policy, string host)
    {
        var usable = units.Where(static unit => unit.Obstacle is null).ToList();
        if (usable.Count < Count)
        {
            return new Failure(GpuFailures.Unknown, $"{Asked} asked for, and {host} has {usable.Count}.");
        }

        ImmutableArray<GpuUnit> free = [.. usable.Where(unit => policy.WhyBusy(unit) is null)];
        return free.Length >= Count ? free
            : new Failure(GpuFailures.Busy, $"{Asked} asked for, and {free.Length} of {usable.Count} on {host} are free: {string.Join("; ", usable.Except(free).Select(unit => $"{unit} {policy.WhyBusy(unit)}"))}.");
    }

    private Result<ImmutableArray<GpuUnit>> Named(ImmutableArray<GpuUnit> units, GpuPolicy policy, string host)
    {
        var chosen = ImmutableArray.CreateBuilder<GpuUnit>(Names.Length);
        foreach (var name in Names)
        {
            if (units.FirstOrDefault(unit => string.Equals(unit.Place, name, StringComparison.Ordinal) || string.Equals(unit.Id, name, StringComparison.Ordinal)) is { } found)
            {
                chosen.Add(found);
                continue;
            }

            var parts = units.Where(unit => unit.Place.StartsWith($"{name}:", StringComparison.Ordinal)).Select(static unit => unit.Place).ToList();
            return new Failure(GpuFailures.Unknown, parts.Count > 0
                ? $"GPU {name} of {host} is divided; name its parts: {string.Join(", ", parts)}."
                : $"{host} has no GPU {name}; it has {string.Join(", ", units.Select(static unit => unit.Place))}.");
        }

        return chosen.Distinct().Count() < chosen.Count ? new Failure(GpuFailures.SelectionInvalid, $"--gpus {Text} names a GPU twice.")
            : chosen.FirstOrDefault(static unit => unit.Obstacle is not null) is { } never ? new Failure(GpuFailures.Unknown, $"{never} of {host} cannot be used: {never.Obstacle}.")
            : chosen.FirstOrDefault(unit => policy.WhyBusy(unit) is not null) is { } busy ? new Failure(GpuFailures.Busy, $"{busy} of {host} is not free: {policy.WhyBusy(busy)}.")
            : chosen.MoveToImmutable();
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    [GeneratedRegex(@"^([0-9]{1,3}(:[0-9]{1,3})?|(GPU|MIG)-[0-9A-Za-z/-]{1,100})\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex NameForm();
}
