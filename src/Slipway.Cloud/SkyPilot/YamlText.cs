using System.Globalization;
using System.Text;

namespace Slipway.Cloud.SkyPilot;

/// <summary>Writes YAML 1.1 and 1.2 alike: block mappings whose keys and texts are all double-quoted ASCII, so that no text can be anything but itself.</summary>
internal sealed class YamlText
{
    private readonly StringBuilder _text = new();
    private int _depth;
    private bool _itemPending;

    public override string ToString() => _text.ToString();

    public YamlText Text(string key, string value) => Line(key, Quote(value));

    public YamlText Number(string key, decimal value) => Line(key, value.ToString(CultureInfo.InvariantCulture));

    public YamlText Flag(string key, bool value) => Line(key, value ? "true" : "false");

    public YamlText Map(string key, Action<YamlText> entries)
    {
        Start(key).Append('\n');
        _depth++;
        entries(this);
        _depth--;
        return this;
    }

    public YamlText Texts(string key, IEnumerable<KeyValuePair<string, string>> entries) => Map(key, inner =>
    {
        foreach (var (name, value) in entries)
        {
            inner.Text(name, value);
        }
    });

    public YamlText Items<T>(string key, IEnumerable<T> items, Action<YamlText, T> write) => Map(key, inner =>
    {
        inner._depth++;
        foreach (var item in items)
        {
            inner._itemPending = true;
            write(inner, item);
            inner._itemPending = false;
        }

        inner._depth--;
    });

    /// <summary>A text in double quotes; every character that is not plain ASCII is an escape.</summary>
    /// <exception cref="ArgumentException">It holds half a surrogate pair.</exception>
    public static string Quote(string value)
    {
        var quoted = new StringBuilder(value.Length + 2).Append('"');
        for (var at = 0; at < value.Length; at++)
        {
            var rune = Rune.GetRuneAt(value, at);
            at += rune.Utf16SequenceLength - 1;
            Append(quoted, rune.Value);
        }

        return quoted.Append('"').ToString();
    }

    private static void Append(StringBuilder quoted, int code) => _ = code switch
    {
        '"' => quoted.Append("\\\""),
        '\\' => quoted.Append("\\\\"),
        '\n' => quoted.Append("\\n"),
        '\t' => quoted.Append("\\t"),
        '\r' => quoted.Append("\\r"),
        >= ' ' and <= '~' => quoted.Append((char)code),
        <= 0xff => quoted.Append(CultureInfo.InvariantCulture, $"\\x{code:x2}"),
        <= 0xffff => quoted.Append(CultureInfo.InvariantCulture, $"\\u{code:x4}"),
        _ => quoted.Append(CultureInfo.InvariantCulture, $"\\U{code:x8}"),
    };

    private YamlText Line(string key, string value)
    {
        Start(key).Append(' ').Append(value).Append('\n');
        return this;
    }

    private StringBuilder Start(string key)
    {
        var width = 2 * _depth;
        _text.Append(' ', _itemPending ? width - 2 : width).Append(_itemPending ? "- " : string.Empty);
        _itemPending = false;
        return _text.Append(Quote(key)).Append(':');
    }
}
