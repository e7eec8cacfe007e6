using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Renderers;

/// <summary>Tokens of one weight in a row.</summary>
/// <param name="Tokens">The tokens.</param>
/// <param name="Weight">Their weight.</param>
/// <param name="Text">What they decode to.</param>
public sealed record PreviewSpan(ImmutableArray<int> Tokens, float Weight, string Text);

/// <summary>An example for people to look at: what a model is shown, and what of it is learned.</summary>
/// <param name="Spans">The spans, in order.</param>
public sealed record RenderedPreview(ImmutableArray<PreviewSpan> Spans)
{
    private const string Open = "⟦";
    private const string Close = "⟧";

    /// <summary>Makes previews, with one call of the tokenizer.</summary>
    public static async Task<Result<ImmutableArray<RenderedPreview>>> MakeAsync(ITokenizer tokenizer, ImmutableArray<WeightedTokens> examples, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var runs = examples.Select(Runs).ToList();
        var decoded = await tokenizer.DecodeAsync([.. runs.SelectMany(static list => list).Select(static run => run.Tokens)], cancellationToken).ConfigureAwait(false);
        return decoded.Map(texts =>
        {
            var next = 0;
            return runs.Select(list => new RenderedPreview([.. list.Select(run => new PreviewSpan(run.Tokens, run.Weight, texts[next++]))])).ToImmutableArray();
        });
    }

    /// <summary>
    /// As text: what is learned stands between ⟦ and ⟧, with its weight where that is not 1. A line feed is shown as <c>\n</c> and the end of a line;
    /// all else that is not seen, or that could be taken for a mark, as an escape.
    /// </summary>
    public string ToText() => string.Concat(Spans.Select(static span => span.Weight switch
    {
        0 => Visible(span.Text),
        1 => $"{Open}{Visible(span.Text)}{Close}",
        var weight => string.Create(CultureInfo.InvariantCulture, $"{Open}{weight:0.####}: {Visible(span.Text)}{Close}"),
    }));

    /// <summary>As JSON: <c>{"tokens", "trained", "spans":[{"weight", "tokens", "text"}]}</c>.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteNumber("tokens", Spans.Sum(static span => span.Tokens.Length));
        writer.WriteNumber("trained", Spans.Where(static span => span.Weight != 0).Sum(static span => span.Tokens.Length));
        writer.WriteStartArray("spans");
        foreach (var span in Spans)
        {
            writer.WriteStartObject();
            writer.WriteNumber("weight", span.Weight);
            writer.WriteStartArray("tokens");
            foreach (var token in span.Tokens)
            {
                writer.WriteNumberValue(token);
            }

            writer.WriteEndArray();
            writer.WriteString("text", span.Text);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static List<(ImmutableArray<int> Tokens, float Weight)> Runs(WeightedTokens example)
    {
        var (runs, start) = (new List<(ImmutableArray<int>, float)>(), 0);
        for (var i = 1; i <= example.Tokens.Length; i++)
        {
            if (i == example.Tokens.Length || !example.Weights[i].Equals(example.Weights[start]))
            {
                runs.Add((example.Tokens[start..i], example.Weights[start]));
                start = i;
            }
        }

        return runs;
    }

    private static string Visible(string text)
    {
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            shown.Append(rune.Value switch
            {
                '\n' => "\\n\n",
                '\t' => "\\t",
                '\r' => "\\r",
                '\\' => "\\\\",
                _ when IsSeen(rune) => rune.ToString(),
                _ => $"\\u{{{rune.Value:x}}}",
            });
        }

        return shown.ToString();
    }

    private static bool IsSeen(Rune rune) => !Open.EnumerateRunes().Contains(rune) && !Close.EnumerateRunes().Contains(rune)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate);
}
