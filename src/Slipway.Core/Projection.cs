namespace Slipway;

/// <summary>
/// The projection of sequences, in the place of that of <c>System.Linq</c>: names of an enclosing namespace are found first. What .NET brings is a generic virtual method of
/// its iterators, so a program that is compiled ahead of time has its code once for each pair of structs that go in and come out anywhere: two thirds of this one's code.
/// </summary>
public static class Projection
{
    /// <summary>Each item as a function has it, one after the other, when it is asked for.</summary>
    /// <param name="source">The items.</param>
    /// <param name="selector">The function.</param>
    public static IEnumerable<TResult> Select<TSource, TResult>(this IEnumerable<TSource> source, Func<TSource, TResult> selector)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(selector);
        return Each(source, selector);
    }

    private static IEnumerable<TResult> Each<TSource, TResult>(IEnumerable<TSource> source, Func<TSource, TResult> selector)
    {
        foreach (var item in source)
        {
            yield return selector(item);
        }
    }
}
