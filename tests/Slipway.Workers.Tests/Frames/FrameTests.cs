using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.TestKit;
using Slipway.Workers.Connections;
using Slipway.Workers.Frames;
using Slipway.Workers.Tests.Support;

namespace Slipway.Workers.Tests.Frames;

public sealed class FrameTests
{
    [Fact]
    public void Frames_survive_any_cut() => Property.Check(200, gen =>
    {
        var frames = gen.List(FrameGen.Frame, 1, 4);
        var bytes = frames.SelectMany(FrameGen.Bytes).ToArray();
        var read = new List<Frame>();
        var reader = new FrameReader(FrameLimits.Default, read.Add);
        for (var at = 0; at < bytes.Length;)
        {
            var count = Math.Min(gen.Int(1, gen.OneIn(3) ? 5000 : 7), bytes.Length - at);
            Assert.Null(reader.Append(bytes.AsSpan(at, count)));
            at += count;
        }

        Assert.False(reader.IsWithinFrame);
        Assert.Equal(frames.Select(FrameGen.Text), read.Select(FrameGen.Text), StringComparer.Ordinal);
    });

    [Fact]
    public void Garbage_is_a_coded_failure_and_never_an_exception() => Property.Check(3000, gen =>
    {
        var bytes = FrameGen.Bytes(FrameGen.Frame(gen));
        for (var i = gen.Int(1, 4); i > 0; i--)
        {
            bytes[gen.OneIn(2) ? gen.Int(0, Math.Min(bytes.Length, 60) - 1) : gen.Int(0, bytes.Length - 1)] = (byte)gen.Int(0, 255);
        }

        var reader = new FrameReader(new FrameLimits { MaxPayloadBytes = 1 << 20 }, static _ => { });
        if (reader.Append(bytes) is { } failure)
        {
            Assert.True(failure.Code == WorkerFailures.Garbage || failure.Code == WorkerFailures.VersionMismatch, failure.ToString());
            Assert.Same(failure, reader.Append("more"u8));
        }
    });

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"v\":1,\"id\":1}")]
    [InlineData("{\"v\":1,\"id\":-1,\"ok\":{}}")]
    [InlineData("{\"v\":1,\"id\":1.5,\"ok\":{}}")]
    [InlineData("{\"v\":1,\"id\":1,\"ok\":{},\"error\":{}}")]
    [InlineData("{\"v\":1,\"id\":1,\"ok\":[]}")]
    [InlineData("{\"v\":1,\"id\":1,\"op\":7}")]
    [InlineData("{\"v\":1,\"id\":1,\"ok\":{}} {}")]
    [InlineData("{\"v\":1,\"id\":1,\"ok\":{\"a\":\"\\ud800\"}}")]
    [InlineData("{\"v\":1,\"id\":1,\"ok\":{},\"tensors\":{}}")]
    [InlineData("{\"v\":1,\"id\":1,\"ok\":{},\"tensors\":[{\"name\":\"a\",\"dtype\":\"u8\",\"shape\":[9],\"offset\":0}]}")]
    [InlineData("{\"v\":1,\"id\":1,\"ok\":{},\"tensors\":[{\"name\":\"a\",\"dtype\":\"u8\",\"shape\":[1],\"offset\":8}]}")]
    [InlineData("{\"v\":1,\"id\":1,\"ok\":{},\"tensors\":[{\"name\":\"a\",\"dtype\":\"u8\",\"shape\":[-1],\"offset\":0}]}")]
    [InlineData("{\"v\":1,\"id\":1,\"ok\":{},\"tensors\":[{\"name\":\"a\",\"dtype\":\"c64\",\"shape\":[1],\"offset\":0}]}")]
    [InlineData("{\"v\":1,\"id\":1,\"ok\":{},\"tensors\":[{\"name\":\"a\",\"dtype\":\"u8\",\"shape\":[9223372036854775807,4],\"offset\":0}]}")]
    [InlineData("{\"v\":1,\"id\":1,\"ok\":{},\"tensors\":[{\"name\":\"a\",\"dtype\":\"u8\",\"shape\":[],\"offset\":0},{\"name\":\"a\",\"dtype\":\"u8\",\"shape\":[],\"offset\":0}]}")]
    public void Header_that_says_no_frame_is_refused_on_both_sides(string header)
    {
        var bytes = new byte[FrameLimits.PrefixBytes + header.Length + 8];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)header.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(4), 8);
        Encoding.ASCII.GetBytes(header, bytes.AsSpan(FrameLimits.PrefixBytes));
        var reader = new FrameReader(FrameLimits.Default, static frame => Assert.Fail(frame.ToString()));
        Assert.NotNull(reader.Append(bytes));
    }

    [Fact]
    public void Lengths_over_the_limits_are_refused_before_anything_is_kept()
    {
        foreach (var prefix in (string[])["ffffffff0000000000000000", "02000000ffffffffffffffff", "020000000104000000000000"])
        {
            var failure = new FrameReader(new FrameLimits { MaxPayloadBytes = 1024 }, static _ => { }).Append(Convert.FromHexString(prefix));
            Assert.Equal(WorkerFailures.Garbage, failure!.Code);
        }

        var frame = new Frame(1, FrameKind.Call, "echo", default, [Tensor.OfBytes("a", new byte[1025])]);
        FrameWriter.Write(frame, new FrameLimits { MaxPayloadBytes = 1024 }).Fails(WorkerFailures.TooLarge);
        FrameWriter.Write(frame with { Tensors = [Tensor.OfBytes("a", default), Tensor.OfBytes("a", default)] }, FrameLimits.Default).Fails(WorkerFailures.TensorInvalid);
        Assert.Throws<ArgumentException>(() => new Tensor("a", TensorType.F32, [2], new byte[7]));
    }

    [Fact]
    public void Another_version_is_told_apart_from_garbage()
    {
        var header = "{\"v\":2,\"id\":1,\"ok\":{}}"u8;
        var bytes = new byte[FrameLimits.PrefixBytes + header.Length];
        bytes[0] = (byte)header.Length;
        header.CopyTo(bytes.AsSpan(FrameLimits.PrefixBytes));
        Assert.Equal(WorkerFailures.VersionMismatch, new FrameReader(FrameLimits.Default, static _ => { }).Append(bytes)!.Code);
    }
}

