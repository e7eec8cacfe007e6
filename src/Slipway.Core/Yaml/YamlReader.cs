using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Slipway.Core.Yaml;

/// <summary>
/// Reads one YAML document from the parser's events. Tags mean nothing, an anchor may be repeated by its alias, and a key may stand only once.
/// </summary>
internal sealed class YamlReader
{
    private const int Deepest = 64;
    private readonly Parser _parser;
    private readonly string _source;
    private readonly string[] _lines;
    private readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);

    private YamlReader(string text, string source)
    {
        _parser = new Parser(new StringReader(text));
        _source = source;
        _lines = text.Split('\n');
    }

    /// <summary>Reads a document whose outermost value is a mapping; an empty one is a mapping without entries.</summary>
    /// <param name="text">The document.</param>
    /// <param name="source">Its name for messages.</param>
    public static Result<YamlMap> Read(string text, string source)
    {
        var reader = new YamlReader(text, source);
        try
        {
            return reader.Document();
        }
        catch (YamlException exception)
        {
            return CoreFailures.YamlInvalid.Because(Sentence(exception.Message), reader.At(exception.Start));
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            // Brackets that do not match can empty the stack of the parser's own states.
            return CoreFailures.YamlInvalid.Because("What follows here is no YAML.", reader.At(reader._parser.Current?.End ?? new Mark(0, 1, 1)));
        }
    }

    private Result<YamlMap> Document()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.TryConsume<DocumentStart>(out _))
        {
            return new YamlMap([], new FailureLocation(_source, 1, 1));
        }

        if (!Node(0).TryGet(out var node, out var failure))
        {
            return failure;
        }

        _parser.Consume<DocumentEnd>();
        if (_parser.TryConsume<DocumentStart>(out var second))
        {
            return CoreFailures.YamlInvalid.Because("There is a second document.", At(second.Start));
        }

        return node switch
        {
            YamlMap map => map,
            YamlText { IsNull: true } => new YamlMap([], node.At),
            _ => CoreFailures.YamlInvalid.Because($"The document is {node.Kind}, and a mapping is needed.", node.At),
        };
    }

    private Result<YamlNode> Node(int depth)
    {
        if (depth > Deepest)
        {
            return CoreFailures.YamlInvalid.Because($"Values lie more than {Deepest} deep.", At(_parser.Current!.Start));
        }

        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            return _anchors.TryGetValue(alias.Value.Value, out var meant)
                ? Result.Ok(meant)
                : CoreFailures.YamlInvalid.Because($"There is no anchor {Shown.Quote(alias.Value.Value)} before this.", At(alias.Start));
        }

        var start = _parser.Consume<NodeEvent>();
        Result<YamlNode> read = start switch
        {
            Scalar scalar => new YamlText(scalar.Value, scalar.Style is ScalarStyle.Plain, At(scalar.Start)),
            SequenceStart => List(At(start.Start), depth),
            _ => Map(At(start.Start), depth),
        };
        if (!start.Anchor.IsEmpty && read.TryGet(out var node, out _))
        {
            _anchors[start.Anchor.Value] = node;
        }

        return read;
    }

    private Result<YamlNode> List(FailureLocation at, int depth)
    {
        var items = ImmutableArray.CreateBuilder<YamlNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            if (!Node(depth + 1).TryGet(out var item, out var failure))
            {
                return failure;
            }

            items.Add(item);
        }

        return new YamlList(items.ToImmutable(), at);
    }

    private Result<YamlNode> Map(FailureLocation at, int depth)
    {
        var entries = ImmutableArray.CreateBuilder<YamlEntry>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (!Node(depth + 1).TryGet(out var key, out var failure) || !Node(depth + 1).TryGet(out var value, out failure))
            {
                return failure;
            }

            if (key is not YamlText name)
            {
                return CoreFailures.YamlInvalid.Because($"A key is {key.Kind}, and a text is needed.", key.At);
            }

            if (!seen.Add(name.Value))
            {
                return CoreFailures.YamlInvalid.Because($"The key {Shown.Quote(name.Value)} stands here a second time.", key.At);
            }

            entries.Add(new YamlEntry(name, value));
        }

        return new YamlMap(entries.ToImmutable(), at);
    }

    private FailureLocation At(Mark mark) => new(_source, Math.Max((int)mark.Line, 1), Math.Max((int)mark.Column, 1), LineOf(_lines, mark.Line));

    private static string? LineOf(string[] lines, long number) =>
        number > 0 && number <= lines.Length ? Shown.Line(lines[number - 1].TrimEnd('\r')) : null;

    private static string Sentence(string message) => message.EndsWith('.') ? message : $"{message}.";
}
