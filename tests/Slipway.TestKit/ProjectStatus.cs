namespace Slipway.TestKit;

/// <summary>The status of a project (PEP 792).</summary>
/// <param name="Marker"><c>active</c>, <c>archived</c>, <c>quarantined</c> or <c>deprecated</c>.</param>
/// <param name="Reason">A free text, or null.</param>
internal sealed record ProjectStatus(string Marker, string? Reason);
