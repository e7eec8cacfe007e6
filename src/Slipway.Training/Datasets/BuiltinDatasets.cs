using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Training.Numpy;

namespace Slipway.Training.Datasets;

/// <summary>
/// Datasets that are made here, small enough for a model of bytes to learn in seconds. Those with answers have <c>question</c>, <c>answer</c> and <c>messages</c>,
/// so one serves supervised and reinforcement learning.
/// </summary>
public static class BuiltinDatasets
{
    /// <summary>What their names begin with.</summary>
    public const string Prefix = "builtin:";

    private const int ArithmeticBatch = 32;
    private const int ArithmeticBatches = 100;
    private const int ArithmeticTestBatches = 4;
    private const int WrongAnswers = 4;

    /// <summary>Their names.</summary>
    public static ImmutableArray<string> Names { get; } =
        [Prefix + "successor", Prefix + "successor-plain", Prefix + "successor-preferences", Prefix + "arithmetic"];

    /// <summary>Makes a dataset. Its splits are <c>train</c> and <c>test</c>; of the successors, which are only nine, both are the same questions.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="split">The split.</param>
    /// <param name="seed">The seed of what is drawn: the wrong answers of preferences.</param>
    public static Result<Dataset> Load(string name, string split = "train", ulong seed = 0)
    {
        if (split is not ("train" or "test"))
        {
            return new Failure(TrainingFailures.UnknownBuiltin, $"{Shown.Quote(name)} has no split {Shown.Quote(split)}; it has train and test.");
        }

        IEnumerable<JsonElement>? rows = name switch
        {
            Prefix + "successor" => Digits.Select(static digit => Row(Question(digit), $"{digit + 1}", $@"\boxed{{{digit + 1}}}")),
            Prefix + "successor-plain" => Digits.Select(static digit => Row(Question(digit), $"{digit + 1}", $"The next number is {digit + 1}.")),
            Prefix + "successor-preferences" => Preferences(new NumpyGenerator(split is "test" ? seed + 1 : seed)),
            Prefix + "arithmetic" => Enumerable.Range(split is "test" ? ArithmeticBatches : 0, split is "test" ? ArithmeticTestBatches : ArithmeticBatches).SelectMany(static batch => Sums(batch, ArithmeticBatch)),
            _ => null,
        };
        return rows is not null
            ? new Dataset([.. rows], $"{name}/{split}")
            : new Failure(TrainingFailures.UnknownBuiltin, $"There is no dataset {Shown.Quote(name)}; there are {string.Join(", ", Names)}.");
    }

    /// <summary>The sums of a batch: pairs of numbers from 0 to 100, drawn as NumPy's <c>RandomState(batch)</c> does.</summary>
    /// <param name="batch">The batch, from 0.</param>
    /// <param name="count">How many.</param>
    public static ImmutableArray<(int X, int Y)> Summands(int batch, int count)
    {
        var generator = new LegacyGenerator((uint)batch);
        var pairs = ImmutableArray.CreateBuilder<(int, int)>(count);
        for (var i = 0; i < count; i++)
        {
            var x = (int)generator.NextUpTo(100);
            pairs.Add((x, (int)generator.NextUpTo(100)));
        }

        return pairs.MoveToImmutable();
    }

    private static IEnumerable<int> Digits => Enumerable.Range(0, 9);

    private static string Question(int digit) => $"What comes after {digit}?";

    private static IEnumerable<JsonElement> Sums(int batch, int count) =>
        Summands(batch, count).Select(static pair => Row($"What is {pair.X} + {pair.Y}?", $"{pair.X + pair.Y}", $@"\boxed{{{pair.X + pair.Y}}}"));

    private static List<JsonElement> Preferences(NumpyGenerator generator)
    {
        var rows = new List<JsonElement>();
        foreach (var digit in Digits)
        {
            foreach (var place in generator.Permutation(9).Take(WrongAnswers))
            {
                var (right, wrong) = ($@"\boxed{{{digit + 1}}}", $@"\boxed{{{(place <= digit ? place : place + 1)}}}");
                var isFirst = generator.NextUpTo(1) == 0;
                rows.Add(Make(writer =>
                {
                    writer.WriteStartObject("comparison");
                    WriteMessages(writer, "prompt_conversation", ("user", Question(digit)));
                    WriteMessages(writer, "completion_A", ("assistant", isFirst ? right : wrong));
                    WriteMessages(writer, "completion_B", ("assistant", isFirst ? wrong : right));
                    writer.WriteEndObject();
                    writer.WriteString("label", isFirst ? "A" : "B");
                }));
            }
        }

        return rows;
    }

    private static JsonElement Row(string question, string answer, string reply) => Make(writer =>
    {
        writer.WriteString("question", question);
        writer.WriteString("answer", answer);
        WriteMessages(writer, "messages", ("user", question), ("assistant", reply));
    });

    private static void WriteMessages(Utf8JsonWriter writer, string name, params ReadOnlySpan<(string Role, string Content)> messages)
    {
        writer.WriteStartArray(name);
        foreach (var (role, content) in messages)
        {
            writer.WriteStartObject();
            writer.WriteString("role", role);
            writer.WriteString("content", content);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static JsonElement Make(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(Encoding.UTF8.GetString(stream.ToArray()));
        return document.RootElement.Clone();
    }
}
