namespace Slipway.Core.Tests.Support;

/// <summary>A small seeded generator. Failures of property tests print the seed and the round.</summary>
internal sealed class Gen(int seed)
{
    private readonly Random _random = new(seed);

    public int Next(int bound) => _random.Next(bound);

    public bool Chance(int percent) => Next(100) < percent;

    public T Pick<T>(params ReadOnlySpan<T> items) => items[Next(items.Length)];

    public string Repeat(int from, int to, Func<string> make) => string.Concat(Enumerable.Range(0, from + Next(to - from + 1)).Select(_ => make()));

    public string Digits(int most) => Repeat(1, most, () => ((char)('0' + Next(10))).ToString());

    /// <summary>The text with a few characters inserted, removed or replaced.</summary>
    public string Mutate(string text, string alphabet)
    {
        for (var count = 1 + Next(3); count > 0; count--)
        {
            var at = Next(text.Length + 1);
            var piece = alphabet[Next(alphabet.Length)].ToString();
            text = Next(3) switch
            {
                0 => text.Insert(at, piece),
                1 when at < text.Length => text.Remove(at, 1),
                _ when at < text.Length => text.Remove(at, 1).Insert(at, piece),
                _ => text + piece,
            };
        }

        return text;
    }

    /// <summary>Text of any UTF-16 units, lone surrogates and control characters among them.</summary>
    public string Noise(int longest, string alphabet) => Repeat(0, longest, () =>
        Chance(85) ? alphabet[Next(alphabet.Length)].ToString() : ((char)Next(Chance(50) ? 0x100 : 0x10000)).ToString());

    /// <summary>A version in one of the spellings of PEP 440.</summary>
    public string Version(bool local = true)
    {
        var text = Chance(8) ? Pick("v", "V") : string.Empty;
        text += Chance(10) ? $"{Next(3)}!" : string.Empty;
        text += string.Join('.', Enumerable.Range(0, 1 + Next(4)).Select(_ => Number()));
        text += Chance(35) ? Separator() + Pick("a", "b", "c", "rc", "alpha", "Beta", "pre", "PREVIEW") + OptionalNumber() : string.Empty;
        text += Chance(25) ? (Chance(30) ? $"-{Number()}" : Separator() + Pick("post", "rev", "r", "Post") + OptionalNumber()) : string.Empty;
        text += Chance(20) ? Separator() + Pick("dev", "DEV") + OptionalNumber() : string.Empty;
        return text + (local && Chance(15) ? "+" + string.Join(Pick(".", "-", "_"), Enumerable.Range(0, 1 + Next(3)).Select(_ => Pick("abc", "1", "07", "Ubuntu", "x2"))) : string.Empty);
    }

    /// <summary>One clause of a version specifier, not always a valid one.</summary>
    public string Specifier()
    {
        var @operator = Pick("~=", "==", "!=", "<=", ">=", "<", ">", "===", "==", ">=");
        var version = Chance(25) && @operator is "==" or "!=" ? $"{Next(3)}.{Next(3)}.*" : Version(local: @operator is "==" or "!=" or "===");
        return @operator + Pick(string.Empty, " ") + version;
    }

    private string Number() => Chance(70) ? Next(4).ToString() : Chance(80) ? Digits(3) : Digits(30);

    private string Separator() => Pick(string.Empty, string.Empty, ".", "-", "_");

    private string OptionalNumber() => Chance(25) ? string.Empty : Separator() + Number();
}
