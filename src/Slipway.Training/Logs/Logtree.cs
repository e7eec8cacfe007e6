using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Core.Text;

namespace Slipway.Training.Logs;

/// <summary>
/// A log of what was asked and answered, as a tree. A scope that is opened is the parent of what is logged until it ends, also across awaits, and for tasks that are
/// started within it: each has its own place. What models say is logged as text and never as markup.
/// </summary>
public sealed class Logtree
{
    private readonly Lock _gate = new();
    private readonly AsyncLocal<LogNode?> _place = new();
    private readonly LogNode _root = new("body", []);
    private readonly DateTimeOffset _started;

    /// <summary>A log that begins now.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="time">The clock.</param>
    /// <param name="path">Where it will lie, for who reads it; null for nowhere.</param>
    public Logtree(string title, TimeProvider time, string? path = null)
    {
        ArgumentNullException.ThrowIfNull(time);
        (Title, Path, _started) = (title, path, time.GetUtcNow());
    }

    /// <summary>Its title.</summary>
    public string Title { get; }

    /// <summary>Where it will lie.</summary>
    public string? Path { get; }

    private LogNode Place => _place.Value ?? _root;

    /// <summary>Opens a part with a heading.</summary>
    /// <param name="heading">The heading.</param>
    /// <returns>What ends it.</returns>
    public IDisposable Section(string heading) => Open("section", "h2", heading);

    /// <summary>Opens a part that a reader unfolds.</summary>
    /// <param name="summary">What is seen of it.</param>
    /// <returns>What ends it.</returns>
    public IDisposable Details(string summary) => Open("details", "summary", summary);

    /// <summary>Adds a paragraph.</summary>
    public void Text(string text) => Add(new LogNode("p", []).Add(text));

    /// <summary>Adds text whose line ends and blanks are kept: a prompt, an answer.</summary>
    /// <param name="text">The text.</param>
    /// <param name="label">What it is; null for nothing.</param>
    public void Verbatim(string text, string? label = null) => Add(new LogNode("pre", label is null ? [] : [("title", label)]).Add(text));

    /// <summary>Adds a table.</summary>
    /// <param name="headings">The headings of its columns.</param>
    /// <param name="rows">The rows, each with a text for each column.</param>
    public void Table(ImmutableArray<string> headings, ImmutableArray<ImmutableArray<string>> rows)
    {
        var table = new LogNode("table", []);
        AddRow("th", headings);
        foreach (var row in rows)
        {
            AddRow("td", row);
        }

        Add(table);

        void AddRow(string tag, ImmutableArray<string> cells)
        {
            var line = table.Add(new LogNode("tr", []));
            foreach (var cell in cells)
            {
                line.Add(new LogNode(tag, []).Add(cell));
            }
        }
    }

    /// <summary>Sets the data of the part that is open: it is in the JSON, and not in the page.</summary>
    public void Data(JsonElement data)
    {
        lock (_gate)
        {
            Place.Data = data.Clone();
        }
    }

    /// <summary>The tree as JSON: <c>{"title", "started_at", "path", "root": {"tag", "attrs", "children", "data"?}}</c>, in which a child is a text or such an object.</summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { MaxDepth = int.MaxValue }))
        {
            writer.WriteStartObject();
            writer.WriteString("title", Title);
            writer.WriteString("started_at", InstantText.Render(_started));
            writer.WriteString("path", Path);
            writer.WritePropertyName("root");
            lock (_gate)
            {
                Write(writer, _root);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The tree as a page that needs nothing beside it and may load nothing.</summary>
    public string ToHtml()
    {
        lock (_gate)
        {
            return LogPage.Render(Title, InstantText.Render(_started), _root);
        }
    }

    private Scope Open(string tag, string headingTag, string heading)
    {
        var node = new LogNode(tag, []);
        node.Add(new LogNode(headingTag, []).Add(heading));
        Add(node);
        var before = _place.Value;
        _place.Value = node;
        return new Scope(this, before);
    }

    private void Add(LogNode node)
    {
        lock (_gate)
        {
            Place.Add(node);
        }
    }

    private static void Write(Utf8JsonWriter writer, LogNode node)
    {
        writer.WriteStartObject();
        writer.WriteString("tag", node.Tag);
        writer.WriteStartObject("attrs");
        foreach (var (name, value) in node.Attributes)
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
        writer.WriteStartArray("children");
        foreach (var (child, text) in node.Children)
        {
            if (child is null)
            {
                writer.WriteStringValue(text);
            }
            else
            {
                Write(writer, child);
            }
        }

        writer.WriteEndArray();
        if (node.Data is { } data)
        {
            writer.WritePropertyName("data");
            data.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    private sealed class Scope(Logtree tree, LogNode? before) : IDisposable
    {
        public void Dispose() => tree._place.Value = before;
    }
}
