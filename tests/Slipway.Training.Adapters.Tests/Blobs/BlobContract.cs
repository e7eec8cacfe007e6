using System.Security.Cryptography;
using System.Text;
using Slipway.TestKit;
using Slipway.Training.Adapters.Blobs;
using Slipway.Training.Ports;
using Slipway.Workers.Tests.Support;

namespace Slipway.Training.Adapters.Tests.Blobs;

/// <summary>What every store of blobs does.</summary>
public abstract class BlobContract
{
    private protected abstract IBlobStore Store { get; }

    [Fact]
    public async Task What_is_written_is_read_listed_and_deleted()
    {
        await WriteAsync("a/b.txt", "one");
        await WriteAsync("a/b.txt", "two");
        await WriteAsync("a/ü +&=%.txt", "odd");
        await WriteAsync("empty", string.Empty);
        await WriteAsync("a-b", "beside");
        Assert.Equal("two", Encoding.UTF8.GetString((await Store.ReadAsync("a/b.txt", default)).Ok().Span));
        Assert.Equal("odd", Encoding.UTF8.GetString((await Store.ReadAsync("a/ü +&=%.txt", default)).Ok().Span));
        Assert.Equal(0, (await Store.ReadAsync("empty", default)).Ok().Length);
        Assert.Equal(["a-b", "a/b.txt", "a/ü +&=%.txt", "empty"], (await Store.ListAsync(string.Empty, default)).Ok(), StringComparer.Ordinal);
        Assert.Equal(["a/b.txt", "a/ü +&=%.txt"], (await Store.ListAsync("a/", default)).Ok(), StringComparer.Ordinal);
        Assert.True((await Store.ExistsAsync("a/b.txt", default)).Ok());
        (await Store.DeleteAsync("a/b.txt", default)).Ok();
        (await Store.DeleteAsync("a/b.txt", default)).Ok();
        Assert.False((await Store.ExistsAsync("a/b.txt", default)).Ok());
        (await Store.ReadAsync("a/b.txt", default)).Fails(AdapterFailures.NoBlob);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("../out")]
    [InlineData("a/../../out")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    [InlineData("a\\b")]
    [InlineData("a\0b")]
    [InlineData("a/")]
    public async Task Key_that_leads_out_is_refused(string key)
    {
        using var content = new MemoryStream([1]);
        (await Store.WriteAsync(key, content, default)).Fails(AdapterFailures.BadKey);
        (await Store.ReadAsync(key, default)).Fails(AdapterFailures.BadKey);
        (await Store.ExistsAsync(key, default)).Fails(AdapterFailures.BadKey);
        (await Store.DeleteAsync(key, default)).Fails(AdapterFailures.BadKey);
    }

    [Theory]
    [InlineData((8 * 1024 * 1024) - 1)]
    [InlineData(8 * 1024 * 1024)]
    [InlineData((16 * 1024 * 1024) + 5)]
    public async Task Large_blob_comes_back_as_it_was(int size)
    {
        var bytes = RandomNumberGenerator.GetBytes(size);
        using var content = new MemoryStream(bytes);
        (await Store.WriteAsync("large", content, default)).Ok();
        await using var stream = (await Store.OpenReadAsync("large", default)).Ok();
        Assert.Equal(SHA256.HashData(bytes), await SHA256.HashDataAsync(stream));
    }

    private protected async Task WriteAsync(string key, string text)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
        (await Store.WriteAsync(key, content, default)).Ok();
    }
}

/// <summary>Files.</summary>
public sealed class LocalBlobStoreTests : BlobContract, IDisposable
{
    private readonly TempFolder _folder = new();

    private protected override IBlobStore Store => LocalBlobStore.Create(_folder.Combine("blobs")).Ok();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Link_below_the_root_is_not_followed()
    {
        var outside = _folder.WriteFile("outside/secret", "secret");
        _folder.CreateFolder("blobs");
        File.CreateSymbolicLink(_folder.Combine("blobs", "out"), _folder.Combine("outside"));
        File.CreateSymbolicLink(_folder.Combine("blobs", "file"), outside);
        foreach (var key in (string[])["out/secret", "file", "out/new"])
        {
            using var content = new MemoryStream([1]);
            (await Store.ReadAsync(key, default)).Fails(AdapterFailures.BadKey);
            (await Store.WriteAsync(key, content, default)).Fails(AdapterFailures.BadKey);
            (await Store.DeleteAsync(key, default)).Fails(AdapterFailures.BadKey);
        }

        Assert.Equal(["secret"], Directory.GetFiles(_folder.Combine("outside")).Select(static path => Path.GetFileName(path)), StringComparer.Ordinal);
        Assert.Empty((await Store.ListAsync(string.Empty, default)).Ok());
    }

