using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Training.Renderers;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Loops;

/// <summary>Conversations as examples.</summary>
/// <param name="context">The stage.</param>
/// <param name="read">Where the conversations are from.</param>
internal sealed class ConversationSource(StageContext context, Func<ITokenizer, CancellationToken, Task<Result<StageRows<ImmutableArray<Message>>>>> read) : ISupervisedSource
{
    private readonly TrainOnWhat _mode = TrainOnWhatNames.Find(context.Settings.Config.Text("train_on_what"))!.Value;
    private readonly DatumOptions _options = new(context.Settings.Config.Whole("max_length"), context.Settings.Config.Text("reduction") is "mean" ? Reduction.Mean : Reduction.None);
    private ITokenizer? _tokenizer;
    private Renderer? _renderer;
    private EpochOrder<ImmutableArray<Message>>? _order;
    private ImmutableArray<ImmutableArray<Message>> _test = [];
    private ImmutableArray<Datum>? _testData;

    /// <inheritdoc/>
    public async Task<Result<int>> OpenAsync(ITokenizer tokenizer, CancellationToken cancellationToken)
    {
        _tokenizer = tokenizer;
        var rows = await read(tokenizer, cancellationToken).ConfigureAwait(false);
        if (!rows.TryGet(out var all, out var failure) || !context.Settings.Renderer.TryGet(out _renderer, out failure)
            || !EpochOrder<ImmutableArray<Message>>.Create(all.Train, context.Settings.Config.Whole("batch_size"), context.Settings.Seed, "batch_size", context.Ports.IsSimulated).TryGet(out _order, out failure))
        {
            return failure;
        }

        _test = all.Test;
        return _order.PerEpoch;
    }

    /// <inheritdoc/>
    public Task<Result<ImmutableArray<Datum>>> BatchAsync(int step, CancellationToken cancellationToken) => MakeAsync(_order!.Batch(step), cancellationToken);

    /// <inheritdoc/>
    public async Task<Result<ImmutableArray<Datum>>> TestAsync(CancellationToken cancellationToken)
    {
        if (_testData is null && !_test.IsEmpty)
        {
            if (!(await MakeAsync(_test, cancellationToken).ConfigureAwait(false)).TryGet(out var made, out var failure))
            {
                return failure;
            }

            _testData = made;
        }

        return _testData ?? [];
    }

    /// <summary>Conversations as weighted tokens.</summary>
    public static async Task<Result<ImmutableArray<WeightedTokens>>> EncodeAsync(
        Renderer renderer, TrainOnWhat mode, ITokenizer tokenizer, ImmutableArray<ImmutableArray<Message>> conversations, CancellationToken cancellationToken)
    {
        var rendered = ImmutableArray.CreateBuilder<RenderedExample>(conversations.Length);
        foreach (var conversation in conversations)
        {
            if (!renderer.BuildSupervisedExamples(conversation, mode, tokenizer).TryGet(out var examples, out var failure))
            {
                return failure;
            }

            rendered.AddRange(examples);
        }

        return await Rendering.EncodeAsync(tokenizer, rendered.ToImmutable(), cancellationToken).ConfigureAwait(false);
    }

    private async Task<Result<ImmutableArray<Datum>>> MakeAsync(ImmutableArray<ImmutableArray<Message>> conversations, CancellationToken cancellationToken)
    {
        var encoded = await EncodeAsync(_renderer!, _mode, _tokenizer!, conversations, cancellationToken).ConfigureAwait(false);
        return encoded.Then(examples =>
        {
            var data = ImmutableArray.CreateBuilder<Datum>(examples.Length);
            foreach (var example in examples)
            {
                if (!example.ToDatum(_options).TryGet(out var datum, out var failure))
                {
                    return failure;
                }

                data.Add(datum);
            }

            return (Result<ImmutableArray<Datum>>)data.ToImmutable();
        });
    }
}
