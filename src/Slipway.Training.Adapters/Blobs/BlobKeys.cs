using System.Text;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Training.Adapters.Blobs;

/// <summary>The form of keys, and their order.</summary>
internal static class BlobKeys
{
    private const int Longest = 1024;

    /// <summary>Keys by the bytes of their UTF-8, as S3 sorts them.</summary>
    public static IComparer<string> Order { get; } = Comparer<string>.Create(static (one, other) => Encoding.UTF8.GetBytes(one).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(other)));

    /// <summary>What is wrong with a key; null for nothing.</summary>
    public static Failure? Problem(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var isGood = key.Length > 0 && Encoding.UTF8.GetByteCount(key) <= Longest && !key.Any(char.IsControl) && !key.Contains('\\', StringComparison.Ordinal)
            && key.Split('/').All(static part => part is not ("" or "." or ".."));
        return isGood ? null : new Failure(AdapterFailures.BadKey, $"{Shown.Quote(key)} is no key of a blob.");
    }

    /// <summary>That nothing is there.</summary>
    public static Failure None(string key) => new(AdapterFailures.NoBlob, $"There is no blob {Shown.Quote(key)}.");
}