    [Fact]
    public async Task Write_that_breaks_off_leaves_what_was_there()
    {
        await WriteAsync("kept", "old");
        await using var broken = new BrokenStream();
        await Assert.ThrowsAsync<InvalidDataException>(() => Store.WriteAsync("kept", broken, default));
        Assert.Equal("old", Encoding.UTF8.GetString((await Store.ReadAsync("kept", default)).Ok().Span));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Combine("blobs")));
        await WriteAsync("file", "x");
        (await Store.WriteAsync("file/below", Stream.Null, default)).Fails(AdapterFailures.BlobUnavailable);
    }

    [Fact]
    public void Root_must_be_absolute()
    {
        LocalBlobStore.Create(string.Empty).Fails(AdapterFailures.BadSetting);
        LocalBlobStore.Create("here").Fails(AdapterFailures.BadSetting);
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new InvalidDataException("broken");
    }
}

/// <summary>S3, on loopback.</summary>
public sealed class S3BlobStoreTests : BlobContract, IAsyncLifetime
{
    private S3Server _server = null!;
    private S3BlobStore _store = null!;

    private protected override IBlobStore Store => _store;

    private S3Options Options => new()
    {
        Bucket = S3Server.Bucket, Prefix = "runs/", Endpoint = new Uri(_server.Url), PathStyle = true, Region = "eu-test-1", Credentials = (S3Server.AccessKey, S3Server.SecretKey), Retries = 1,
    };

    public async Task InitializeAsync()
    {
        _server = await S3Server.StartAsync();
        _store = S3BlobStore.Create(Options).Ok();
    }

    public async Task DisposeAsync()
    {
        _store.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Parts_are_used_from_8_MiB_and_aborted_when_one_fails()
    {
        await WriteAsync("small", "x");
        Assert.Equal("runs/small", Assert.Single(_server.Objects).Key);
        Assert.DoesNotContain("POST uploads", _server.Operations, StringComparer.Ordinal);
        _server.BrokenPart = 2;
        using var content = new MemoryStream(new byte[20 * 1024 * 1024]);
        Assert.Contains("EntityTooSmall", (await _store.WriteAsync("large", content, default)).Fails(AdapterFailures.BlobUnavailable).Message);
        Assert.Empty(_server.Uploads);
        Assert.False(_server.Objects.ContainsKey("runs/large"));
        Assert.Contains("POST uploads", _server.Operations, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Absent_is_false_and_forbidden_is_a_failure()
    {
        Assert.False((await _store.ExistsAsync("none", default)).Ok());
        _server.Forbidden = "runs/mine";
        (await _store.ExistsAsync("mine", default)).Fails(AdapterFailures.BlobDenied);
        (await _store.ReadAsync("mine", default)).Fails(AdapterFailures.BlobDenied);
        using var other = S3BlobStore.Create(Options with { Bucket = "other" }).Ok();
        (await other.ReadAsync("none", default)).Fails(AdapterFailures.BlobUnavailable);
    }

    [Fact]
    public async Task Signature_of_another_key_is_refused_and_a_busy_service_tried_again()
    {
        using var wrong = S3BlobStore.Create(Options with { Credentials = (S3Server.AccessKey, "another") }).Ok();
        Assert.Contains("SignatureDoesNotMatch", (await wrong.ReadAsync("any", default)).Fails(AdapterFailures.BlobDenied).Message);
        using var unknown = S3BlobStore.Create(Options with { Credentials = ("AKNOBODY", S3Server.SecretKey) }).Ok();
        (await unknown.ListAsync(string.Empty, default)).Fails(AdapterFailures.BlobDenied);
        _server.Busy = 1;
        Assert.Empty((await _store.ListAsync(string.Empty, default)).Ok());
    }

    [Fact]
    public void Settings_that_are_missing_are_told_when_the_adapter_is_made()
    {
        Assert.Contains("bucket", S3BlobStore.Create(Options with { Bucket = string.Empty }).Fails(AdapterFailures.BadSetting).Message);
        S3BlobStore.Create(Options with { Endpoint = new Uri("here", UriKind.Relative) }).Fails(AdapterFailures.BadSetting);
    }
}
