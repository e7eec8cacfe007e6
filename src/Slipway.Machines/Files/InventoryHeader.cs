namespace Slipway.Machines.Files;

/// <summary>The first line of an inventory.</summary>
/// <param name="Files">How many regular files the tree holds.</param>
/// <param name="Bytes">The sum of their sizes.</param>
public sealed record InventoryHeader(long Files, long Bytes);
