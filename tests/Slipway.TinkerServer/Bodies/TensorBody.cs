using System.Text.Json;

namespace Slipway.TinkerApi.Bodies;

/// <summary>One tensor of a datum, dense: its numbers, and how many there are for each token.</summary>
/// <param name="Whole">Its numbers where it is <c>int64</c>.</param>
/// <param name="Real">Its numbers where it is <c>float32</c>.</param>
/// <param name="Columns">Numbers for each token; null for a tensor of one dimension.</param>
internal sealed record TensorBody(IReadOnlyList<long> Whole, IReadOnlyList<float> Real, int? Columns)
{
    internal static TensorBody None { get; } = new([], [], Columns: null);

    /// <summary>Reads <c>{"data":[..],"dtype":"int64","shape":[4]}</c>, or the sparse form with row and column indices.</summary>
    /// <param name="body">Its fields.</param>
    /// <param name="isWhole">Whether its numbers must be <c>int64</c>, and not <c>float32</c>.</param>
    /// <param name="rows">How many tokens there are.</param>
    /// <param name="mayBeWide">Whether there may be several numbers for a token.</param>
    internal static TensorBody Read(Fields body, bool isWhole, int rows, bool mayBeWide)
    {
        body.Literal("dtype", isWhole ? "int64" : "float32");
        var data = body.List("data");
        var shape = body.Has("shape") ? Longs(body, "shape") : null;
        var sparse = body.Has("sparse_crow_indices") || body.Has("sparse_col_indices")
            ? new SparseIndices(Longs(body, "sparse_crow_indices"), Longs(body, "sparse_col_indices")) : null;
        body.End();
        if (shape is null && sparse is not null)
        {
            body.Problems.Add($"{body.At("shape")} is missing, and a sparse tensor needs it");
        }

        shape ??= [data.Count];
        CheckShape(body, shape, rows, mayBeWide);
        if (body.Problems.First is not null)
        {
            return None;
        }

        var (whole, real) = isWhole ? (Wholes(body, data), (IReadOnlyList<float>)[]) : ([], Reals(body, data));
        var columns = shape.Count == 2 ? (int)shape[1] : (int?)null;
        if (sparse is not null)
        {
            return sparse.Check(body, rows, columns, data.Count)
                ? new TensorBody(isWhole ? sparse.Spread(whole, columns!.Value) : [], isWhole ? [] : sparse.Spread(real, columns!.Value), columns)
                : None;
        }

        if (data.Count != rows * (columns ?? 1L))
        {
            body.Problems.Add($"{body.At("data")} has {data.Count} numbers, and its shape {rows * (columns ?? 1L)}");
        }

        return new TensorBody(whole, real, columns);
    }

    private static void CheckShape(Fields body, List<long> shape, int rows, bool mayBeWide)
    {
        if (shape.Count is not (1 or 2) || shape[0] != rows || (shape.Count == 2 && (!mayBeWide || shape[1] is < 1 or > 1_000_000)))
        {
            body.Problems.Add($"{body.At("shape")} is [{string.Join(',', shape)}], and must be [{rows}]{(mayBeWide ? $" or [{rows},K]" : string.Empty)}");
        }
    }

    private static List<long> Longs(Fields body, string name) => Wholes(body, body.List(name), name);

    private static List<long> Wholes(Fields body, IReadOnlyList<JsonElement> data, string name = "data")
    {
        var numbers = new List<long>(data.Count);
        foreach (var item in data)
        {
            if (item.ValueKind is not JsonValueKind.Number || !item.TryGetInt64(out var number))
            {
                body.Problems.Add($"{body.At(name)} has {item.GetRawText()}, which is no int64");
                return numbers;
            }

            numbers.Add(number);
        }

        return numbers;
    }

    private static List<float> Reals(Fields body, IReadOnlyList<JsonElement> data)
    {
        var numbers = new List<float>(data.Count);
        foreach (var item in data)
        {
            if (item.ValueKind is not JsonValueKind.Number || !item.TryGetSingle(out var number) || !float.IsFinite(number))
            {
                body.Problems.Add($"{body.At("data")} has {item.GetRawText()}, which is no finite float32");
                return numbers;
            }

            numbers.Add(number);
        }

        return numbers;
    }
}

/// <summary>Where the numbers of a sparse tensor of two dimensions are: compressed rows, as PyTorch's <c>sparse_csr</c> has them.</summary>
/// <param name="Crow">For each row, and for the end, how many numbers are before it.</param>
/// <param name="Col">The column of each number.</param>
internal sealed record SparseIndices(IReadOnlyList<long> Crow, IReadOnlyList<long> Col)
{
    internal bool Check(Fields body, int rows, int? columns, int count)
    {
        var problem = columns is not { } width ? "is of one dimension, and sparse"
            : Crow.Count != rows + 1 || Crow[0] != 0 || Crow[^1] != count ? "has row indices that do not go from 0 to the count of its numbers"
            : Crow.Zip(Crow.Skip(1)).Any(static pair => pair.Second < pair.First) ? "has row indices that fall"
            : Col.Count != count || Col.Any(column => column < 0 || column >= width) ? "has column indices that are not those of its numbers"
            : null;
        if (problem is not null)
        {
            body.Problems.Add($"{body.At("shape")}: the tensor {problem}");
        }

        return problem is null;
    }

    internal IReadOnlyList<T> Spread<T>(IReadOnlyList<T> data, int columns)
    {
        var dense = new T[(Crow.Count - 1) * columns];
        for (var row = 0; row < Crow.Count - 1; row++)
        {
            for (var at = Crow[row]; at < Crow[row + 1]; at++)
            {
                dense[(row * columns) + Col[(int)at]] = data[(int)at];
            }
        }

        return dense;
    }
}
