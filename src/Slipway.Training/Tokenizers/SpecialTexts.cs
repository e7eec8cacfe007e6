namespace Slipway.Training.Tokenizers;

/// <summary>The special tokens that renderers write, by their texts. Those of DeepSeek are spelled with U+FF5C and U+2581.</summary>
public static class SpecialTexts
{
    /// <summary>Llama 3: a text begins.</summary>
    public const string BeginOfText = "<|begin_of_text|>";

    /// <summary>Llama 3: a message's role begins.</summary>
    public const string StartHeader = "<|start_header_id|>";

    /// <summary>Llama 3: a message's role ends.</summary>
    public const string EndHeader = "<|end_header_id|>";

    /// <summary>Llama 3: a message ends.</summary>
    public const string EndOfTurn = "<|eot_id|>";

    /// <summary>ChatML: a message begins.</summary>
    public const string MessageStart = "<|im_start|>";

    /// <summary>ChatML: a message ends.</summary>
    public const string MessageEnd = "<|im_end|>";

    /// <summary>Reasoning begins.</summary>
    public const string Think = "<think>";

    /// <summary>Reasoning ends.</summary>
    public const string EndThink = "</think>";

    /// <summary>Qwen: a call of a tool begins.</summary>
    public const string ToolCall = "<tool_call>";

    /// <summary>Qwen: a call of a tool ends.</summary>
    public const string EndToolCall = "</tool_call>";

    /// <summary>Qwen: what a tool answered begins.</summary>
    public const string ToolResponse = "<tool_response>";

    /// <summary>Qwen: what a tool answered ends.</summary>
    public const string EndToolResponse = "</tool_response>";

    /// <summary>DeepSeek: a text begins.</summary>
    public const string SentenceBegin = "<｜begin▁of▁sentence｜>";

    /// <summary>DeepSeek: an answer ends.</summary>
    public const string SentenceEnd = "<｜end▁of▁sentence｜>";

    /// <summary>DeepSeek: the user speaks.</summary>
    public const string User = "<｜User｜>";

    /// <summary>DeepSeek: the assistant speaks.</summary>
    public const string Assistant = "<｜Assistant｜>";

    /// <summary>DeepSeek: calls of tools begin.</summary>
    public const string CallsBegin = "<｜tool▁calls▁begin｜>";

    /// <summary>DeepSeek: calls of tools end.</summary>
    public const string CallsEnd = "<｜tool▁calls▁end｜>";

    /// <summary>DeepSeek: a call begins.</summary>
    public const string CallBegin = "<｜tool▁call▁begin｜>";

    /// <summary>DeepSeek: a call ends.</summary>
    public const string CallEnd = "<｜tool▁call▁end｜>";

    /// <summary>DeepSeek: between a tool's name and its arguments.</summary>
    public const string CallSeparator = "<｜tool▁sep｜>";

    /// <summary>DeepSeek: what a tool answered begins.</summary>
    public const string OutputBegin = "<｜tool▁output▁begin｜>";

    /// <summary>DeepSeek: what a tool answered ends.</summary>
    public const string OutputEnd = "<｜tool▁output▁end｜>";
}
