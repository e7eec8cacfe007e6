using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Slipway.SkyPilotApi.Tasks;

/// <summary>Reads YAML as Python's loader does (version 1.1): <c>no</c> is false, <c>0123</c> is octal, <c>1:30</c> is a number of base 60.</summary>
internal static partial class Yaml
{
    /// <summary>Reads all documents of a text.</summary>
    /// <exception cref="SkyError">It is no YAML.</exception>
    internal static IReadOnlyList<JsonNode?> Documents(string text)
    {
        try
        {
            var (parser, documents) = (new Parser(new StringReader(text)), new List<JsonNode?>());
            parser.Consume<StreamStart>();
            while (parser.TryConsume<DocumentStart>(out _))
            {
                documents.Add(Node(parser));
                parser.Consume<DocumentEnd>();
            }

            return documents;
        }
        catch (YamlException exception)
        {
            throw SkyError.BadTask(exception.Message);
        }
    }

    private static JsonNode? Node(Parser parser)
    {
        if (parser.TryConsume<Scalar>(out var scalar))
        {
            return scalar.IsPlainImplicit ? Plain(scalar.Value) : scalar.Value;
        }

        if (parser.TryConsume<SequenceStart>(out _))
        {
            var items = new JsonArray();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(Node(parser));
            }

            return items;
        }

        parser.Consume<MappingStart>();
        var map = new JsonObject();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = parser.Consume<Scalar>();
            if (!map.TryAdd(key.Value, Node(parser)))
            {
                throw new YamlException(key.Start, key.End, $"The key '{key.Value}' stands twice.");
            }
        }

        return map;
    }

    private static JsonNode? Plain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => true,
        "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => false,
        _ when Octal().IsMatch(text) => Convert.ToInt64(text.TrimStart('-', '+'), 8),
        _ when Whole().IsMatch(text) => long.Parse(text.Replace("_", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture),
        _ when Broken().IsMatch(text) => double.Parse(text.Replace("_", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture),
        _ when Sexagesimal().IsMatch(text) => text.Split(':').Aggregate(0L, static (sum, part) => (sum * 60) + long.Parse(part, CultureInfo.InvariantCulture)),
        _ => text,
    };

    [GeneratedRegex("^[-+]?0[0-7_]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Octal();

    [GeneratedRegex("^[-+]?(0|[1-9][0-9_]*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    [GeneratedRegex(@"^[-+]?([0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)([eE][-+][0-9]+)?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Broken();

    [GeneratedRegex("^[1-9][0-9]*(:[0-5]?[0-9])+$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Sexagesimal();
}
