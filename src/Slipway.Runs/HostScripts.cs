using Slipway.Machines.Ssh.Remote;

namespace Slipway.Runs;

/// <summary>The POSIX sh programs that run on hosts. They are embedded, and take all that differs as arguments.</summary>
internal static class HostScripts
{
    /// <summary>Calls the function that the first argument names, which is always a word of ours.</summary>
    public const string Dispatch = "sw_verb=$1\nshift\n\"$sw_verb\" \"$@\"\nexit 0\n";

    /// <summary>The text of a script, without its comments, which are for who reads the files.</summary>
    public static string Read(string name) => CommandScript.Read(typeof(HostScripts), name);
}
