using System.Collections.Immutable;
using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Training.Ports;

namespace Slipway.Training.Adapters.Blobs;

/// <summary>Blobs in S3. What is larger than 8 MB is written in parts, and is there when the last of them is.</summary>
public sealed class S3BlobStore : IBlobStore, IDisposable
{
    private const int PartBytes = 8 * 1024 * 1024;
    private readonly AmazonS3Client _client;
    private readonly S3Options _options;

    private S3BlobStore(AmazonS3Client client, S3Options options) => (_client, _options) = (client, options);

    /// <inheritdoc/>
    public string Name => "s3";

    /// <inheritdoc/>
    public bool IsSimulated => false;

    /// <summary>Makes the adapter. Credentials are looked for by the first request.</summary>
    public static Result<S3BlobStore> Create(S3Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options switch
        {
            { Bucket: null or "" } => AdapterFailures.Missing("s3", "bucket"),
            { Endpoint: { IsAbsoluteUri: false } } => AdapterFailures.Wrong("s3", $"endpoint is {options.Endpoint}, and must be an absolute URL."),
            { Prefix: ['/', ..] } => AdapterFailures.Wrong("s3", $"prefix is {options.Prefix}, and must not begin with a slash."),
            _ => Connect(options),
        };
    }

    /// <inheritdoc/>
    public async Task<Result<ReadOnlyMemory<byte>>> ReadAsync(string key, CancellationToken cancellationToken)
    {
        if (!(await OpenReadAsync(key, cancellationToken).ConfigureAwait(false)).TryGet(out var stream, out var failure))
        {
            return failure;
        }

        await using var closing = stream.ConfigureAwait(false);
        using var content = new MemoryStream();
        return await GuardAsync<ReadOnlyMemory<byte>>(key, async () =>
        {
            await stream.CopyToAsync(content, cancellationToken).ConfigureAwait(false);
            return (ReadOnlyMemory<byte>)content.GetBuffer().AsMemory(0, (int)content.Length);
        }).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<Result<Stream>> OpenReadAsync(string key, CancellationToken cancellationToken) => GuardAsync<Stream>(key, async () =>
    {
        var response = await _client.GetObjectAsync(new GetObjectRequest { BucketName = _options.Bucket, Key = Full(key) }, cancellationToken).ConfigureAwait(false);
        return response.ResponseStream;
    });

    /// <inheritdoc/>
    public Task<Result<Unit>> WriteAsync(string key, Stream content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        return GuardAsync<Unit>(key, async () =>
        {
            var part = new byte[PartBytes];
            var count = await content.ReadAtLeastAsync(part, PartBytes, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (count == PartBytes)
            {
                await WritePartsAsync(Full(key), part, content, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                using var body = new MemoryStream(part, 0, count, writable: false);
                var request = new PutObjectRequest { BucketName = _options.Bucket, Key = Full(key), InputStream = body, UseChunkEncoding = false, AutoCloseStream = false };
                await _client.PutObjectAsync(request, cancellationToken).ConfigureAwait(false);
            }

            return Unit.Value;
        });
    }

    /// <inheritdoc/>
    public Task<Result<bool>> ExistsAsync(string key, CancellationToken cancellationToken) => GuardAsync<bool>(key, async () =>
    {
        try
        {
            await _client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = _options.Bucket, Key = Full(key) }, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode is HttpStatusCode.NotFound)
        {
            return false;
        }
    });

    /// <inheritdoc/>
    public Task<Result<Unit>> DeleteAsync(string key, CancellationToken cancellationToken) => GuardAsync<Unit>(key, async () =>
    {
        await _client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = _options.Bucket, Key = Full(key) }, cancellationToken).ConfigureAwait(false);
        return Unit.Value;
    });

