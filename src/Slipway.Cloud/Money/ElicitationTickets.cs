using System.Buffers.Text;
using System.Security.Cryptography;
using Slipway.Core.Failures;
using Slipway.Machines.Files;

namespace Slipway.Cloud.Money;

/// <summary>What a ticket says.</summary>
/// <param name="Plan">The plan that was asked about.</param>
/// <param name="Digest">Its digest.</param>
/// <param name="Principal">Whose question it was.</param>
/// <param name="Expires">Until when.</param>
/// <param name="Nonce">What makes it count once.</param>
public sealed record ElicitationTicket(PlanId Plan, string Digest, string Principal, DateTimeOffset Expires, string Nonce);

/// <summary>
/// The opaque <c>requestState</c> of a question that an assistant's client shows (MCP, revision 2026-07-28). The client sends it back and may change it at will, so it is signed with HMAC-SHA256 by a key of this
/// machine, and bound to the plan's digest, to the principal and to a time; the nonce is burnt by the answer.
/// </summary>
/// <param name="folder">Where the key is.</param>
/// <param name="time">The clock.</param>
public sealed class ElicitationTickets(MoneyFolder folder, TimeProvider time)
{
    private const int KeyBytes = 32;
    private const int LongestState = 4096;

    /// <summary>A ticket for a question about a plan.</summary>
    public Result<string> Issue(PlanStatus plan, string principal) => Key(create: true).Map(key =>
    {
        var body = JsonText.Of(writer =>
        {
            writer.WriteString("plan", plan.Plan.Id.ToString());
            writer.WriteString("digest", plan.Plan.Digest.Hex);
            writer.WriteString("principal", principal);
            writer.Time("expires", plan.ExpiresAt);
            writer.WriteString("nonce", RandomNumberGenerator.GetHexString(KeyBytes, lowercase: true));
        });
        return $"{Base64Url.EncodeToString(body)}.{Base64Url.EncodeToString(HMACSHA256.HashData(key, body))}";
    });

    /// <summary>Reads a ticket that came back. Whether it was used before, the answer's record decides.</summary>
    public Result<ElicitationTicket> Open(string? state, string principal)
    {
        if (!Key(create: false).TryGet(out var key, out var failure))
        {
            return failure;
        }

        if (state is not { Length: > 0 and <= LongestState } || state.Split('.') is not [var bodyText, var signatureText] || Bytes(bodyText) is not { } body || Bytes(signatureText) is not { } signature
            || !CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(key, body), signature))
        {
            return Invalid("it was not made here, or was changed");
        }

        if (JsonText.Read(body) is not { } value || !PlanId.Parse(value.Text("plan")).TryGet(out var plan, out _) || value.Time("expires") is not { } expires
            || value.Text("digest") is not { } digest || value.Text("nonce") is not { } nonce)
        {
            return Invalid("it is malformed");
        }

        return value.Text("principal") != principal ? Invalid("it was made for another")
            : time.GetUtcNow() >= expires ? Invalid("its time is over")
            : new ElicitationTicket(plan, digest, principal, expires, nonce);
    }

    private static Failure Invalid(string why) => new(CloudFailures.TicketInvalid, $"The state of the question is not accepted: {why}.");

    private static byte[]? Bytes(string text)
    {
        var bytes = new byte[text.Length];
        return Base64Url.IsValid(text) && Base64Url.TryDecodeFromChars(text, bytes, out var length) ? bytes[..length] : null;
    }

    private Result<byte[]> Key(bool create)
    {
        if (create && !LocalPaths.StatusOf(folder.TicketKey).Exists && folder.Prepare().Then(_ => Make()) is { IsOk: false } failed)
        {
            return failed.Failure;
        }

        if (!LocalPaths.IsPrivateFile(folder.TicketKey))
        {
            return new Failure(CloudFailures.MoneyFileNotPrivate, $"{folder.TicketKey} is absent or not this user's alone.");
        }

        return LocalFiles.Read(folder.TicketKey, 1024).Then(bytes => bytes.Length == KeyBytes ? Result.Ok(bytes) : Invalid("the key of this machine is damaged"));
    }

    // Two that begin at once must end with one key: a link is made where nothing is, or not at all.
    private Result<Unit> Make()
    {
        var own = $"{folder.TicketKey}.{RandomNumberGenerator.GetHexString(8)}";
        var written = LocalFiles.Write(own, RandomNumberGenerator.GetBytes(KeyBytes), MoneyFolder.Secret);
        if (written.IsOk)
        {
            try
            {
                File.Move(own, folder.TicketKey, overwrite: false);
            }
            catch (IOException) when (LocalPaths.StatusOf(folder.TicketKey).Exists)
            {
                return LocalFiles.RemoveFile(own);
            }
        }

        return written;
    }
}
