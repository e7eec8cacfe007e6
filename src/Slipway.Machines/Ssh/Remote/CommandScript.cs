using Slipway.Core.Failures;
using Slipway.Machines.Processes;

namespace Slipway.Machines.Ssh.Remote;

/// <summary>A command as a POSIX script that becomes it, for what starts it later, on whichever machine.</summary>
public static class CommandScript
{
    /// <summary>
    /// The script: it changes the directory and the variables, and then becomes the command in the same process. It calls a function <c>say</c>
    /// with <c>nodir</c>, <c>notfound</c> or <c>noexec PROGRAM</c> where there is nothing to become, and uses only variables that begin with
    /// <c>sw_</c>. What the command reads, its limits and its leases are the starter's.
    /// </summary>
    /// <param name="command">The command.</param>
    /// <param name="say">The body of that function; its argument is <c>$*</c>.</param>
    /// <returns>The text; a failure when a shell cannot pass the command on.</returns>
    public static Result<string> Render(ProcessCommand command, string say) => CommandText.Check(command) is { } invalid
        ? invalid
        : $"{RemoteScripts.Worker}say() {{ {say}; }}\n{CommandText.Become(command)}";

    /// <summary>The embedded text of a script of ours, without its comments.</summary>
    /// <param name="owner">A type of the assembly that holds it.</param>
    /// <param name="name">The resource's name.</param>
    public static string Read(Type owner, string name) => RemoteScripts.Read(owner, name);
}
