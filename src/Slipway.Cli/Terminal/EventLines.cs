using System.Text;
using System.Text.Json;
using Slipway.Runs.Events;

namespace Slipway.Cli.Terminal;

/// <summary>Prints the events of a run as they happen, a JSON document a line.</summary>
/// <param name="output">Where.</param>
internal sealed class EventLines(Output output) : IRunEventSink
{
    /// <inheritdoc/>
    public void Take(in RunEvent told) => Write(output, told);

    /// <summary>Prints one event.</summary>
    public static void Write(Output output, in RunEvent told)
    {
        using var line = new MemoryStream();
        using (var writer = new Utf8JsonWriter(line))
        {
            RunEventLog.Write(writer, told);
        }

        output.Data.WriteLine(Encoding.UTF8.GetString(line.GetBuffer().AsSpan(0, (int)line.Length)));
        output.Data.Flush();
    }
}
