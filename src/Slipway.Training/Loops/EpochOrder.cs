using System.Collections.Immutable;
using Slipway.Core.Failures;

namespace Slipway.Training.Loops;

/// <summary>
/// Which items each step takes: every pass over the data is a new order, made of the seed and the number of the pass, so that any step can be done again alone. What
/// is left over at the end of a pass is left out.
/// </summary>
internal sealed class EpochOrder<T>
{
    private readonly ImmutableArray<T> _items;
    private readonly int _size;
    private readonly ulong _seed;
    private (int Epoch, ImmutableArray<T> Items) _now = (-1, []);

    private EpochOrder(ImmutableArray<T> items, int size, ulong seed) => (_items, _size, _seed) = (items, size, seed);

    /// <summary>Steps of one pass.</summary>
    public int PerEpoch => _items.Length / _size;

    /// <summary>The order of items in batches.</summary>
    /// <param name="items">The items.</param>
    /// <param name="size">Items a step.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="setting">The setting that says the size, for messages.</param>
    /// <param name="isSimulated">Whether there may be none, because nothing is real.</param>
    public static Result<EpochOrder<T>> Create(ImmutableArray<T> items, int size, ulong seed, string setting, bool isSimulated) => items.Length >= size || isSimulated
        ? new EpochOrder<T>(items, size, seed)
        : new Failure(TrainingFailures.NoData, $"{setting} is {size}, and there are {items.Length} rows: not one whole batch.") { Hint = $"Set {setting}={Math.Max(1, items.Length)} or less." };

    /// <summary>The pass that a step is in, from 0.</summary>
    public int EpochOf(int step) => PerEpoch == 0 ? 0 : step / PerEpoch;

    /// <summary>The items of a step.</summary>
    public ImmutableArray<T> Batch(int step)
    {
        var epoch = EpochOf(step);
        if (_now.Epoch != epoch)
        {
            _now = (epoch, StageContext.Shuffled(_items, _seed + (ulong)epoch));
        }

        var start = step % PerEpoch * _size;
        return _now.Items[start..(start + _size)];
    }
}
