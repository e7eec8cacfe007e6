using System.Collections.Frozen;

namespace Slipway.Workflows.Import;

/// <summary>Members of a node's data that runs and editors leave there: no workflow holds them here.</summary>
internal static class DerivedState
{
    private static readonly FrozenSet<string> Names = new[]
    {
        "activity_log", "dependency_status", "status", "environment_ref", "dependency_override_patches", "model_ref", "kv_cache_in", "kv_cache_out",
        "stream", "stream_is_final", "stream_sequence", "stream_content", "response", "output", "result", "error", "execution_state", "is_running",
        "duration_seconds", "sample_rate", "audio_mime", "audio_duration_seconds", "audio_sample_rate", "seed_used", "voice_used", "speed_used", "review_reasons",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a member, in our spelling, is such a one.</summary>
    public static bool Is(string name) => Names.Contains(name);
}
