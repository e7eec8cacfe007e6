using Slipway.Core.Failures;

namespace Slipway.Cloud;

/// <content>06: backends.</content>
public static partial class CloudFailures
{
    /// <summary>A guard of a rented machine does not hold, so it was taken down (GUARD_NOT_IN_FORCE).</summary>
    public static readonly FailureCode GuardNotInForce = new(
        "CLD0601", ExitCode.ChecksFailed, "A guard of a rented machine is not in force.", "Look at the server's version; a machine that nothing ends is taken down at once.");

    /// <summary>Machines are there still after they were taken down (STILL_BILLING).</summary>
    public static readonly FailureCode StillBilling = new(
        "CLD0602", ExitCode.ChecksFailed, "Machines still bill.", "Look at the cloud's own console, and end by hand what is named.");

    /// <summary>There is no such backend (INVALID_ARGUMENT).</summary>
    public static readonly FailureCode BackendUnknown = new(
        "CLD0603", ExitCode.Usage, "There is no such backend.", "The backends are skypilot, ssh and local; ssh needs a host.");

    /// <summary>Nothing of a run is left that could be fetched.</summary>
    public static readonly FailureCode NothingToFetch = new(
        "CLD0604", ExitCode.NotFound, "Nothing of the run is left to fetch.", "Results are kept only as long as the machines are there; ask for a bucket the next time.");
}
