using System.Collections.Immutable;

namespace Slipway.Training.Numpy;

/// <summary>
/// The generator that NumPy's <c>default_rng(seed)</c> gives, so that orders of datasets are those of tools written in Python: PCG64 (O'Neill, 2014), the XSL-RR variant,
/// whose state is made from the seed by SeedSequence.
/// </summary>
public sealed class NumpyGenerator
{
    private static readonly UInt128 Multiplier = new(2549297995355413924, 4865540595714422341);
    private readonly UInt128 _increment;
    private UInt128 _state;
    private uint? _left;

    /// <summary>A generator.</summary>
    /// <param name="seed">The seed.</param>
    public NumpyGenerator(ulong seed)
    {
        var words = SeedSequence.Words(seed, 8);
        _increment = (Number(words, 4) << 1) | 1;
        Step();
        _state += Number(words, 0);
        Step();
    }

    /// <summary>The next 32 bits: the lower half of the next 64, then the upper.</summary>
    public uint NextUInt32()
    {
        if (_left is { } left)
        {
            _left = null;
            return left;
        }

        var next = NextUInt64();
        _left = (uint)(next >> 32);
        return (uint)next;
    }

    /// <summary>The next 64 bits.</summary>
    public ulong NextUInt64()
    {
        Step();
        return ulong.RotateRight((ulong)(_state >> 64) ^ (ulong)_state, (int)(_state >> 122));
    }

    /// <summary>
    /// A number from 0 to a bound, which is included, each equally likely: as many bits as the bound has, drawn again until they are not above it, which is how NumPy
    /// shuffles.
    /// </summary>
    public uint NextUpTo(uint bound) => MaskedBits.UpTo(bound, NextUInt32);

    /// <summary>An order of the numbers from 0 on: NumPy's <c>permutation(count)</c>.</summary>
    public ImmutableArray<int> Permutation(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            order[i] = i;
        }

        for (var i = count - 1; i > 0; i--)
        {
            var other = (int)NextUpTo((uint)i);
            (order[i], order[other]) = (order[other], order[i]);
        }

        return ImmutableArray.Create(order);
    }

    // Each 64-bit half is two words, the lower first; the upper half comes first.
    private static UInt128 Number(uint[] words, int from) => new(Half(words, from), Half(words, from + 2));

    private static ulong Half(uint[] words, int from) => words[from] | ((ulong)words[from + 1] << 32);

    private void Step() => _state = unchecked((_state * Multiplier) + _increment);
}
