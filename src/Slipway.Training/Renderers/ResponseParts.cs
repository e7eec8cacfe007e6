using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Renderers;

/// <summary>What the readings of several renderers share.</summary>
internal static class ResponseParts
{
    /// <summary>The text of parts, special tokens as they are spelled.</summary>
    internal static string Text(IEnumerable<TokenText> parts) => string.Concat(parts.Select(static part => part.Text));

    /// <summary>Where a special token is for the first time; -1 when it is not there.</summary>
    internal static int Find(ImmutableArray<TokenText> parts, string special, int from = 0)
    {
        for (var i = from; i < parts.Length; i++)
        {
            if (parts[i].IsSpecial && parts[i].Text == special)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>What comes before the one token that ends an answer; null when there is none.</summary>
    internal static Result<Maybe> BeforeStop(ImmutableArray<TokenText> parts, string stop) => parts.Count(part => part.IsSpecial && part.Text == stop) switch
    {
        0 => new Maybe(null),
        1 => new Maybe(parts[..Find(parts, stop)]),
        var count => new Failure(TrainingFailures.BadResponse, $"The answer holds {stop} {count} times."),
    };

    /// <summary>A malformed answer: all of it as text.</summary>
    internal static ParsedResponse Malformed(ImmutableArray<TokenText> parts) => new(Message.Of(Role.Assistant, Text(parts)), Termination.Malformed);

    /// <summary>A message of reasoning, where there is some, and text.</summary>
    internal static Message Of(string? thinking, string text) =>
        string.IsNullOrEmpty(thinking) ? Message.Of(Role.Assistant, text) : new Message(Role.Assistant, [new ThinkingPart(thinking), new TextPart(text)]);

    /// <summary>Parts that may be missing.</summary>
    internal readonly record struct Maybe(ImmutableArray<TokenText>? Parts);
}