/// <summary>Random frames.</summary>
internal static class FrameGen
{
    public static Frame Frame(Gen gen)
    {
        var kind = gen.Pick(FrameKind.Call, FrameKind.Answer, FrameKind.Error, FrameKind.Event);
        var names = gen.List(static g => g.Unicode(0, 5), 0, 4).Distinct(StringComparer.Ordinal);
        return new Frame(
            gen.Int(0, int.MaxValue), kind, kind is FrameKind.Call or FrameKind.Event ? gen.Text(0, 8) : string.Empty, Body(gen),
            [.. names.Select(name => Tensor(gen, name))]);
    }

    public static JsonElement Body(Gen gen)
    {
        var body = new JsonObject();
        for (var i = gen.Int(0, 4); i > 0; i--)
        {
            body[gen.Text(0, 6)] = Value(gen, 3);
        }

        return WorkerCall.Of("x", body).Arguments;
    }

    public static byte[] Bytes(Frame frame) => [.. FrameWriter.Write(frame, FrameLimits.Default).Ok().SelectMany(static piece => piece.ToArray())];

    public static string Text(Frame frame) => string.Create(null, stackalloc char[64],
        $"{frame.Id} {frame.Kind} {frame.Name} {JsonNode.Parse(frame.Body.GetRawText())!.ToJsonString()} ") + string.Join(';', frame.Tensors.Select(static tensor =>
        $"{tensor.Name} {tensor.Type.Name()} [{string.Join(',', tensor.Shape)}] {Convert.ToHexString(tensor.Bytes.Span)}"));

    private static Tensor Tensor(Gen gen, string name)
    {
        var type = gen.Pick(Enum.GetValues<TensorType>());
        var shape = gen.List(static g => (long)g.Int(0, 4), 0, 3).ToImmutableArray();
        var count = shape.Aggregate(1L, static (product, size) => product * size) * type.Size();
        return new Tensor(name, type, shape, type is TensorType.Bool ? new byte[count] : gen.Bytes((int)count, (int)count));
    }

    private static JsonNode? Value(Gen gen, int depth) => gen.Int(0, depth > 0 ? 6 : 4) switch
    {
        0 => null,
        1 => gen.Bool(),
        2 => gen.Int(int.MinValue, int.MaxValue),
        3 => gen.Int(-1000, 1000) / 8.0,
        4 => gen.Text(0, 12),
        5 => new JsonArray([.. gen.List(g => Value(g, depth - 1), 0, 3)]),
        _ => new JsonObject { [gen.Text(0, 4)] = Value(gen, depth - 1) },
    };
}
