namespace Slipway.Cloud.Backends;

/// <summary>How a run stands on its backend: the job's state first, the machine's second.</summary>
public enum BackendState
{
    /// <summary>A word that is not known here, or nobody could be asked.</summary>
    Unknown,

    /// <summary>Handed in, and nothing done for it yet.</summary>
    Queued,

    /// <summary>Its machines are being got.</summary>
    Provisioning,

    /// <summary>Its machines are there, and the workload has not begun.</summary>
    Setup,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It ended with code 0.</summary>
    Succeeded,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>It was cancelled.</summary>
    Cancelled,

    /// <summary>It is gone, and nobody saw it end.</summary>
    UnknownEnded,
}

/// <summary>Names of states.</summary>
public static class BackendStates
{
    /// <summary>Whether a run in this state has ended.</summary>
    public static bool HasEnded(this BackendState state) => state >= BackendState.Succeeded;

    /// <summary>The state as documents name it.</summary>
    public static string Word(this BackendState state) => state is BackendState.UnknownEnded ? "unknown_ended" : state.ToString().ToLowerInvariant();

    /// <summary>The state that documents name so.</summary>
    public static BackendState Parse(string? word) =>
        Enum.GetValues<BackendState>().FirstOrDefault(state => state.Word() == word, BackendState.Unknown);
}
