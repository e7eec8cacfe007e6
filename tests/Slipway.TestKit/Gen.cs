using System.Text;

namespace Slipway.TestKit;

/// <summary>Random values from a seed, for property tests; the same seed gives the same values everywhere.</summary>
public sealed class Gen(int seed)
{
    /// <summary>Lower-case ASCII letters.</summary>
    public const string Letters = "abcdefghijklmnopqrstuvwxyz";

    /// <summary>ASCII digits.</summary>
    public const string Digits = "0123456789";

    /// <summary>All printable ASCII characters and the space.</summary>
    public const string Printable =
        " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

    /// <summary>Control characters of ASCII and of Latin-1, with line and direction controls of Unicode.</summary>
    public const string Controls =
        "\0\u0001\u0007\b\t\n\v\f\r\u001a\u001b\u001f\u007f\u0080\u0085\u009b\u009f\u00ad\u200b\u2028\u2029\u202e\u2066\ufeff";

    private const int LastCodePoint = 0x10FFFF;
    private const int AlmostAlways = 20;
    private readonly Random _random = new(seed);

    /// <summary>The seed.</summary>
    public int Seed { get; } = seed;

    /// <summary>A number between two bounds, both included.</summary>
    public int Int(int min, int max) => (int)_random.NextInt64(min, (long)max + 1);

    /// <summary>True or false.</summary>
    public bool Bool() => Int(0, 1) == 1;

    /// <summary>True once in so many times.</summary>
    public bool OneIn(int times) => Int(1, times) == 1;

    /// <summary>One of several.</summary>
    public T Pick<T>(params IReadOnlyList<T> choices) => choices[Int(0, choices.Count - 1)];

    /// <summary>Several values; both bounds are included.</summary>
    public IReadOnlyList<T> List<T>(Func<Gen, T> item, int min, int max)
    {
        var count = Int(min, max);
        var items = new List<T>(count);
        while (items.Count < count)
        {
            items.Add(item(this));
        }

        return items;
    }

    /// <summary>The same items in another order.</summary>
    public IReadOnlyList<T> Shuffle<T>(IEnumerable<T> items)
    {
        T[] shuffled = [.. items];
        _random.Shuffle(shuffled);
        return shuffled;
    }

    /// <summary>Bytes; both bounds of the length are included.</summary>
    public byte[] Bytes(int min, int max)
    {
        var bytes = new byte[Int(min, max)];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>A string of characters of an alphabet; both bounds of the length are included.</summary>
    public string String(string alphabet, int min, int max) =>
        string.Concat(List(gen => alphabet[gen.Int(0, alphabet.Length - 1)], min, max));

    /// <summary>Valid Unicode of any plane, without surrogates standing alone.</summary>
    public string Unicode(int min, int max) => string.Concat(List(gen => gen.CodePoint().ToString(), min, max));

    /// <summary>Control characters only.</summary>
    public string ControlCharacters(int min, int max) => String(Controls, min, max);

    /// <summary>What people and attackers type: mostly printable, now and then Unicode or a control character.</summary>
    public string Text(int min, int max) => string.Concat(List(
        gen => gen.OneIn(AlmostAlways) ? gen.ControlCharacters(1, 1)
            : gen.OneIn(AlmostAlways) ? gen.Unicode(1, 1)
            : gen.String(Printable, 1, 1),
        min,
        max));

    /// <summary>The same text with one thing inserted, removed or doubled: almost valid input for a parser.</summary>
    public string Mutate(string text)
    {
        var at = Int(0, text.Length);
        var end = Int(at, Math.Min(text.Length, at + 3));
        return Int(0, 2) switch
        {
            0 => text.Insert(at, Text(1, 2)),
            1 => text.Remove(at, end - at),
            _ => text.Insert(at, text[at..end]),
        };
    }

    private Rune CodePoint()
    {
        while (true)
        {
            if (Rune.TryCreate(Int(0, OneIn(2) ? LastCodePoint : char.MaxValue), out var rune))
            {
                return rune;
            }
        }
    }
}
