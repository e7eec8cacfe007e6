using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Core.Toml;
using Slipway.Machines.Files;
using Slipway.Machines.Locks;

namespace Slipway.Cloud.Money;

/// <summary>
/// The optional PIN. A pair of keys (ECDSA, P-256) signs the policy and approvals; its private half is kept encrypted (PKCS #8 by RFC 5958; PBKDF2 with SHA-256 and 600,000 rounds,
/// as RFC 8018 and OWASP have it, and AES-256), so that only who knows the PIN signs while any process can verify.
/// </summary>
public sealed class ApprovalKey
{
    private const int Rounds = 600_000;
    private const int ShortestPin = 6;
    private const int LongestPin = 256;
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);
    private static readonly TimeSpan LockWait = TimeSpan.FromSeconds(30);

    private readonly byte[] _public;
    private readonly byte[] _encrypted;

    private ApprovalKey(byte[] publicKey, byte[] encrypted) => (_public, _encrypted) = (publicKey, encrypted);

    /// <summary>Makes a pair and keeps it; one that is there is not replaced.</summary>
    public static Result<ApprovalKey> Create(MoneyFolder folder, string pin)
    {
        if (pin.Length is < ShortestPin or > LongestPin)
        {
            return new Failure(CloudFailures.PinRefused, $"A PIN has {ShortestPin} to {LongestPin} characters.") { Hint = "Take another: a sentence is better than a number." };
        }

        if (folder.Prepare() is { IsOk: false } failed)
        {
            return failed.Failure;
        }

        if (LocalPaths.StatusOf(folder.ApprovalKeyFile).Exists)
        {
            return new Failure(CloudFailures.PinRefused, $"A PIN is set already: {folder.ApprovalKeyFile}.") { Hint = "To set another, move that file away yourself and sign the policy anew." };
        }

        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = new ApprovalKey(
            pair.ExportSubjectPublicKeyInfo(),
            pair.ExportEncryptedPkcs8PrivateKey(pin, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, Rounds)));
        return LocalFiles.Write(folder.ApprovalKeyFile, key.Render(), MoneyFolder.Secret).Map(_ => key);
    }

    /// <summary>The key that is set, if one is; a failure when it is there and cannot be read.</summary>
    public static Result<Maybe<ApprovalKey>> Find(MoneyFolder folder)
    {
        if (!LocalPaths.StatusOf(folder.ApprovalKeyFile).Exists)
        {
            return Maybe<ApprovalKey>.None;
        }

        return LocalPaths.IsPrivateFile(folder.ApprovalKeyFile)
            && LocalFiles.Read(folder.ApprovalKeyFile, 64 * 1024).TryGet(out var bytes, out _)
            && JsonText.Read(bytes) is { } value && Bytes(value.Text("public")) is { } publicKey && Bytes(value.Text("private")) is { } encrypted
            ? Maybe<ApprovalKey>.Of(new ApprovalKey(publicKey, encrypted))
            : new Failure(CloudFailures.SignatureInvalid, $"{folder.ApprovalKeyFile} is damaged, or not this user's alone.");
    }

    /// <summary>Whether a signature is of these bytes and of this key.</summary>
    /// <param name="content">The bytes.</param>
    /// <param name="signature">Base64.</param>
    public bool Verify(ReadOnlySpan<byte> content, string? signature)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(_public, out _);
            return Bytes(signature) is { } bytes && key.VerifyData(content, bytes, HashAlgorithmName.SHA256);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Opens the private half. Wrong PINs are counted over all processes, and each doubles the time until the next try, up to an hour.</summary>
    public Task<Result<ApprovalSigner>> UnlockAsync(MoneyFolder folder, string pin, TimeProvider time, CancellationToken cancellationToken) =>
        LocalLock.HoldAsync(folder.LockFile, "checking a PIN", LockWait, () => Task.FromResult(Unlock(folder, pin, time.GetUtcNow())), cancellationToken);

    private Result<ApprovalSigner> Unlock(MoneyFolder folder, string pin, DateTimeOffset now)
    {
        var (wrong, last) = Attempts(folder);
        var until = last + Wait(wrong);

        // A clock that was set back must not shorten the wait, so it is not asked how long ago the future is.
        if (wrong > 0 && now < until)
        {
            return new Failure(CloudFailures.PinRefused, $"{wrong} wrong PINs were typed: the next try is possible at {until.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture)} UTC.");
        }

        // Counted before it is tried, so that killing the process is no free guess.
        if (Note(folder, wrong + 1, now) is { IsOk: false } failed)
        {
            return failed.Failure;
        }

        var opened = Open(pin);
        if (opened.IsOk && Note(folder, 0, now) is { IsOk: false } unnoted)
        {
            return unnoted.Failure;
        }

        return opened;
    }

    private Result<ApprovalSigner> Open(string pin)
    {
        var pair = ECDsa.Create();
        try
        {
            pair.ImportEncryptedPkcs8PrivateKey(pin, _encrypted, out _);
            if (pair.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(_public))
            {
                return new ApprovalSigner(pair);
            }
        }
        catch (CryptographicException)
        {
            // A wrong PIN decrypts to what is no key.
        }

        pair.Dispose();
        return new Failure(CloudFailures.PinRefused, "The PIN is wrong.");
    }

    private static TimeSpan Wait(int wrong) => wrong < 3 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(LongestWait.TotalSeconds, Math.Pow(2, Math.Min(wrong, 20))));

    private static (int Wrong, DateTimeOffset Last) Attempts(MoneyFolder folder) =>
        LocalFiles.Read(folder.PinAttempts, 1024) is { IsOk: true } read && JsonText.Read(read.Value) is { } value
            ? (Math.Max(0, value.Whole("wrong") ?? 0), value.Time("last") ?? DateTimeOffset.MinValue)
            : (0, DateTimeOffset.MinValue);

    private static Result<Unit> Note(MoneyFolder folder, int wrong, DateTimeOffset now) => LocalFiles.Write(folder.PinAttempts, JsonText.Of(writer =>
    {
        writer.WriteNumber("wrong", Math.Min(wrong, 1000));
        writer.Time("last", now);
    }), MoneyFolder.Secret);

    private byte[] Render() => JsonText.Of(writer =>
    {
        writer.WriteString("public", Convert.ToBase64String(_public));
        writer.WriteString("private", Convert.ToBase64String(_encrypted));
    });

    private static byte[]? Bytes(string? base64)
    {
        var buffer = new byte[base64?.Length ?? 0];
        return base64 is not null && Convert.TryFromBase64String(base64, buffer, out var length) ? buffer[..length] : null;
    }
}

/// <summary>Who typed the PIN: signs until disposed.</summary>
public sealed class ApprovalSigner : IDisposable
{
    private readonly ECDsa _pair;

    internal ApprovalSigner(ECDsa pair) => _pair = pair;

    /// <summary>The signature of some bytes, base64.</summary>
    public string Sign(ReadOnlySpan<byte> content) => Convert.ToBase64String(_pair.SignData(content, HashAlgorithmName.SHA256));

    /// <summary>The signature of a text's UTF-8 bytes, base64.</summary>
    public string Sign(string content) => Sign(Encoding.UTF8.GetBytes(content));

    /// <inheritdoc/>
    public void Dispose() => _pair.Dispose();
}
