using System.Text;
using Slipway.Core.Failures;
using Slipway.Machines.Posix;

namespace Slipway.Cli.Terminal;

/// <summary>
/// The terminal of the person who runs this, whatever standard input and output are: what is asked here, no pipe and no argument answers. That a terminal can be
/// made up by a program is no secret (SECURITY.md says what stands against that).
/// </summary>
internal sealed class PersonTerminal : IDisposable
{
    private const string Device = "/dev/tty";
    private const int LongestAnswer = 1024;

    private readonly FileStream _stream;

    private PersonTerminal(FileStream stream) => _stream = stream;

    /// <summary>Opens it.</summary>
    /// <param name="why">What a person is needed for.</param>
    public static Result<PersonTerminal> Open(string why)
    {
        try
        {
            return new PersonTerminal(new FileStream(Device, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return new Failure(CliFailures.NeedsPerson, $"{why} needs a person at a terminal, and this process has none.");
        }
    }

    /// <summary>Says something.</summary>
    public void Say(string text) => Write($"{text}\n");

    /// <summary>Asks for a line.</summary>
    public Result<string> Ask(string question)
    {
        Write($"{question} ");
        return ReadLine();
    }

    /// <summary>Asks for a line that is not shown.</summary>
    public Result<string> AskHidden(string question)
    {
        using (var hidden = TerminalEcho.Off(_stream.SafeFileHandle))
        {
            if (hidden is null)
            {
                return new Failure(CliFailures.NeedsPerson, "What is typed at this terminal cannot be hidden.");
            }

            Write($"{question} ");
            var answer = ReadLine();
            Write("\n");
            return answer;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private void Write(string text)
    {
        _stream.Write(Encoding.UTF8.GetBytes(text));
        _stream.Flush();
    }

    private Result<string> ReadLine()
    {
        var line = new List<byte>();
        for (var one = _stream.ReadByte(); one is not '\n'; one = _stream.ReadByte())
        {
            if (one < 0 || line.Count == LongestAnswer)
            {
                return new Failure(CliFailures.NeedsPerson, "The terminal was closed before the question was answered.");
            }

            line.Add((byte)one);
        }

        return Encoding.UTF8.GetString([.. line]).Trim();
    }
}
