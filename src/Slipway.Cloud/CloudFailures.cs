namespace Slipway.Cloud;

/// <summary>The coded failures of rented machines: 01 the SkyPilot server, 02 offers and cost, 03 money, 04 templates, 05 launches, 06 backends.</summary>
public static partial class CloudFailures
{
}
