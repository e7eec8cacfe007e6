namespace Slipway.Machines.Files;
/// <summary>x</summary>
public static class TreeInventory {}