    /// <inheritdoc/>
    public Task<Result<ImmutableArray<string>>> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return GuardAsync<ImmutableArray<string>>(key: null, async () =>
        {
            var keys = new List<string>();
            var request = new ListObjectsV2Request { BucketName = _options.Bucket, Prefix = Full(prefix) };
            ListObjectsV2Response response;
            do
            {
                response = await _client.ListObjectsV2Async(request, cancellationToken).ConfigureAwait(false);
                keys.AddRange((response.S3Objects ?? []).Select(found => found.Key[_options.Prefix.Length..]));
                request.ContinuationToken = response.NextContinuationToken;
            }
            while (response.IsTruncated is true);
            return keys.Order(BlobKeys.Order).ToImmutableArray();
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static Result<S3BlobStore> Connect(S3Options options)
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.PathStyle,
            MaxErrorRetry = options.Retries,

            // Services that speak like S3 do not know the newer checksums; what is signed has a digest all the same.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.AbsoluteUri;
            config.AuthenticationRegion = options.Region ?? "us-east-1";
        }
        else if (options.Region is { } region)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        try
        {
            var client = options.Credentials is var (access, secret) ? new AmazonS3Client(new BasicAWSCredentials(access, secret), config) : new AmazonS3Client(config);
            return new S3BlobStore(client, options);
        }
        catch (AmazonClientException exception)
        {
            return AdapterFailures.Wrong("s3", exception.Message);
        }
    }

    private async Task WritePartsAsync(string key, byte[] part, Stream content, CancellationToken cancellationToken)
    {
        var upload = await _client.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = _options.Bucket, Key = key }, cancellationToken).ConfigureAwait(false);
        var isDone = false;
        try
        {
            var tags = new List<PartETag>();
            for (var count = part.Length; count > 0 || tags.Count == 0;)
            {
                using var body = new MemoryStream(part, 0, count, writable: false);
                var sent = await _client.UploadPartAsync(
                    new UploadPartRequest { BucketName = _options.Bucket, Key = key, UploadId = upload.UploadId, PartNumber = tags.Count + 1, PartSize = count, InputStream = body, UseChunkEncoding = false },
                    cancellationToken).ConfigureAwait(false);
                tags.Add(new PartETag(tags.Count + 1, sent.ETag));
                count = await content.ReadAtLeastAsync(part, PartBytes, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            }

            await _client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest { BucketName = _options.Bucket, Key = key, UploadId = upload.UploadId, PartETags = tags }, cancellationToken).ConfigureAwait(false);
            isDone = true;
        }
        finally
        {
            if (!isDone)
            {
                // Parts that nobody completes are kept, and paid for.
                await AbortAsync(key, upload.UploadId).ConfigureAwait(false);
            }
        }
    }

    private async Task AbortAsync(string key, string upload)
    {
        try
        {
            await _client.AbortMultipartUploadAsync(new AbortMultipartUploadRequest { BucketName = _options.Bucket, Key = key, UploadId = upload }, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is AmazonClientException or AmazonServiceException or HttpRequestException)
        {
            // What failed before says more.
        }
    }

    private string Full(string key) => _options.Prefix + key;

    private async Task<Result<T>> GuardAsync<T>(string? key, Func<Task<Result<T>>> action)
        where T : notnull
    {
        if (key is not null && BlobKeys.Problem(key) is { } problem)
        {
            return problem;
        }

        var place = $"s3://{_options.Bucket}/{_options.Prefix}{key}";
        try
        {
            return await action().ConfigureAwait(false);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode is HttpStatusCode.NotFound && exception.ErrorCode is not "NoSuchBucket")
        {
            return BlobKeys.None(key ?? string.Empty);
        }
        catch (AmazonServiceException exception) when (exception.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized)
        {
            return new Failure(AdapterFailures.BlobDenied, $"{place} is refused: {Shown.Quote(exception.Message)}.");
        }
        catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException or IOException)
        {
            return new Failure(AdapterFailures.BlobUnavailable, $"{place}: {Shown.Quote(exception.Message)}.");
        }
    }
}
