namespace Slipway.Environments.Repairs;

/// <summary>How a damaged environment was made good.</summary>
public enum RepairOutcome
{
    /// <summary>What was added is gone and permissions are back; nothing was built.</summary>
    Mended,

    /// <summary>It was built again from its recorded lock.</summary>
    Rebuilt,

    /// <summary>It could not be built again and was removed; what needs it builds it anew.</summary>
    Removed,
}
