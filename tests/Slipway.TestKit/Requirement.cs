namespace Slipway.TestKit;

/// <summary>Turns what a test needs into the reason for skipping it.</summary>
internal static class Requirement
{
    // Where all of it should be there, an absent capability must not pass as green.
    private static readonly bool NeverSkip =
        string.Equals(Environment.GetEnvironmentVariable("SLIPWAY_TEST_NEVER_SKIP"), "1", StringComparison.Ordinal);

    internal static string? Explain(IEnumerable<Capability> capabilities, string? python) =>
        NeverSkip ? null : FindAbsent(capabilities, python);

    internal static string? FindAbsent(IEnumerable<Capability> capabilities, string? python)
    {
        var absent = capabilities.Select(capability => (capability, why: Capabilities.WhyNot(capability)))
            .Where(asked => asked.why is not null)
            .Select(asked => $"{asked.capability} ({asked.why})")
            .ToList();
        if (python is not null && Version.Parse(python) is var wanted && Pythons.TryFind(wanted.Major, wanted.Minor) is null)
        {
            absent.Add($"Python {python} (not found)");
        }

        return absent.Count == 0 ? null : "Needs " + string.Join(", ", absent);
    }
}
