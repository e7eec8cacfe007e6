using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Renderers;

/// <summary>How an answer ended.</summary>
public enum Termination
{
    /// <summary>As the renderer's messages end.</summary>
    StopSequence,

    /// <summary>By the token that ends a text.</summary>
    Eos,

    /// <summary>Not as it should: too long, or with something after its end.</summary>
    Malformed,
}

/// <summary>An answer that was read.</summary>
/// <param name="Message">The message; as good as it could be read where it is malformed.</param>
/// <param name="Termination">How it ended.</param>
public sealed record ParsedResponse(Message Message, Termination Termination)
{
    /// <summary>Whether it ended as it should.</summary>
    public bool IsClean => Termination is not Termination.Malformed;
}

/// <summary>Reads what models answered. Special tokens are told from their texts by their ids, so a text that spells one stays a text.</summary>
public static class ResponseReader
{
    /// <summary>Reads answers, with one call of the tokenizer.</summary>
    /// <returns>Per answer the message, or a failure where it ends more than once.</returns>
    public static async Task<Result<ImmutableArray<Result<ParsedResponse>>>> ReadAsync(
        Renderer renderer, ITokenizer tokenizer, ImmutableArray<ImmutableArray<int>> answers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(renderer);
        ArgumentNullException.ThrowIfNull(tokenizer);
        var names = new Dictionary<int, string>();
        foreach (var (text, id) in tokenizer.Specials)
        {
            names[id] = text;
        }

        var runs = answers.Select(answer => Split(answer, names)).ToList();
        var decoded = await tokenizer.DecodeAsync([.. runs.SelectMany(static list => list).Where(static run => run.Special is null).Select(static run => run.Tokens)], cancellationToken).ConfigureAwait(false);
        return decoded.Map(texts =>
        {
            var next = 0;
            var end = tokenizer.End is { } id ? names.GetValueOrDefault(id) : null;
            return runs.Select(list => renderer.Parse([.. list.Select(run => run.Special is { } special ? TokenText.Special(special) : TokenText.Plain(texts[next++]))], end)).ToImmutableArray();
        });
    }

    private static List<(string? Special, ImmutableArray<int> Tokens)> Split(ImmutableArray<int> answer, Dictionary<int, string> names)
    {
        var (runs, start) = (new List<(string?, ImmutableArray<int>)>(), 0);
        for (var i = 0; i <= answer.Length; i++)
        {
            var special = i < answer.Length ? names.GetValueOrDefault(answer[i]) : null;
            if (i < answer.Length && special is null)
            {
                continue;
            }

            if (i > start)
            {
                runs.Add((null, answer[start..i]));
            }

            if (special is not null)
            {
                runs.Add((special, []));
            }

            start = i + 1;
        }

        return runs;
    }
}
