using Slipway.Core.Identity;

namespace Slipway.Store.Slots;

/// <summary>One published environment, as lists show it. Sizes come from the inventory's first line and are never walked.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Meta">The published record.</param>
/// <param name="Files">Regular files in the tree.</param>
/// <param name="Bytes">Their sizes added up, in bytes; files shared by hard links count each time.</param>
/// <param name="LastUse">When a workload or build last took its lease (UTC).</param>
public sealed record StoredEnvironment(SlotName Slot, SlotMeta Meta, long Files, long Bytes, DateTimeOffset LastUse);
