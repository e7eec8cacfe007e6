using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Failures;
using Slipway.Workers.Connections;
using Slipway.Workers.Frames;

namespace Slipway.Training.Adapters.UserCode;

/// <summary>Starts a worker in the environment that a Python file asks for.</summary>
/// <param name="path">The absolute path of the file.</param>
/// <param name="modules">The modules that the worker must get: <see cref="WorkerOptions.Modules"/>.</param>
/// <param name="cancellationToken">Ends the start.</param>
public delegate Task<Result<WorkerConnection>> OpenUserWorker(string path, ImmutableArray<WorkerModule> modules, CancellationToken cancellationToken);

/// <summary>A Python file of the user's, with the worker that runs it: started when it is first needed, and again after it ended.</summary>
internal sealed class UserFile(string path, OpenUserWorker open) : IAsyncDisposable
{
    private static readonly Lazy<WorkerModule> Module = new(static () =>
    {
        using var stream = typeof(UserFile).Assembly.GetManifestResourceStream("user_code.py")!;
        using var reader = new StreamReader(stream);
        return new WorkerModule("slipway_user_code", reader.ReadToEnd());
    });

    private readonly SemaphoreSlim _gate = new(1, 1);
    private WorkerConnection? _connection;

    public string Path => path;

    /// <summary>A file whose path is absolute and that is there.</summary>
    public static Result<UserFile> Find(string path, OpenUserWorker open)
    {
        ArgumentNullException.ThrowIfNull(path);
        return open is null ? AdapterFailures.Missing("user code", "a worker")
            : File.Exists(path) ? new UserFile(System.IO.Path.GetFullPath(path), open)
            : AdapterFailures.Wrong("user code", $"there is no file {path}.");
    }

    /// <summary>Calls a function for a batch of items, and reads what it gave for each.</summary>
    public async Task<Result<ImmutableArray<T>>> CallAsync<T>(string function, int count, Action<Utf8JsonWriter, int> writeItem, Func<JsonElement, int, Result<T>> read, CancellationToken cancellationToken)
        where T : notnull
    {
        if (count == 0)
        {
            return ImmutableArray<T>.Empty;
        }

        var arguments = new JsonObject { ["path"] = path, ["function"] = function };
        var called = await CallAsync("user_code_call", arguments, [Tensor.OfBytes("items", Items(count, writeItem))], cancellationToken).ConfigureAwait(false);
        if (!called.TryGet(out var answer, out var failure))
        {
            return failure;
        }

        using var disposing = answer;
        using var document = JsonDocument.Parse(answer.Find("answers")!.Bytes);
        var values = ImmutableArray.CreateBuilder<T>(count);
        foreach (var element in document.RootElement.EnumerateArray())
        {
            if (!read(element, values.Count).TryGet(out var value, out failure))
            {
                return failure;
            }

            values.Add(value);
        }

        return values.MoveToImmutable();
    }

    /// <summary>Calls an operation; what it tells of the user's code becomes a failure at its line.</summary>
    public async Task<Result<WorkerAnswer>> CallAsync(string operation, JsonObject arguments, ImmutableArray<Tensor> tensors, CancellationToken cancellationToken)
    {
        if (!(await ConnectAsync(cancellationToken).ConfigureAwait(false)).TryGet(out var connection, out var failure))
        {
            return failure;
        }

        var called = await connection.CallAsync(WorkerCall.Of(operation, arguments) with { Tensors = tensors }, cancellationToken).ConfigureAwait(false);
        return called.Then(answer => answer.Values.TryGetProperty("error", out var error) ? Told(error) : (Result<WorkerAnswer>)answer);
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<Result<WorkerConnection>> ConnectAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_connection is { Failure: null } live)
            {
                return live;
            }

            await DisposeAsync().ConfigureAwait(false);
            var opened = await open(path, [Module.Value], cancellationToken).ConfigureAwait(false);
            _connection = opened.IsOk ? opened.Value : null;
            return opened;
        }
        finally
        {
            _gate.Release();
        }
    }

    private Failure Told(JsonElement error)
    {
        var item = error.GetProperty("item").ValueKind is JsonValueKind.Number ? $"Item {error.GetProperty("item").GetInt32()}: " : string.Empty;
        var isAnswer = error.GetProperty("kind").ValueEquals("answer"u8);
        return new Failure(isAnswer ? AdapterFailures.UserCodeAnswer : AdapterFailures.UserCodeFailed, $"{item}{error.GetProperty("message").GetString()}.")
        {
            Location = new FailureLocation(path, error.GetProperty("line").GetInt32()),
            Detail = error.GetProperty("traceback").GetString(),
        };
    }

    private static byte[] Items(int count, Action<Utf8JsonWriter, int> writeItem)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartArray();
            for (var i = 0; i < count; i++)
            {
                writer.WriteStartObject();
                writeItem(writer, i);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return stream.ToArray();
    }
}
