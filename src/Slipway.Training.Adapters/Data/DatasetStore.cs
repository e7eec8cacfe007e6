using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Slipway.Core.Failures;
using Slipway.Core.Text;
using Slipway.Training.Adapters.Http;
using Slipway.Training.Datasets;
using Slipway.Training.Ports;

namespace Slipway.Training.Adapters.Data;

/// <summary>
/// Datasets: those that come with the program (<c>builtin:name</c>), JSON Lines (a file is the split that is asked for; a directory has <c>train.jsonl</c> and so on),
/// users' Python files, and datasets of the hub (<c>owner/name</c>). Parquet is not read: the hub's service gives rows of it.
/// </summary>
public sealed partial class DatasetStore : IDatasetStore, IDisposable
{
    private readonly HubRows? _hub;
    private readonly HttpService _http;
    private readonly Func<string, string, CancellationToken, Task<Result<Dataset>>>? _userCode;

    private DatasetStore(DatasetOptions options, IHubClient? hub, Func<string, string, CancellationToken, Task<Result<Dataset>>>? userCode)
    {
        _http = new HttpService(options.Handler, new HttpOptions { Time = options.Time });
        _hub = hub is null ? null : new HubRows(options, hub, _http);
        _userCode = userCode;
    }

    /// <inheritdoc/>
    public string Name => "files";

    /// <inheritdoc/>
    public bool IsSimulated => false;

    /// <summary>Makes the adapter.</summary>
    /// <param name="options">Where datasets are found.</param>
    /// <param name="hub">Tells the revisions of the hub's datasets; null when none is to be had.</param>
    /// <param name="userCode">Runs a Python file, given its absolute path and the split; null when none may be run.</param>
    public static Result<DatasetStore> Create(DatasetOptions options, IHubClient? hub, Func<string, string, CancellationToken, Task<Result<Dataset>>>? userCode)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options switch
        {
            { CacheDirectory: null or "" } => AdapterFailures.Missing("files", "cache_directory"),
            { CacheDirectory: [not '/', ..] } => AdapterFailures.Wrong("files", $"cache_directory is {options.CacheDirectory}, and must be an absolute path."),
            { RowsAddress.IsAbsoluteUri: false } => AdapterFailures.Wrong("files", $"the address of rows is {options.RowsAddress}, and must be absolute."),
            { PagesAtOnce: < 1 } => AdapterFailures.Wrong("files", "at least one page must be asked for at once."),
            _ => new DatasetStore(options, hub, userCode),
        };
    }

    /// <inheritdoc/>
    public Task<Result<Dataset>> LoadAsync(DatasetRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var id = request.Id;
        return id switch
        {
            _ when id.StartsWith(BuiltinDatasets.Prefix, StringComparison.Ordinal) => Task.FromResult(BuiltinDatasets.Load(id, request.Split)),
            _ when id.EndsWith(".py", StringComparison.Ordinal) => LoadUserCodeAsync(id, request.Split, cancellationToken),
            _ when id.EndsWith(".jsonl", StringComparison.Ordinal) => LoadFileAsync(id, cancellationToken),
            _ when Directory.Exists(id) => LoadFileAsync($"{id.TrimEnd('/')}/{request.Split}.jsonl", cancellationToken),
            _ when File.Exists(id) || id.EndsWith(".parquet", StringComparison.Ordinal) => Failed(
                AdapterFailures.UnreadableDataset, $"{id} is no .jsonl and no .py file; {(id.EndsWith(".parquet", StringComparison.Ordinal) ? "parquet" : "its form")} is not read here."),
            _ when Repository().IsMatch(id) && _hub is not null => _hub.LoadAsync(request, cancellationToken),
            _ => Failed(AdapterFailures.UnknownDataset, $"There is no dataset {Shown.Quote(id)}: no file of that name, and no owner/name. Built in are {string.Join(", ", BuiltinDatasets.Names)}."),
        };
    }

    /// <summary>The first rows of a split, to look at what they hold: of the hub at most a page, whose long cells may be cut; of anything else all.</summary>
    /// <param name="request">Which.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<Result<Dataset>> PeekAsync(DatasetRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _hub is not null && Repository().IsMatch(request.Id) && !Path.Exists(request.Id) && !request.Id.EndsWith(".jsonl", StringComparison.Ordinal) && !request.Id.EndsWith(".py", StringComparison.Ordinal)
            ? _hub.PeekAsync(request, cancellationToken)
            : LoadAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Reads JSON Lines.</summary>
    internal static async Task<Result<Dataset>> LoadFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var reader = new StreamReader(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
            return await JsonLines.ReadAsync(reader, path, cancellationToken).ConfigureAwait(false);
        }
        catch (DecoderFallbackException)
        {
            // In the other encoding every byte is a letter, and lines are the same.
            var line = File.ReadLines(path, Encoding.Latin1).TakeWhile(static text => Utf8.IsValid(Encoding.Latin1.GetBytes(text))).Count() + 1;
            return new Failure(TrainingFailures.BadRow, "The line is no UTF-8; each must be one JSON object.") { Location = new FailureLocation(path, line) };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Failure(AdapterFailures.UnknownDataset, $"{path} cannot be read: {exception.Message}");
        }
    }

    private Task<Result<Dataset>> LoadUserCodeAsync(string path, string split, CancellationToken cancellationToken) => _userCode switch
    {
        null => Failed(AdapterFailures.UnreadableDataset, $"{path} is a Python file, and this run has no worker for users' own code."),
        _ when !File.Exists(path) => Failed(AdapterFailures.UnknownDataset, $"There is no file {path}."),
        _ => _userCode(Path.GetFullPath(path), split, cancellationToken),
    };

    private static Task<Result<Dataset>> Failed(FailureCode code, string message) => Task.FromResult<Result<Dataset>>(new Failure(code, message));

    [GeneratedRegex(@"^[A-Za-z0-9][\w.-]*/[A-Za-z0-9_][\w.-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Repository();
}
