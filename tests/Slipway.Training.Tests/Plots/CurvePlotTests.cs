using System.Text.Json;
using System.Xml.Linq;
using Slipway.TestKit;
using Slipway.Training.Plots;

namespace Slipway.Training.Tests.Plots;

public sealed class CurvePlotTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Two_curves_with_a_gap() => Snapshot.Match(new CurvePlot("Loss & <reward>",
    [
        new("train_mean_nll", [new(0, 5.57), new(10, 2.1), new(20, null), new(30, 0.9), new(40, double.NaN), new(50, 0.7), new(60, 0.6)]),
        new("test/nll", [new(0, 5.6), new(60, 0.8)]),
    ]).ToSvg());

    [Fact]
    public void Logarithmic_axis_has_powers_of_ten()
    {
        var svg = Parse(new CurvePlot("lr", [new("lr", [new(0, 1e-2), new(1, 3e-4), new(2, 0), new(3, -1)])]) { IsLogarithmic = true });
        Assert.Equal("1e-4 1e-3 1e-2", string.Join(' ', Labels(svg, "end")));
        Assert.Equal("M72 44L704 238.9", svg.Elements(Svg + "path").First().Attribute("d")!.Value);
        Assert.Contains("least 0.0003, most 0.01", svg.Element(Svg + "desc")!.Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1, "0 0.2 0.4 0.6 0.8 1")]
    [InlineData(0.36, 0.97, "0.2 0.4 0.6 0.8 1")]
    [InlineData(-3, 7, "-4 -2 0 2 4 6 8")]
    [InlineData(0, 12345678, "0 5E+06 1E+07 1.5E+07")]
    [InlineData(5, 5, "4.4 4.6 4.8 5 5.2 5.4 5.6")]
    [InlineData(0, 0.00003, "0 5E-06 1E-05 1.5E-05 2E-05 2.5E-05 3E-05")]
    public void Marks_are_round(double least, double most, string marks) =>
        Assert.Equal(marks, string.Join(' ', Labels(Parse(new CurvePlot("x", [new("x", [new(0, least), new(1, most)])])), "end")));

    [Fact]
    public void Plot_without_values_says_so()
    {
        var svg = Parse(new CurvePlot("x", [new("x", [new(0, null)])]));
        Assert.Contains("no values", Labels(svg, "middle"), StringComparer.Ordinal);
        Assert.Contains("x has no values", svg.Element(Svg + "desc")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Curve_is_read_from_rows_of_metrics()
    {
        using var rows = JsonDocument.Parse("""[{"step":0,"a":1},{"step":1},{"step":2,"a":null},{"step":3,"a":2}]""");
        Assert.Equal([new CurvePoint(0, 1), new CurvePoint(2, null), new CurvePoint(3, 2)], Curve.Of(rows.RootElement.EnumerateArray(), "a").Points.ToArray());
    }

    [Fact]
    public void Any_values_make_a_picture_whose_curves_are_within() => Property.Check(300, static gen =>
    {
        var curves = gen.List(
            static g => new Curve(g.Text(0, 8), [.. g.List(static h => new CurvePoint(h.Int(-5, 1000), Value(h)), 0, 8).OrderBy(static point => point.Step)]), 0, 7);
        var plot = new CurvePlot(gen.Text(0, 20), [.. curves]) { IsLogarithmic = gen.Bool(), StepLabel = gen.Text(0, 5) };
        var svg = Parse(plot);
        Assert.Equal(plot.ToSvg(), plot.ToSvg());
        Assert.True(Labels(svg, "end").Count is > 1 and < 20);
        foreach (var place in svg.Elements(Svg + "path").Select(static path => path.Attribute("d")!.Value).Where(static path => !path.Contains('h', StringComparison.Ordinal)).SelectMany(static path => path.Split('M', 'L')).Where(static place => place.Length > 0))
        {
            var numbers = place.Split(' ').Select(static number => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture)).ToList();
            Assert.InRange(numbers[0], 71.9, 704.1);
            Assert.InRange(numbers[1], 43.9, 300.1);
        }
    });

    private static double? Value(Gen gen) => gen.Int(0, 6) switch
    {
        0 => null,
        1 => double.NaN,
        2 => double.PositiveInfinity,
        3 => BitConverter.ToDouble(gen.Bytes(8, 8)),
        _ => gen.Int(-1000, 1000) / 7.0,
    };

    private static XElement Parse(CurvePlot plot) => XElement.Parse(plot.ToSvg());

    private static List<string> Labels(XElement svg, string anchor) =>
        [.. svg.Elements(Svg + "text").Where(text => text.Attribute("text-anchor")!.Value == anchor).Select(static text => text.Value)];
}
