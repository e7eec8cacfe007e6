using System.Globalization;
using System.Text;
using Slipway.Machines.Posix;

namespace Slipway.Machines.Ssh.Remote;

/// <summary>Puts a call into the bytes that are sent: the length of the script, the script, the payloads.</summary>
internal static class RemoteScripts
{
    /// <summary>
    /// What the login shell is asked to run, whichever shell it is: fixed text, without a quote, backslash or exclamation mark inside of the
    /// quotes. It reads a length and evaluates that many bytes of standard input.
    /// </summary>
    public const string Stub =
        "exec sh -c 'read sw_n; if dd if=/dev/null count=0 iflag=fullblock 2>/dev/null; then sw_s=$(dd bs=$sw_n count=1 iflag=fullblock 2>/dev/null); "
        + "else sw_s=$(dd bs=1 count=$sw_n 2>/dev/null); fi; eval \"$sw_s\"'";

    private static readonly string Session = Read(typeof(RemoteScripts), "session.sh");

    /// <summary>The functions that commands are started with.</summary>
    public static string Worker { get; } = Read(typeof(RemoteScripts), "worker.sh");

    /// <summary>The functions of steps.</summary>
    public static string Steps { get; } = Read(typeof(RemoteScripts), "steps.sh");

    /// <summary>The function that lists a tree.</summary>
    public static string Inventory { get; } = Read(typeof(RemoteScripts), "inventory.sh");

    /// <summary>The bytes to send.</summary>
    public static byte[] Compose(RemoteCall call, string nonce)
    {
        var use = call.Input switch
        {
            InputUse.Answers => "answers",
            InputUse.Feed => "feed",
            _ => "lifeline",
        };
        var lengths = string.Join(' ', call.Payloads.Select(static payload => payload.Length.ToString(CultureInfo.InvariantCulture)));
        var grace = ((int)Math.Ceiling(Math.Max(0, call.Grace.TotalSeconds))).ToString(CultureInfo.InvariantCulture);
        var script = PosixText.Encode($"sw_nonce={nonce} sw_grace={grace} sw_sizes='{lengths}' sw_use={use}\nsw_body={ShellText.Quote(call.Body)}\nsw_after={ShellText.Quote(call.After)}\n{Session}");
        using var whole = new MemoryStream();
        whole.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{script.Length}\n")));
        whole.Write(script);
        foreach (var payload in call.Payloads)
        {
            whole.Write(payload.Span);
        }

        return whole.ToArray();
    }

    /// <summary>A script without its comments, which are for who reads the files.</summary>
    public static string Read(Type owner, string name)
    {
        using var stream = owner.Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is not embedded.");
        using var reader = new StreamReader(stream);
        var lines = reader.ReadToEnd().Split('\n').Select(static line => line.TrimStart()).Where(static line => line.Length > 0 && line[0] != '#');
        return string.Join('\n', lines) + "\n";
    }
}
