using System.Collections.Immutable;
using System.Globalization;

namespace Slipway.Training.Plots;

/// <summary>An axis: which values are marked, and where a value is.</summary>
internal sealed class PlotAxis
{
    private const int Marks = 6;
    private const double Roundest = 1e-9;
    private const double Smallest = 1e-300;
    private readonly Func<double, double> _scale;
    private readonly (double From, double To) _values;
    private readonly (double From, double To) _places;

    private PlotAxis(Func<double, double> scale, (double From, double To) values, (double From, double To) places, ImmutableArray<(double Value, string Label)> ticks) =>
        (_scale, _values, _places, Ticks) = (scale, (scale(values.From), scale(values.To)), places, ticks);

    internal ImmutableArray<(double Value, string Label)> Ticks { get; }

    /// <summary>An axis whose marks are 1, 2 or 5 times a power of ten apart, from a mark to a mark.</summary>
    internal static PlotAxis Linear(IEnumerable<double> values, double from, double to)
    {
        var (least, most) = Range(values, (0, 1));
        if (most - least <= Math.Max(Math.Max(Math.Abs(least), Math.Abs(most)) * Roundest, Smallest))
        {
            var room = Math.Max(Math.Abs(most) / 10, 0.5);
            (least, most) = (least - room, most + room);
        }

        var gap = Gap(((most / 2) - (least / 2)) / Marks * 2);
        var (first, last) = (Math.Floor((least / gap) + Roundest), Math.Ceiling((most / gap) - Roundest));
        var ticks = Enumerable.Range(0, (int)(last - first) + 1).Select(i => ((first + i) * gap, Label((first + i) * gap, gap))).ToImmutableArray();
        return new PlotAxis(static value => value, (first * gap, last * gap), (from, to), ticks);
    }

    /// <summary>An axis whose marks are powers of ten.</summary>
    internal static PlotAxis Logarithmic(IEnumerable<double> values, double from, double to)
    {
        var (least, most) = Range(values, (0.1, 1));
        var (first, last) = ((int)Math.Floor(Math.Log10(least) + Roundest), (int)Math.Ceiling(Math.Log10(most) - Roundest));
        last = Math.Max(last, first + 1);
        var every = ((last - first - 1) / (2 * Marks)) + 1;
        var ticks = Enumerable.Range(0, ((last - first) / every) + 1)
            .Select(i => (Math.Pow(10, first + (i * every)), string.Create(CultureInfo.InvariantCulture, $"1e{first + (i * every)}"))).ToImmutableArray();
        return new PlotAxis(Math.Log10, (Math.Pow(10, first), Math.Pow(10, last)), (from, to), ticks);
    }

    internal double Place(double value) => _places.From + ((_scale(value) - _values.From) / (_values.To - _values.From) * (_places.To - _places.From));

    private static (double Least, double Most) Range(IEnumerable<double> values, (double, double) none)
    {
        var list = values.ToList();
        return list.Count > 0 ? (list.Min(), list.Max()) : none;
    }

    private static double Gap(double wanted)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(wanted)));
        return (wanted / power) switch { <= 1 + Roundest => 1, <= 2 + Roundest => 2, <= 5 + Roundest => 5, _ => 10 } * power;
    }

    private static string Label(double value, double gap)
    {
        var decimals = (int)Math.Max(0, -Math.Floor(Math.Log10(gap) + Roundest));
        var format = Math.Abs(value) >= 1e6 || decimals > 4 ? "G4" : "0." + new string('#', decimals);

        // A mark at zero may come out as a tiny number or as -0.
        return (Math.Abs(value) < gap / 2 ? 0 : value).ToString(format, CultureInfo.InvariantCulture);
    }
}
