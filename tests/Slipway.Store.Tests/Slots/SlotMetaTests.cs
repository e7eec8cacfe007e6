using System.Collections.Immutable;
using System.Text;
using Slipway.Store.Slots;
using Slipway.Store.Tests.Support;
using Slipway.TestKit;

namespace Slipway.Store.Tests.Slots;

/// <summary>The record that publishes a slot.</summary>
public sealed class SlotMetaTests
{
    private static readonly string Valid = Encoding.UTF8.GetString(StoreFixture.Meta(StoreFixture.Slot(1)).ToBytes());

    [Fact]
    public void Meta_round_trips_for_generated_content() => Property.Check(100, static gen =>
    {
        var meta = StoreFixture.Meta(StoreFixture.Slot(gen.Int(0, 99)), gen.Text(0, 30)) with
        {
            Inputs = [.. gen.List(static g => new SlotInput(g.Text(0, 9), g.Unicode(0, 9)), 0, 9)],
            Warnings = [.. gen.List(static g => g.Text(0, 60), 0, 3)],
            Lock = gen.Unicode(0, 500),
            Activation = new SlotActivation(
                ImmutableSortedDictionary<string, string>.Empty.Add("A", gen.Text(0, 9)),
                ImmutableSortedDictionary<string, string>.Empty.Add("PATH", gen.Text(0, 9)),
                ["PYTHONHOME"]),
        };
        var bytes = meta.ToBytes();
        var read = SlotMeta.Read(bytes, "meta.json").Ok();
        Assert.Equal(meta.Title, read.Title);
        Assert.Equal(meta.Inputs.AsEnumerable(), read.Inputs.AsEnumerable());
        Assert.Equal(meta.Lock, read.Lock);
        Assert.Equal(meta.CreatedAt, read.CreatedAt);
        Assert.Equal(bytes, read.ToBytes());
    });

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"schema\":null}")]
    [InlineData("{\"schema\":\"slipway.environment/2\"}")]
    [InlineData("{\"schema\":\"slipway.environment/1\"}")]
    public void Meta_that_is_no_record_is_a_failure_that_names_the_file(string text)
    {
        var failure = SlotMeta.Read(Encoding.UTF8.GetBytes(text), "/s/meta.json").Fails(StoreFailures.UnreadableRecord);
        Assert.Contains("/s/meta.json", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Meta_of_another_schema_is_named_as_such_whatever_fields_it_has()
    {
        var failure = SlotMeta.Read("{\"schema\":\"slipway.environment/2\",\"slots\":[1]}"u8, "m").Fails(StoreFailures.UnreadableRecord);
        Assert.Contains("'slipway.environment/2'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Meta_with_damage_anywhere_never_throws() => Property.Check(300, static gen =>
    {
        var result = SlotMeta.Read(Encoding.UTF8.GetBytes(gen.Mutate(Valid)), "m");
        Assert.True(result.IsOk || result.Failure.Code == StoreFailures.UnreadableRecord);
        _ = result.IsOk ? result.Value.ToBytes() : [];
    });

    [Fact]
    public void Meta_without_optional_fields_reads_as_if_they_were_empty()
    {
        var at = Valid.IndexOf("  \"warnings\"", StringComparison.Ordinal);
        var end = Valid.IndexOf('\n', at);
        var read = SlotMeta.Read(Encoding.UTF8.GetBytes(Valid.Remove(at, end - at)), "m").Ok();
        Assert.Empty(read.Warnings);
        Assert.False(read.Mutable);
        Assert.Equal(Valid, Encoding.UTF8.GetString(read.ToBytes()));
    }

    [Theory]
    [InlineData("inputs")]
    [InlineData("warnings")]
    [InlineData("activation")]
    [InlineData("title")]
    [InlineData("lock")]
    public void Meta_with_null_for_a_field_is_refused(string field)
    {
        var at = Valid.IndexOf($"\"{field}\": ", StringComparison.Ordinal);
        Assert.True(at > 0);
        var nulled = $"{Valid[..at]}\"{field}\": null, \"was_{field}\": {Valid[(at + field.Length + 4)..]}";
        SlotMeta.Read(Encoding.UTF8.GetBytes(nulled), "m").Fails(StoreFailures.UnreadableRecord);
    }
}
