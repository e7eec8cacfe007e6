namespace Slipway.Training.Numpy;

/// <summary>NumPy's SeedSequence: spreads a seed over many bits, after O'Neill's design of <c>seed_seq</c>. All arithmetic wraps.</summary>
internal static class SeedSequence
{
    private const int PoolSize = 4;
    private const int Shift = 16;

    /// <summary>Words of a state.</summary>
    internal static uint[] Words(ulong seed, int count)
    {
        var (pool, constant) = (Pool(seed), 0x8b51f9ddu);
        var words = new uint[count];
        for (var i = 0; i < count; i++)
        {
            words[i] = Hash(pool[i % PoolSize], ref constant, 0x58f38dedu);
        }

        return words;
    }

    private static uint[] Pool(ulong seed)
    {
        uint[] entropy = [(uint)seed, (uint)(seed >> 32), 0, 0];
        var (pool, constant) = (new uint[PoolSize], 0x43b0d7e5u);
        for (var i = 0; i < PoolSize; i++)
        {
            pool[i] = Hash(entropy[i], ref constant, 0x931e8875u);
        }

        for (var from = 0; from < PoolSize; from++)
        {
            for (var to = 0; to < PoolSize; to++)
            {
                if (from != to)
                {
                    pool[to] = Mix(pool[to], Hash(pool[from], ref constant, 0x931e8875u));
                }
            }
        }

        return pool;
    }

    private static uint Hash(uint value, ref uint constant, uint multiplier)
    {
        value ^= constant;
        constant = unchecked(constant * multiplier);
        value = unchecked(value * constant);
        return value ^ (value >> Shift);
    }

    private static uint Mix(uint one, uint other)
    {
        var mixed = unchecked((one * 0xca01f9ddu) - (other * 0x4973f715u));
        return mixed ^ (mixed >> Shift);
    }
}
