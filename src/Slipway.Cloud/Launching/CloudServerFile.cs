using System.Text;
using Slipway.Cloud.SkyPilot;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Core.Toml;
using Slipway.Machines.Files;

namespace Slipway.Cloud.Launching;

/// <summary>The file that says which SkyPilot server is used. It names the variable that holds a token, and never holds one.</summary>
/// <param name="Path">Its absolute path; for people it is <c>~/.config/slipway/cloud.toml</c>.</param>
public sealed record CloudServerFile(string Path)
{
    private const long MostBytes = 64 * 1024;
    private const UnixFileMode OwnerReads = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The place for a user: <c>XDG_CONFIG_HOME</c> when absolute, else <c>~/.config</c>.</summary>
    public static CloudServerFile Of(string home, string? xdgConfigHome) =>
        new($"{(xdgConfigHome is ['/', ..] ? xdgConfigHome.TrimEnd('/') : $"{home}/.config")}/slipway/cloud.toml");

    /// <summary>What it says; nothing where there is no file.</summary>
    /// <param name="server">The value of <c>--server</c>; null where it is not given.</param>
    public Result<SkyEndpointChoice> Read(string? server)
    {
        if (!LocalFiles.Exists(Path))
        {
            return new SkyEndpointChoice(server, null);
        }

        if (!LocalFiles.Read(Path, MostBytes).Then(bytes => TomlReader.Parse(Encoding.UTF8.GetString(bytes), Path)).TryGet(out var table, out var failure)
            || !table.AllowOnly("server", "token-variable", "allow-clear-credentials").Then(_ => table.FindString("server")).TryGet(out var address, out failure)
            || !table.FindString("token-variable").TryGet(out var variable, out failure)
            || !table.FindBoolean("allow-clear-credentials").TryGet(out var clear, out failure))
        {
            return failure;
        }

        return new SkyEndpointChoice(server, address.OrDefault()) { TokenVariable = variable.OrDefault(), AllowClearCredentials = clear.Or(false) };
    }

    /// <summary>Writes it, whole.</summary>
    /// <param name="server">The address, without user and password.</param>
    /// <param name="tokenVariable">The variable with a bearer token; null for none.</param>
    /// <param name="allowsClear">Whether credentials may go over plain http to another machine.</param>
    public Result<Unit> Write(string server, string? tokenVariable, bool allowsClear)
    {
        ArgumentNullException.ThrowIfNull(server);
        if (!Uri.TryCreate(server, UriKind.Absolute, out var uri) || uri.UserInfo.Length > 0 || server.Any(static c => c is '"' or '\\' || char.IsControl(c)))
        {
            return new Failure(CloudFailures.EndpointInvalid, $"{Shown.Quote(uri is { UserInfo.Length: > 0 } ? uri.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped) : server)} cannot be kept in a file: it has to be a URL, and without a password.")
            {
                Hint = $"Give user and password by the variable {SkyEndpoint.AddressVariable}, or a token by --token-variable.",
            };
        }

        if (tokenVariable is not null && !tokenVariable.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_'))
        {
            return new Failure(CloudFailures.EndpointInvalid, $"{Shown.Quote(tokenVariable)} is no name of a variable.") { Hint = "Name the variable that holds the token, not the token." };
        }

        var text = new StringBuilder($"server = \"{server}\"\n");
        if (tokenVariable is not null)
        {
            text.Append($"token-variable = \"{tokenVariable}\"\n");
        }

        if (allowsClear)
        {
            text.Append("allow-clear-credentials = true\n");
        }

        return LocalFiles.MakeDirectory(System.IO.Path.GetDirectoryName(Path)!, OwnerReads | UnixFileMode.UserExecute)
            .Then(_ => LocalFiles.Write(Path, Encoding.UTF8.GetBytes(text.ToString()), OwnerReads));
    }
}
