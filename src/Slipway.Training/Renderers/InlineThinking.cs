using Slipway.Training.Tokenizers;

namespace Slipway.Training.Renderers;

/// <summary>Reasoning that a message has as a part, or spelled within its text.</summary>
internal static class InlineThinking
{
    /// <summary>The reasoning and the text of a message, also where the reasoning is spelled before the text.</summary>
    internal static (string? Thinking, string Text) Split(Message message)
    {
        var text = message.Text;
        var end = text.IndexOf(SpecialTexts.EndThink, StringComparison.Ordinal);
        if (message.Thinking is { } thinking || end < 0)
        {
            return (message.Thinking, text);
        }

        var start = text.IndexOf(SpecialTexts.Think, StringComparison.Ordinal);
        thinking = start >= 0 && start < end ? text[(start + SpecialTexts.Think.Length)..end] : text[..end];
        return (thinking, text[(end + SpecialTexts.EndThink.Length)..]);
    }

    /// <summary>A text without the reasoning that is spelled in it.</summary>
    internal static string Strip(string text)
    {
        while (text.IndexOf(SpecialTexts.Think, StringComparison.Ordinal) is >= 0 and var start
            && text.IndexOf(SpecialTexts.EndThink, start, StringComparison.Ordinal) is >= 0 and var end)
        {
            text = text.Remove(start, end + SpecialTexts.EndThink.Length - start);
        }

        return text;
    }
}
