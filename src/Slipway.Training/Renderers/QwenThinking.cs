namespace Slipway.Training.Renderers;

/// <summary>How a Qwen 3 model reasons.</summary>
public enum QwenThinking
{
    /// <summary>It reasons before it answers.</summary>
    On,

    /// <summary>It could, and is told not to by an empty block of reasoning that its prompt ends with.</summary>
    Disabled,

    /// <summary>It cannot: the models of July 2025 that only answer.</summary>
    Never,
}
