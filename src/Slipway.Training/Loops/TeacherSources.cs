using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Datasets;
using Slipway.Training.Distillation;
using Slipway.Training.Ports;
using Slipway.Training.Renderers;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Loops;

/// <summary>What a teacher answers to a stage's questions, as conversations to learn from. It is written down, so that a run that goes on learns from the same answers.</summary>
internal sealed class TeacherAnswers(StageContext context)
{
    private const int AtOnce = 64;
    private readonly string _file = $"teacher_samples-{context.Index}.jsonl";

    /// <summary>The conversations.</summary>
    public async Task<Result<StageRows<ImmutableArray<Message>>>> ReadAsync(ITokenizer student, CancellationToken cancellationToken)
    {
        if (context.Record.Read(_file) is { } written)
        {
            return JsonLines.Parse(written, _file).Then(DatasetRows.Conversations).Map(static all => new StageRows<ImmutableArray<Message>>(all, []));
        }

        var asked = await new ReinforcementSetup(context).RowsAsync(cancellationToken).ConfigureAwait(false);
        var opened = await Teachers.OpenAsync(context, student, cancellationToken).ConfigureAwait(false);
        if (!asked.TryGet(out var rows, out var failure) || !opened.TryGet(out var teacher, out failure))
        {
            return failure;
        }

        await using var closing = teacher.ConfigureAwait(false);
        var drawn = await DrawAsync(teacher, rows.Train, cancellationToken).ConfigureAwait(false);
        return drawn.Then(all => context.Record.Write(_file, Text(all)).Map(_ => new StageRows<ImmutableArray<Message>>(all, [])));
    }

    private async Task<Result<ImmutableArray<ImmutableArray<Message>>>> DrawAsync(ISampler teacher, ImmutableArray<PromptItem> prompts, CancellationToken cancellationToken)
    {
        var setup = await new ReinforcementSetup(context).RolloutsAsync(cancellationToken).ConfigureAwait(false);
        if (!setup.TryGet(out var rollouts, out var failure))
        {
            return failure;
        }

        var parameters = new SamplingParameters { MaxTokens = context.Settings.Config.Whole("max_tokens"), Temperature = context.Settings.Config.Number("temperature") };
        var (all, size) = (ImmutableArray.CreateBuilder<ImmutableArray<Message>>(), context.Settings.Config.Whole("group_size"));
        for (var start = 0; start < prompts.Length; start += AtOnce)
        {
            var part = prompts[start..Math.Min(prompts.Length, start + AtOnce)];
            var drawn = await rollouts.DrawAsync(teacher, part, size, parameters, ((long)context.Settings.Seed * 1_000_003) + ((long)start * size), cancellationToken).ConfigureAwait(false);
            if (!drawn.TryGet(out var groups, out failure))
            {
                return failure;
            }

            all.AddRange(groups.SelectMany(static group => group).Select(static one => one.Messages).Where(static messages => messages[^1].Text.Length > 0));
            context.Record.Say($"the teacher answered {Math.Min(prompts.Length, start + AtOnce)} of {prompts.Length} questions");
        }

        return all.ToImmutable();
    }

    private static string Text(ImmutableArray<ImmutableArray<Message>> conversations)
    {
        var text = new StringBuilder();
        foreach (var conversation in conversations)
        {
            using var stream = new MemoryStream();
            using (var writer = new Utf8JsonWriter(stream))
            {
                writer.WriteStartObject();
                writer.WriteStartArray("messages");
                foreach (var message in conversation)
                {
                    writer.WriteStartObject();
                    writer.WriteString("role", message.Role.Name());
                    writer.WriteString("content", message.Text);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            text.Append(Encoding.UTF8.GetString(stream.ToArray())).Append('\n');
        }

        return text.ToString();
    }
}

/// <summary>Examples whose targets are a teacher's distribution.</summary>
/// <param name="context">The stage.</param>
/// <param name="conversations">The examples with one target a position.</param>
internal sealed class SoftSource(StageContext context, ISupervisedSource conversations) : ISupervisedSource, IAsyncDisposable
{
    private ISampler? _teacher;

    /// <inheritdoc/>
    public async Task<Result<int>> OpenAsync(ITokenizer tokenizer, CancellationToken cancellationToken)
    {
        var opened = await Teachers.OpenAsync(context, tokenizer, cancellationToken).ConfigureAwait(false);
        if (!opened.TryGet(out _teacher, out var failure))
        {
            return failure;
        }

        return await conversations.OpenAsync(tokenizer, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<Result<ImmutableArray<Datum>>> BatchAsync(int step, CancellationToken cancellationToken)
    {
        var k = context.Settings.Config.Whole("top_k");
        if (!(await conversations.BatchAsync(step, cancellationToken).ConfigureAwait(false)).TryGet(out var data, out var failure)
            || !(await SamplerCalls.TopAsync(_teacher!, data, k, cancellationToken).ConfigureAwait(false)).TryGet(out var top, out failure))
        {
            return failure;
        }

        var soft = ImmutableArray.CreateBuilder<Datum>(data.Length);
        for (var i = 0; i < data.Length; i++)
        {
            if (!SoftTargets.Apply(data[i], top[i], k).TryGet(out var datum, out failure))
            {
                return failure;
            }

            soft.Add(datum);
        }

        return soft.MoveToImmutable();
    }

    /// <inheritdoc/>
    public Task<Result<ImmutableArray<Datum>>> TestAsync(CancellationToken cancellationToken) => conversations.TestAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _teacher?.DisposeAsync() ?? default;
}
