using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Slipway.Core.Failures;
using Slipway.Training.Data;
using Slipway.Workers.Frames;

namespace Slipway.Training.Adapters.Local;

/// <summary>Rows of different lengths as they travel: one behind the other in one tensor. Numbers are copied once, and none of them by itself.</summary>
internal static class Ragged
{
    /// <summary>The tokens of inputs, and their lengths in a second tensor; a failure when one has something else than text.</summary>
    public static Result<ImmutableArray<Tensor>> Tokens(string name, string lengthsName, IReadOnlyList<ModelInput> inputs)
    {
        if (inputs.FirstOrDefault(static input => !input.IsText) is not null)
        {
            return new Failure(AdapterFailures.OnlyText, "An input has an image, and the models of the worker take only text.");
        }

        var lengths = new long[inputs.Count];
        for (var i = 0; i < lengths.Length; i++)
        {
            lengths[i] = inputs[i].Length;
        }

        var tokens = new byte[lengths.Sum() * sizeof(long)];
        var rest = MemoryMarshal.Cast<byte, long>(tokens.AsSpan());
        foreach (var chunk in inputs.SelectMany(static input => input.Chunks).Cast<TextChunk>())
        {
            rest = Widen(chunk.Tokens.AsSpan(), rest);
        }

        return ImmutableArray.Create(new Tensor(name, TensorType.I64, [tokens.Length / sizeof(long)], tokens), Tensor.Of(lengthsName, lengths));
    }

    /// <summary>Sequences of tokens, and their lengths in a second tensor.</summary>
    public static ImmutableArray<Tensor> Sequences(string name, string lengthsName, ImmutableArray<ImmutableArray<int>> sequences)
    {
        var lengths = sequences.Select(static sequence => (long)sequence.Length).ToArray();
        var tokens = new byte[lengths.Sum() * sizeof(long)];
        var rest = MemoryMarshal.Cast<byte, long>(tokens.AsSpan());
        foreach (var sequence in sequences)
        {
            rest = Widen(sequence.AsSpan(), rest);
        }

        return [new Tensor(name, TensorType.I64, [tokens.Length / sizeof(long)], tokens), Tensor.Of(lengthsName, lengths)];
    }

    /// <summary>The numbers of one input of all examples.</summary>
    public static Tensor Inputs(string name, ImmutableArray<Datum> data)
    {
        var whole = data[0].LossInputs[name] is LongTensor;
        var bytes = new byte[data.Sum(datum => (long)datum.LossInputs[name].Count) * (whole ? sizeof(long) : sizeof(float))];
        var rest = bytes.AsSpan();
        foreach (var datum in data)
        {
            var row = whole ? MemoryMarshal.AsBytes(datum.Longs(name).AsSpan()) : MemoryMarshal.AsBytes(datum.Floats(name).AsSpan());
            row.CopyTo(rest);
            rest = rest[row.Length..];
        }

        return new Tensor(name, whole ? TensorType.I64 : TensorType.F32, [bytes.Length / (whole ? sizeof(long) : sizeof(float))], bytes);
    }

    /// <summary>The floating numbers of a tensor, over its own memory.</summary>
    public static ReadOnlySpan<float> Floats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.Bytes.Span);

    /// <summary>The whole numbers of a tensor, over its own memory.</summary>
    public static ReadOnlySpan<long> Longs(Tensor tensor) => MemoryMarshal.Cast<byte, long>(tensor.Bytes.Span);

    /// <summary>A copy of floating numbers.</summary>
    public static ImmutableArray<float> Copy(ReadOnlySpan<float> values) => ImmutableCollectionsMarshal.AsImmutableArray(values.ToArray());

    /// <summary>A copy of whole numbers as tokens.</summary>
    public static ImmutableArray<int> Narrow(ReadOnlySpan<long> values)
    {
        var tokens = new int[values.Length];
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i] = (int)values[i];
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(tokens);
    }

    private static Span<long> Widen(ReadOnlySpan<int> tokens, Span<long> into)
    {
        for (var i = 0; i < tokens.Length; i++)
        {
            into[i] = tokens[i];
        }

        return into[tokens.Length..];
    }
}
