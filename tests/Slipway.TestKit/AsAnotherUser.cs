using System.Globalization;
using System.Runtime.InteropServices;

namespace Slipway.TestKit;

/// <summary>Runs commands as a user without privileges, to test what another user can see and break.</summary>
public static class AsAnotherUser
{
    private const uint Nobody = 65534;
    private const uint FirstSpare = 61_000;
    private const uint LastSpare = 61_200;
    private static readonly Lazy<uint> Chosen = new(ChooseUid);

    /// <summary>Whether it can be done here.</summary>
    public static bool IsAvailable => WhyNot is null;

    /// <summary>Why it cannot be done here, or null.</summary>
    public static string? WhyNot { get; } = Explain();

    /// <summary>The user and group id in use: one that runs nothing else.</summary>
    public static uint Uid => Chosen.Value;

    /// <summary>The arguments for <c>setpriv</c> that run a program as that user.</summary>
    public static IReadOnlyList<string> Wrap(string program, IReadOnlyList<string> arguments) =>
        [$"--reuid={Uid}", $"--regid={Uid}", "--clear-groups", "--no-new-privs", "--", program, .. arguments];

    /// <summary>Runs a program to its end as that user, who needs access to its folders.</summary>
    public static Task<CommandResult> RunAsync(
        string program, IReadOnlyList<string> arguments, CommandOptions? options = null, CancellationToken cancellation = default) =>
        CommandRunner.RunAsync("setpriv", Wrap(program, arguments), options, cancellation);

    /// <summary>Starts a program as that user.</summary>
    public static RunningCommand Start(string program, IReadOnlyList<string> arguments, CommandOptions? options = null) =>
        CommandRunner.Start("setpriv", Wrap(program, arguments), options);

    /// <summary>Makes that user the owner of one file, link or folder, not of what it holds.</summary>
    /// <exception cref="IOException">The owner could not be changed.</exception>
    public static void Own(string path)
    {
        if (Native.ChangeOwner(path, Uid, Uid) != 0)
        {
            throw new IOException($"Cannot change the owner of '{path}': {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    private static string? Explain() =>
        Native.EffectiveUserId() != 0 ? "we are not root"
        : Programs.TryFind("setpriv") is null ? "the program setpriv is not there"
        : null;

    // A user who runs something could be signalled or traced by a test, so a busy id is passed over.
    private static uint ChooseUid()
    {
        var busy = BusyUids();
        if (!busy.Contains(Nobody))
        {
            return Nobody;
        }

        for (var uid = FirstSpare; uid <= LastSpare; uid++)
        {
            if (!busy.Contains(uid))
            {
                return uid;
            }
        }

        throw new InvalidOperationException($"All user ids from {FirstSpare} to {LastSpare} run something.");
    }

    private static HashSet<uint> BusyUids()
    {
        var busy = new HashSet<uint>();
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
        {
            try
            {
                var line = File.ReadLines(Path.Combine(folder, "status")).First(line => line.StartsWith("Uid:", StringComparison.Ordinal));
                busy.UnionWith(line.Split('\t')[1..].Select(uid => uint.Parse(uid, CultureInfo.InvariantCulture)));
            }
            catch (IOException)
            {
                // It has ended since.
            }
        }

        return busy;
    }
}
