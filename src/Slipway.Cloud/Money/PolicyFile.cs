using System.Text;
using Slipway.Core.Failures;
using Slipway.Machines.Files;

namespace Slipway.Cloud.Money;

/// <summary>The file that a policy is in: a person's own, refused when another user could have written it.</summary>
/// <param name="Path">Its absolute path; for people it is <c>~/.config/slipway/policy.toml</c>.</param>
public sealed record PolicyFile(string Path)
{
    private const long MostBytes = 64 * 1024;

    /// <summary>The place for a user: <c>XDG_CONFIG_HOME</c> when absolute, else <c>~/.config</c>.</summary>
    public static PolicyFile Of(string home, string? xdgConfigHome) =>
        new($"{(xdgConfigHome is ['/', ..] ? xdgConfigHome.TrimEnd('/') : $"{home}/.config")}/slipway/policy.toml");

    /// <summary>Where the policy's signature is, when there is a PIN.</summary>
    public string SignatureFile => $"{Path}.sig";

    /// <summary>Reads it.</summary>
    /// <param name="key">The key of approvals, where a PIN was set: then the file must be signed with it.</param>
    /// <returns>The policy; <see cref="CloudFailures.PolicyMissing"/> with the text to write where there is none.</returns>
    public Result<SpendPolicy> Read(ApprovalKey? key = null)
    {
        if (!LocalPaths.StatusOf(Path).Exists)
        {
            return new Failure(CloudFailures.PolicyMissing, $"There is no spending policy at {Path}, so nothing is rented.")
            {
                Hint = $"Write {Path} yourself (mode 0600); `slipway cloud policy --example` prints one to begin with.",
                Detail = PolicyText.Example,
            };
        }

        var folder = System.IO.Path.GetDirectoryName(Path)!;
        if (!LocalPaths.IsPrivateFile(Path) || !LocalPaths.IsPrivateDirectory(folder))
        {
            return new Failure(CloudFailures.MoneyFileNotPrivate, $"{Path} must be a plain file of yours in a directory of yours, and nobody else may write either.")
            {
                Hint = $"chmod 700 {folder} && chmod 600 {Path}",
            };
        }

        return LocalFiles.Read(Path, MostBytes).Then(bytes => ReadSigned(bytes, key));
    }

    /// <summary>Signs the file as it is now.</summary>
    public Result<Unit> Sign(ApprovalSigner signer) => LocalFiles.Read(Path, MostBytes)
        .Then(bytes => LocalFiles.Write(SignatureFile, Encoding.ASCII.GetBytes(signer.Sign(bytes) + "\n"), MoneyFolder.Secret));

    private Result<SpendPolicy> ReadSigned(byte[] bytes, ApprovalKey? key)
    {
        if (key is not null && (LocalFiles.Read(SignatureFile, MostBytes) is not { IsOk: true } signature || !key.Verify(bytes, Encoding.ASCII.GetString(signature.Value).Trim())))
        {
            return new Failure(CloudFailures.SignatureInvalid, $"{Path} is not signed as it is now.") { Hint = "Look at it, then sign it: `slipway cloud policy --sign`." };
        }

        try
        {
            return PolicyText.Parse(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes), Path)
                .Then(policy => policy.RequirePin && key is null
                    ? new Failure(CloudFailures.SignatureInvalid, $"{Path} has require_pin, but no PIN is set.") { Hint = "Set one: `slipway cloud policy --set-pin`." }
                    : Result.Ok(policy));
        }
        catch (DecoderFallbackException)
        {
            return new Failure(CloudFailures.PolicyInvalid, $"{Path} is not UTF-8.");
        }
    }
}
