using System.Text;

namespace Slipway.Training.Logs;

/// <summary>A log tree as a page. Tags and names of attributes are this library's own; every text and every value is escaped.</summary>
internal static class LogPage
{
    private const string Style =
        ":root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
        + "section{border-left:2px solid #8888;padding-left:1rem;margin:1rem 0}h2{font-size:1.1rem}pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#8882;padding:.6rem;border-radius:4px}"
        + "table{border-collapse:collapse}th,td{border:1px solid #8888;padding:.2rem .6rem;text-align:left}";

    internal static string Render(string title, string started, LogNode root)
    {
        var page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width\">\n")
            .Append("<title>").Append(MarkupText.Escape(title)).Append("</title>\n<style>").Append(Style).Append("</style>\n</head>\n<body>\n<h1>")
            .Append(MarkupText.Escape(title)).Append("</h1>\n<p>Started at ").Append(MarkupText.Escape(started)).Append("</p>\n");
        AppendChildren(page, root);
        return page.Append("</body>\n</html>\n").ToString();
    }

    private static void AppendChildren(StringBuilder page, LogNode node)
    {
        foreach (var (child, text) in node.Children)
        {
            if (child is null)
            {
                page.Append(MarkupText.Escape(text!));
                continue;
            }

            page.Append('<').Append(child.Tag);
            foreach (var (name, value) in child.Attributes)
            {
                page.Append(' ').Append(name).Append("=\"").Append(MarkupText.Escape(value)).Append('"');
            }

            // A parser of HTML drops a line feed right after <pre>.
            page.Append('>').Append(child.Tag is "pre" ? "\n" : string.Empty);
            AppendChildren(page, child);
            page.Append("</").Append(child.Tag).Append('>').Append(child.Tag is "th" or "td" ? string.Empty : "\n");
        }
    }
}
