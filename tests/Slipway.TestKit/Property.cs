using System.Globalization;
using Xunit.Sdk;

namespace Slipway.TestKit;

/// <summary>
/// Checks a property for many generated values. Seeds count up from 1, so that a run can be repeated;
/// <c>SLIPWAY_TEST_SEED=n</c> runs one seed alone and <c>SLIPWAY_TEST_SEED=random</c> begins anywhere.
/// </summary>
public static class Property
{
    /// <summary>Runs <paramref name="body"/> once for each seed.</summary>
    /// <exception cref="XunitException">It failed for a seed, which the message names.</exception>
    public static void Check(int iterations, Action<Gen> body)
    {
        var (first, count) = Plan(iterations);
        for (var seed = first; seed < first + count; seed++)
        {
            try
            {
                body(new Gen(seed));
            }
            catch (Exception exception)
            {
                throw new XunitException($"Fails for seed {seed}; repeat with SLIPWAY_TEST_SEED={seed}.\n{exception.Message}", exception);
            }
        }
    }

    private static (int First, int Count) Plan(int iterations) => Environment.GetEnvironmentVariable("SLIPWAY_TEST_SEED") switch
    {
        null or "" => (1, iterations),
        "random" => (Random.Shared.Next(int.MaxValue / 2), iterations),
        var seed => (int.Parse(seed, CultureInfo.InvariantCulture), 1),
    };
}
