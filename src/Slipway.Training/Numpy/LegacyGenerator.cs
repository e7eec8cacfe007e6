namespace Slipway.Training.Numpy;

/// <summary>NumPy's older generator, <c>RandomState(seed)</c>: the Mersenne Twister MT19937 (Matsumoto and Nishimura, 1998).</summary>
public sealed class LegacyGenerator
{
    private const int Size = 624;
    private const int Middle = 397;
    private readonly uint[] _state = new uint[Size];
    private int _at = Size;

    /// <summary>A generator.</summary>
    /// <param name="seed">The seed.</param>
    public LegacyGenerator(uint seed)
    {
        for (var i = 0u; i < Size; i++)
        {
            _state[i] = seed;
            seed = unchecked((1812433253u * (seed ^ (seed >> 30))) + i + 1);
        }
    }

    /// <summary>The next 32 bits.</summary>
    public uint NextUInt32()
    {
        if (_at == Size)
        {
            Renew();
        }

        var bits = _state[_at++];
        bits ^= bits >> 11;
        bits ^= (bits << 7) & 0x9d2c5680u;
        bits ^= (bits << 15) & 0xefc60000u;
        return bits ^ (bits >> 18);
    }

    /// <summary>A number from 0 to a bound, which is included, each equally likely: NumPy's <c>randint(0, bound + 1)</c>.</summary>
    public uint NextUpTo(uint bound) => MaskedBits.UpTo(bound, NextUInt32);

    private void Renew()
    {
        for (var i = 0; i < Size; i++)
        {
            var bits = (_state[i] & 0x80000000u) | (_state[(i + 1) % Size] & 0x7fffffffu);
            _state[i] = _state[(i + Middle) % Size] ^ (bits >> 1) ^ ((bits & 1) == 0 ? 0 : 0x9908b0dfu);
        }

        _at = 0;
    }
}
