namespace Slipway.Cloud.Backends;

/// <summary>How a run is ended.</summary>
public enum StopMode
{
    /// <summary>It is let end by itself, and then its machines are taken down.</summary>
    Finish,

    /// <summary>It is told to end, which lets it keep a checkpoint, and then its machines are taken down.</summary>
    Cancel,

    /// <summary>Its machines are taken down at once.</summary>
    Terminate,
}

/// <summary>What is brought here before machines are taken down.</summary>
public enum StopFetch
{
    /// <summary>Results and logs.</summary>
    Results,

    /// <summary>Logs.</summary>
    Logs,

    /// <summary>Nothing.</summary>
    None,
}
