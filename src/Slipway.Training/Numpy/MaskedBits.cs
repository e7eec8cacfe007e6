using System.Numerics;

namespace Slipway.Training.Numpy;

/// <summary>Draws numbers below a bound from random bits.</summary>
internal static class MaskedBits
{
    /// <summary>As many bits as the bound has, drawn again until they are not above it; a bound of 0 draws nothing.</summary>
    internal static uint UpTo(uint bound, Func<uint> next)
    {
        var mask = bound == 0 ? 0 : uint.MaxValue >> BitOperations.LeadingZeroCount(bound);
        while (bound > 0)
        {
            if ((next() & mask) is var number && number <= bound)
            {
                return number;
            }
        }

        return 0;
    }
}
