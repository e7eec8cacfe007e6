using Slipway.Core.Failures;

namespace Slipway.Cloud;

/// <summary>The coded failures of rented machines: 01 the SkyPilot server, 02 offers and cost, 03 money, 04 templates, 05 launches, 06 backends.</summary>
public static partial class CloudFailures
{
    /// <summary>A SkyPilot API server does not answer.</summary>
    public static readonly FailureCode Unreachable = new(
        "CLD0101", ExitCode.Unavailable, "The SkyPilot API server does not answer.", "Start one, or name another with `slipway cloud connect`; `slipway cloud check` says what it answers.");
}
