using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Runs.Gpus;
using Slipway.TestKit;

namespace Slipway.Runs.Tests.Gpus;

public sealed class GpuTextTests
{
    [Fact]
    public void Every_row_is_read_whatever_the_driver_does_not_tell() => Snapshot.Match(
        Show("two", GpuSamples.Two, string.Empty, GpuSamples.TwoApps) + Show("divided", GpuSamples.Divided, GpuSamples.DividedList, GpuSamples.DividedApps)
        + Show("divided without parts", GpuSamples.Divided, string.Empty, string.Empty) + Show("silent", GpuSamples.Silent, string.Empty, "nonsense\n[N/A], x, 3\n")
        + Show("none", "No devices were found\n", string.Empty, string.Empty) + Show("empty", string.Empty, string.Empty, string.Empty));

    [Theory]
    [InlineData("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.")]
    [InlineData("Failed to initialize NVML: Driver/library version mismatch")]
    [InlineData("0, GPU-1, x")]
    [InlineData("x, GPU-1, name, 1, 2, 3, Disabled")]
    [InlineData("0, $(touch x), name, 1, 2, 3, Disabled")]
    public void Another_text_is_no_gpu(string text)
    {
        var failure = GpuText.Parse(text, string.Empty, string.Empty).Failure;
        Assert.Equal(GpuFailures.Unreadable, failure.Code);
        Assert.Equal(text, failure.Detail);
    }

    [Fact]
    public void Any_text_is_read_or_refused() => Property.Check(2000, gen =>
    {
        var parsed = GpuText.Parse(gen.Mutate(gen.Pick(GpuSamples.Two, GpuSamples.Divided, GpuSamples.Silent)), gen.Mutate(GpuSamples.DividedList), gen.Mutate(GpuSamples.DividedApps));
        Assert.All(parsed.IsOk ? parsed.Value : [], static unit => Assert.True(unit.Id.Length == 0 || unit.LockName.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'), unit.Id));
    });

    [Theory]
    [InlineData("2", 2, "")]
    [InlineData("0,1", 2, "0 1")]
    [InlineData("=0", 1, "0")]
    [InlineData("0:1, GPU-1-2", 2, "0:1 GPU-1-2")]
    public void Selection_is_a_count_or_places(string text, int count, string names)
    {
        var selection = GpuSelection.Parse(text).Value;
        Assert.Equal((count, names), (selection.Count, string.Join(' ', selection.Names)));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("0,0")]
    [InlineData("0,,1")]
    [InlineData("1000000")]
    [InlineData("GPU-$(x)")]
    [InlineData("all")]
    public void Selection_that_means_nothing_is_refused(string text) => Assert.Equal(GpuFailures.SelectionInvalid, GpuSelection.Parse(text).Failure.Code);

    [Theory]
    [InlineData("1", null, "0")]
    [InlineData("2", "RUN0604", "1 of 2")]
    [InlineData("3", "RUN0603", "h has 2")]
    [InlineData("=1", "RUN0604", "40517 MB used, 97 % busy")]
    [InlineData("0,2", "RUN0603", "no GPU 2; it has 0, 1")]
    [InlineData("0,GPU-11111111-aaaa-bbbb-cccc-000000000001", "RUN0605", "twice")]
    [InlineData("GPU-11111111-aaaa-bbbb-cccc-000000000001", null, "0")]
    public void Free_ones_are_chosen(string selection, string? code, string says)
    {
        var chosen = GpuSelection.Parse(selection).Value.Choose(Units(GpuSamples.Two), new GpuPolicy(), "h");
        Assert.Equal(code, chosen.IsOk ? null : chosen.Failure.Code.Id);
        Assert.Contains(says, chosen.IsOk ? string.Join(' ', chosen.Value.Select(static unit => unit.Place)) : chosen.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_figures_hinder_nothing_limits_are_allowed_themselves_and_reserved_is_busy()
    {
        var silent = Units(GpuSamples.Silent);
        Assert.Equal("0 1 2", string.Join(' ', Choose("3", silent).Value.Select(static unit => unit.Place)));
        Assert.Equal(GpuFailures.Busy, Choose("3", silent.SetItem(0, silent[0] with { IsReserved = true })).Failure.Code);
        Assert.Equal("1001 MB used, utilisation unknown", new GpuPolicy().WhyBusy(silent[0] with { MemoryUsed = 1001 }));
        Assert.Equal("memory unknown, 6 % busy", new GpuPolicy().WhyBusy(silent[0] with { Utilization = 6 }));
        var divided = GpuText.Parse(GpuSamples.Divided, GpuSamples.DividedList, GpuSamples.DividedApps).Value;
        Assert.Equal("MIG-GPU-22222222-aaaa-bbbb-cccc-000000000001/11/0 GPU-22222222-aaaa-bbbb-cccc-000000000002", string.Join(' ', Choose("2", divided).Value.Select(static unit => unit.Id)));
        Assert.Contains("name its parts: 0:0, 0:1", Choose("=0", divided).Failure.Message, StringComparison.Ordinal);
        Assert.Equal(GpuFailures.None, Choose("1", []).Failure.Code);
    }

    private static Result<ImmutableArray<GpuUnit>> Choose(string selection, ImmutableArray<GpuUnit> units) => GpuSelection.Parse(selection).Value.Choose(units, new GpuPolicy(), "h");

    private static ImmutableArray<GpuUnit> Units(string text) => GpuText.Parse(text, string.Empty, string.Empty).Value;

    private static string Show(string title, string query, string list, string apps) => $"{title}\n" + string.Concat(GpuText.Parse(query, list, apps).Value.Select(static unit =>
        $"  [{unit.Place}] {unit.Id} '{unit.Name}' memory {Or(unit.MemoryUsed)}/{Or(unit.MemoryTotal)} busy {Or(unit.Utilization)} processes {string.Join(' ', unit.Processes.Select(static process => $"{process.Id}:{Or(process.Memory)}"))} lock {unit.LockName}"
        + $" => {new GpuPolicy().WhyBusy(unit) ?? "free"}\n"));

    private static string Or(long? value) => value?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "?";
}
