using Slipway.TestKit;
using Slipway.Training.Adapters.Data;
using Slipway.Training.Datasets;
using Slipway.Training.Ports;
using Slipway.Workers.Tests.Support;

namespace Slipway.Training.Adapters.Tests.Data;

public sealed class DatasetStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Files_directories_and_built_in_datasets_are_found_by_their_names()
    {
        using var store = Make();
        Assert.Equal(9, (await LoadAsync(store, "builtin:successor")).Ok().Count);
        (await LoadAsync(store, "builtin:none")).Fails(TrainingFailures.UnknownBuiltin);
        var file = _folder.WriteFile("rows/test.jsonl", "{\"a\":1}\n{\"a\":\"ü\"}\n");
        Assert.Equal((2, file), ((await LoadAsync(store, file)).Ok().Count, (await LoadAsync(store, file)).Ok().Origin));
        Assert.Equal(2, (await LoadAsync(store, _folder.Combine("rows"), "test")).Ok().Count);
        Assert.Contains("train.jsonl", (await LoadAsync(store, _folder.Combine("rows"))).Fails(AdapterFailures.UnknownDataset).Message);
        Assert.Contains("parquet", (await LoadAsync(store, "rows.parquet")).Fails(AdapterFailures.UnreadableDataset).Message);
        (await LoadAsync(store, _folder.WriteFile("rows.csv", "a,b"))).Fails(AdapterFailures.UnreadableDataset);
        Assert.Contains("builtin:arithmetic", (await LoadAsync(store, "nothing")).Fails(AdapterFailures.UnknownDataset).Message);
    }

    [Theory]
    [InlineData("{\"a\":1}\n{\"a\":}\n", 2)]
    [InlineData("{\"a\":1}\n{\"a\":2}\n[3]\n", 3)]
    [InlineData("{\"a\":1}\n\n{\"a\":2}\n", 2)]
    public async Task Bad_line_is_named(string text, int line)
    {
        using var store = Make();
        var path = _folder.WriteFile("bad.jsonl", text);
        var failure = (await LoadAsync(store, path)).Fails(TrainingFailures.BadRow);
        Assert.Equal((path, line), (failure.Location!.Source, failure.Location.Line));
    }

    [Fact]
    public async Task Line_that_is_no_utf8_is_named()
    {
        using var store = Make();
        var path = _folder.Combine("latin.jsonl");
        await File.WriteAllBytesAsync(path, [.. "{\"a\":1}\n{\"a\":\""u8, 0xE9, .. "\"}\n{}\n"u8]);
        Assert.Equal(2, (await LoadAsync(store, path)).Fails(TrainingFailures.BadRow).Location!.Line);
    }

    [Fact]
    public async Task Python_file_is_run_by_who_may()
    {
        var path = _folder.WriteFile("data.py", "-");
        using var refusing = Make();
        (await LoadAsync(refusing, path)).Fails(AdapterFailures.UnreadableDataset);
        using var store = DatasetStore.Create(Options, hub: null, static (file, split, _) => Task.FromResult<Core.Failures.Result<Dataset>>(new Dataset([], $"{file}:{split}"))).Ok();
        Assert.Equal($"{path}:test", (await LoadAsync(store, path, "test")).Ok().Origin);
        (await LoadAsync(store, _folder.Combine("none.py"))).Fails(AdapterFailures.UnknownDataset);
    }

    [Fact]
    public void Settings_that_are_missing_are_told_when_the_adapter_is_made()
    {
        DatasetStore.Create(Options with { CacheDirectory = string.Empty }, hub: null, userCode: null).Fails(AdapterFailures.BadSetting);
        DatasetStore.Create(Options with { CacheDirectory = "here" }, hub: null, userCode: null).Fails(AdapterFailures.BadSetting);
    }

    private DatasetOptions Options => new() { CacheDirectory = _folder.Combine("cache") };

    private DatasetStore Make() => DatasetStore.Create(Options, hub: null, userCode: null).Ok();

    private static Task<Core.Failures.Result<Dataset>> LoadAsync(DatasetStore store, string id, string split = "train") =>
        store.LoadAsync(new DatasetRequest(id, Configuration: null, split, Revision: null), default);
}
