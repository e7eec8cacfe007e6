using System.Globalization;
using Slipway.Core.Failures;
using Slipway.Machines;
using Slipway.Machines.Posix;
using Slipway.Machines.Processes;

namespace Slipway.Store.Layout;

/// <summary>Opens the store of another machine, by the rules of <see cref="StoreHome"/>, in one call to it.</summary>
public static class DistantHome
{
    private const string Script =
        """
        umask 077
        LC_ALL=C
        export LC_ALL
        mkdir -p -- "$1" || exit 3
        cd -- "$1" || exit 4
        sw_home=$(pwd -P)
        shift
        sw_link=
        for sw_name; do [ ! -L "$sw_name" ] || sw_link=$sw_home/$sw_name; done
        printf '%s\0%s\0%s\0' "$sw_home" "$(stat -c '%u %a' .)" "$sw_link"
        """;

    /// <summary>Creates the store (mode 0700) where it is missing, resolves links in its path, and refuses one that another user owns or can write.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="located">Where the store is to be there.</param>
    /// <param name="userId">The user there.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<Result<StoreLayout>> PrepareAsync(IMachine machine, StoreLayout located, uint userId, CancellationToken cancellationToken)
    {
        var names = located.Directories.Select(path => path[(located.Home.Length + 1)..]);
        var command = ProcessCommand.Create("sh", ["-c", Script, "sh", located.Home, .. names]) with { Timeout = TimeSpan.FromSeconds(60) };
        var ran = await machine.RunAsync(command, output: null, cancellationToken).ConfigureAwait(false);
        if (!ran.TryGet(out var outcome, out var failure))
        {
            return failure;
        }

        if (!outcome.Succeeded)
        {
            return new Failure(StoreFailures.NotWritable, $"The store {located.Home} cannot be created on {machine.Name}.") { Detail = outcome.ErrorText.Trim() };
        }

        var parts = PosixText.Decode(outcome.StandardOutput.Span).Split('\0');
        var owner = parts.Length < 3 ? [] : parts[1].Split(' ');
        if (owner.Length != 2 || !uint.TryParse(owner[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ownerId))
        {
            return new Failure(StoreFailures.UnusableHome, $"{machine.Name} did not tell whose {located.Home} is.");
        }

        var status = new FileStatus(FileKind.Directory, 0, (UnixFileMode)Convert.ToInt32(owner[1], 8), ownerId, 0, 0, 1, 0);
        return StoreHome.Judge(new StoreLayout(parts[0]), status, parts[2].Length > 0 ? parts[2] : null, userId);
    }
}
