using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Training.Tokenizers;

namespace Slipway.Training.Adapters.Local;

/// <summary>The tokenizers of a worker's models. Those of bytes are computed here, when the worker numbers tokens in the same way.</summary>
internal sealed class LocalTokenizers(LocalWorker worker)
{
    private readonly ConcurrentDictionary<string, ITokenizer> _known = new(StringComparer.Ordinal);

    public async Task<Result<ITokenizer>> GetAsync(LocalModel model, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(model.Name, out var known))
        {
            return Result<ITokenizer>(known);
        }

        var described = await worker.CallAsync("training_tokenizer", model.Arguments, [], cancellationToken).ConfigureAwait(false);
        return described.Then(answer => Make(model, answer.Values)).Map(made => _known.GetOrAdd(model.Name, made));
    }

    private Result<ITokenizer> Make(LocalModel model, JsonElement values)
    {
        var fingerprint = values.GetProperty("sha256").GetString()!;
        if (values.GetProperty("kind").GetString() is not ByteTokenizer.Kind)
        {
            return Result<ITokenizer>(new WorkerTokenizer(worker, model, fingerprint, values));
        }

        var bytes = new ByteTokenizer(model.Name);
        return bytes.Fingerprint == fingerprint
            ? Result<ITokenizer>(bytes)
            : new Failure(AdapterFailures.TokenizerDiffers, $"The worker's tokenizer of {model.Name} has the fingerprint {fingerprint}, and the one here {bytes.Fingerprint}.");
    }

    private static Result<T> Result<T>(T value)
        where T : notnull => value;
}

/// <summary>A tokenizer in the worker.</summary>
internal sealed class WorkerTokenizer : ITokenizer
{
    // Texts travel in the header of a frame, which holds 16 MiB.
    private const int MostCharacters = 2 * 1024 * 1024;

    private readonly LocalWorker _worker;
    private readonly LocalModel _model;

    public WorkerTokenizer(LocalWorker worker, LocalModel model, string fingerprint, JsonElement values)
    {
        (_worker, _model, Fingerprint) = (worker, model, fingerprint);
        VocabularySize = values.GetProperty("vocab_size").GetInt32();
        Specials = values.GetProperty("specials").EnumerateObject().ToImmutableSortedDictionary(static special => special.Name, static special => special.Value.GetInt32(), StringComparer.Ordinal);
        (Begin, End) = (Id(values, "bos"), Id(values, "eos"));
    }

    public string Name => _model.Name;

    public int VocabularySize { get; }

    public string Fingerprint { get; }

    public ImmutableSortedDictionary<string, int> Specials { get; }

    public int? Begin { get; }

    public int? End { get; }

    public async Task<Result<ImmutableArray<ImmutableArray<int>>>> EncodeAsync(ImmutableArray<TokenChunk> chunks, CancellationToken cancellationToken)
    {
        if (chunks.SelectMany(static chunk => chunk.Parts).FirstOrDefault(part => part.IsSpecial && !Specials.ContainsKey(part.Text)) is { IsSpecial: true } unknown)
        {
            return new Failure(TrainingFailures.UnknownSpecial, $"The tokenizer of {Name} has no special token {Shown.Quote(unknown.Text)}.");
        }

        var encoded = ImmutableArray.CreateBuilder<ImmutableArray<int>>(chunks.Length);
        for (var start = 0; start < chunks.Length;)
        {
            var end = EndOfBatch(chunks, start);
            if (!(await EncodeBatchAsync(chunks[start..end], cancellationToken).ConfigureAwait(false)).TryGet(out var batch, out var failure))
            {
                return failure;
            }

            encoded.AddRange(batch);
            start = end;
        }

        return encoded.MoveToImmutable();
    }

    public async Task<Result<ImmutableArray<string>>> DecodeAsync(ImmutableArray<ImmutableArray<int>> sequences, CancellationToken cancellationToken)
    {
        if (sequences.SelectMany(static sequence => sequence).Select(static id => (int?)id).FirstOrDefault(id => id < 0 || id >= VocabularySize) is { } unknown)
        {
            return new Failure(TrainingFailures.UnknownToken, $"The tokenizer of {Name} has no token {unknown}; its ids end at {VocabularySize - 1}.");
        }

        var called = await _worker.CallAsync("training_decode", _model.Arguments, Ragged.Sequences("tokens", "lengths", sequences), cancellationToken).ConfigureAwait(false);
        return called.Map(static answer => answer.Values.GetProperty("texts").EnumerateArray().Select(static text => text.GetString()!).ToImmutableArray());
    }

    private static int EndOfBatch(ImmutableArray<TokenChunk> chunks, int start)
    {
        var (end, characters) = (start, 0L);
        do
        {
            characters += chunks[end].Parts.Sum(static part => (long)part.Text.Length);
            end++;
        }
        while (end < chunks.Length && characters < MostCharacters);
        return end;
    }

    private async Task<Result<ImmutableArray<ImmutableArray<int>>>> EncodeBatchAsync(ImmutableArray<TokenChunk> chunks, CancellationToken cancellationToken)
    {
        var arguments = _model.Arguments;
        arguments["chunks"] = new JsonArray([.. chunks.Select(Chunk)]);
        var called = await _worker.CallAsync("training_encode", arguments, [], cancellationToken).ConfigureAwait(false);
        if (!called.TryGet(out var answer, out var failure))
        {
            return failure;
        }

        using var disposing = answer;
        return Split(Ragged.Longs(answer.Find("tokens")!), Ragged.Longs(answer.Find("lengths")!));
    }

    private static ImmutableArray<ImmutableArray<int>> Split(ReadOnlySpan<long> tokens, ReadOnlySpan<long> lengths)
    {
        var rows = ImmutableArray.CreateBuilder<ImmutableArray<int>>(lengths.Length);
        foreach (var length in lengths)
        {
            rows.Add(Ragged.Narrow(tokens[..(int)length]));
            tokens = tokens[(int)length..];
        }

        return rows.MoveToImmutable();
    }

    private static JsonNode Chunk(TokenChunk chunk) => new JsonArray(
    [
        .. chunk.Parts.Select(static JsonNode? (part) => part.IsSpecial
            ? new JsonObject { ["special"] = part.Text }
            : JsonValue.Create(part.Text)),
    ]);

    private static int? Id(JsonElement values, string name) =>
        values.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number ? value.GetInt32() : null;
}
