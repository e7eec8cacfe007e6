using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Slipway.Core.Contracts;
using Slipway.TestKit;
using Slipway.Workers.Connections;
using Slipway.Workers.Frames;
using Slipway.Workers.Tests.Support;

namespace Slipway.Workers.Tests.Operations;

/// <summary>What every environment can do, and how operations fail.</summary>
public sealed class OperationTests(LocalPlace place) : IClassFixture<LocalPlace>
{
    private const int Limit = 60_000;

    [Fact(Timeout = Limit)]
    public async Task Describe_tells_what_there_is()
    {
        await using var worker = await place.OpenAsync();
        var told = (await worker.CallAsync(new WorkerCall("describe"), default)).Ok().Values;
        Assert.Equal(Pythons.Default.Version.ToString(), told.GetProperty("python").GetString());
        Assert.Equal("cpu", told.GetProperty("devices")[0].GetProperty("name").GetString());
        Assert.Equal(worker.Info.Operations, told.GetProperty("operations").EnumerateArray().Select(static name => name.GetString()!), StringComparer.Ordinal);
        Assert.Contains("hang", worker.Info.Operations, StringComparer.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData("module", "WRK0202", "slipway_no_such_module")]
    [InlineData("input", "WRK0203", "colour is missing")]
    [InlineData("exit", "WRK0201", "SystemExit: 4")]
    [InlineData("nan", "WRK0201", "not JSON compliant")]
    [InlineData("tensor", "WRK0201", "x is a object")]
    [InlineData("any", "WRK0201", "RuntimeError: it says nothing ?")]
    public async Task Failure_of_an_operation_is_coded_and_leaves_the_worker(string how, string code, string words)
    {
        await using var worker = await place.OpenAsync();
        var failed = await worker.CallAsync(WorkerCall.Of("fail", new JsonObject { ["how"] = how }), default);
        Assert.False(failed.IsOk);
        Assert.Equal(code, failed.Failure.Code.Id);
        Assert.Contains(words, failed.Failure.Message);
        Assert.Equal(how is not "input", failed.Failure.Detail is not null);
        Assert.True(how is not "module" || failed.Failure.Remedy.Contains("slipway_no_such_module", StringComparison.Ordinal));
        Assert.Contains("there are audio_generation,", (await worker.CallAsync(new WorkerCall("nothing"), default)).Fails(WorkerFailures.UnknownOperation).Message);
    }

    [Fact(Timeout = Limit)]
    public async Task References_that_are_not_ready_or_not_of_here_are_refused()
    {
        var host = new WorkerHost(place.Host);
        var ready = await place.PublishAsync(Pythons.Default.FullPath);
        foreach (var state in Enum.GetValues<DependencyState>().Where(static state => state is not DependencyState.Ready))
        {
            Assert.Contains("dependency environment first", (await host.OpenAsync(ready with { State = state, EnvId = "e" }, WorkerOptions.Default, default)).Fails(WorkerFailures.NotReady).Remedy);
        }

        (await host.OpenAsync(ready with { Host = "gpu1" }, WorkerOptions.Default, default)).Fails(WorkerFailures.WrongEnvironment);
        (await host.OpenAsync(ready with { Slot = null }, WorkerOptions.Default, default)).Fails(WorkerFailures.WrongEnvironment);
        (await host.OpenAsync(ready with { PythonExecutable = "/usr/bin/other" }, WorkerOptions.Default, default)).Fails(WorkerFailures.WrongEnvironment);
        (await host.OpenAsync(ready with { Slot = new string('0', 40) + "-00000000" }, WorkerOptions.Default, default)).Fails(WorkerFailures.EnvironmentGone);
        (await host.OpenAsync(ready with { ContractVersion = 2 }, WorkerOptions.Default, default)).Fails(ContractJson.UnknownVersion);
        var answer = (await host.RunAsync(ready, new WorkerCall("echo"), WorkerOptions.Default, default)).Ok();
        Assert.Empty(answer.Tensors);
    }

    [Fact(Timeout = Limit)]
    public async Task Synthesis_makes_a_real_sound_the_same_one_each_time()
    {
        await using var worker = await place.OpenAsync();
        var arguments = new JsonObject { ["prompt"] = "a sad slow tune", ["duration"] = 1.5, ["seed"] = 7 };
        var first = (await worker.CallAsync(WorkerCall.Of("audio_generation", arguments), default)).Ok();
        var wav = first.Find("audio")!.Bytes;
        Assert.Equal((1.5, 22050, 7), (first.Values.GetProperty("duration_seconds").GetDouble(), first.Values.GetProperty("sample_rate").GetInt32(), first.Values.GetProperty("seed_used").GetInt32()));
        Assert.Equal("RIFF"u8.ToArray(), wav.Span[..4].ToArray());
        Assert.Equal((44 + (2 * 33075), (ushort)16, 22050), (wav.Length, BinaryPrimitives.ReadUInt16LittleEndian(wav.Span[34..]), BinaryPrimitives.ReadInt32LittleEndian(wav.Span[24..])));
        Assert.True(Loudest(wav.Span) > 8000, "There is hardly a sound.");
        Assert.True((await worker.CallAsync(WorkerCall.Of("audio_generation", arguments), default)).Ok().Find("audio")!.Bytes.Span.SequenceEqual(wav.Span));
        arguments["seed"] = 8;
        Assert.False((await worker.CallAsync(WorkerCall.Of("audio_generation", arguments), default)).Ok().Find("audio")!.Bytes.Span.SequenceEqual(wav.Span));

        arguments["seed"] = 7;
        arguments["scratch_directory"] = place.Folder.CreateFolder("scratch");
        var filed = (await worker.CallAsync(WorkerCall.Of("audio_generation", arguments), default)).Ok();
        Assert.Empty(filed.Tensors);
        Assert.True(File.ReadAllBytes(filed.Values.GetProperty("audio_path").GetString()!).AsSpan().SequenceEqual(wav.Span));
    }

    [Theory(Timeout = Limit)]
    [InlineData("{\"duration\":1}", "prompt is missing")]
    [InlineData("{\"prompt\":7}", "prompt is no text")]
    [InlineData("{\"prompt\":\"x\",\"duration\":-1}", "duration is -1.0, and must lie between")]
    [InlineData("{\"prompt\":\"x\",\"duration\":true}", "duration is no number")]
    [InlineData("{\"prompt\":\"x\",\"seed\":1.5}", "seed is no whole number")]
    [InlineData("{\"prompt\":\"x\",\"colour\":1}", "colour is not known here")]
    [InlineData("{\"prompt\":\"x\",\"inference_settings\":[]}", "inference_settings is no object")]
    [InlineData("{\"prompt\":\"x\",\"backend\":\"y\"}", "backend is y, and must be one of")]
    [InlineData("{\"prompt\":\"x\",\"backend\":\"stable_audio\",\"model_path\":\"m\"}", "model_path is m, which is not absolute")]
    public async Task Wrong_argument_is_named(string arguments, string words)
    {
        await using var worker = await place.OpenAsync();
        var failure = (await worker.CallAsync(WorkerCall.Of("audio_generation", JsonNode.Parse(arguments)!.AsObject()), default)).Fails(WorkerFailures.BadInput);
        Assert.Contains(words, failure.Message);
    }

    private static int Loudest(ReadOnlySpan<byte> wav)
    {
        var loudest = 0;
        for (var at = 44; at + 1 < wav.Length; at += 2)
        {
            loudest = Math.Max(loudest, Math.Abs((int)BinaryPrimitives.ReadInt16LittleEndian(wav[at..])));
        }

        return loudest;
    }
}
