using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Training.Renderers;

namespace Slipway.Training.Datasets;

/// <summary>Which of two answers is the better one.</summary>
public enum Preference
{
    /// <summary>The first.</summary>
    A,

    /// <summary>The second.</summary>
    B,

    /// <summary>Neither.</summary>
    Tie,
}

/// <summary>Two answers to a conversation, and which is better.</summary>
/// <param name="Prompt">The conversation.</param>
/// <param name="A">The first answer.</param>
/// <param name="B">The second answer.</param>
/// <param name="Label">Which is better.</param>
public sealed record Comparison(ImmutableArray<Message> Prompt, ImmutableArray<Message> A, ImmutableArray<Message> B, Preference Label)
{
    /// <summary>The whole conversations, the chosen answer's and the rejected one's; null when neither is better.</summary>
    public (ImmutableArray<Message> Chosen, ImmutableArray<Message> Rejected)? Pair => Label switch
    {
        Preference.A => ([.. Prompt, .. A], [.. Prompt, .. B]),
        Preference.B => ([.. Prompt, .. B], [.. Prompt, .. A]),
        _ => null,
    };

    /// <summary>Reads <c>{"comparison":{"prompt_conversation":[…],"completion_A":[…],"completion_B":[…]},"label":"A"|"B"|"Tie"}</c>.</summary>
    /// <param name="row">The row.</param>
    /// <param name="at">Where it is.</param>
    public static Result<Comparison> Read(JsonElement row, FailureLocation at)
    {
        if (!row.TryGetProperty("comparison", out var comparison) || comparison.ValueKind is not JsonValueKind.Object)
        {
            return RowFields.Bad("comparison must be an object", at);
        }

        Preference? label = RowFields.Text(row, "label") switch
        {
            "A" => Preference.A,
            "B" => Preference.B,
            "Tie" => Preference.Tie,
            _ => null,
        };
        return label is not { } known
            ? RowFields.Bad("label must be A, B or Tie", at)
            : List("prompt_conversation").Then(prompt => List("completion_A").Then(a => List("completion_B").Map(b => new Comparison(prompt, a, b, known))));

        Result<ImmutableArray<Message>> List(string field) => comparison.TryGetProperty(field, out var list)
            ? MessageJson.ReadList(list, $"comparison.{field}", at)
            : RowFields.Bad($"comparison.{field} is missing", at);
    }
}
