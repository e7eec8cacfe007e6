using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Slipway.Training.Logs;

namespace Slipway.Training.Plots;

/// <summary>A point of a curve.</summary>
/// <param name="Step">The step.</param>
/// <param name="Value">The value; null or not a number where there is none, which leaves a gap.</param>
public readonly record struct CurvePoint(double Step, double? Value);

/// <summary>A curve.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Points">Its points, by step.</param>
public sealed record Curve(string Name, ImmutableArray<CurvePoint> Points)
{
    /// <summary>The curve of a metric in the rows of a file of metrics; rows without it leave no gap, for some metrics come only now and then.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="step">The member with the step.</param>
    public static Curve Of(IEnumerable<JsonElement> rows, string metric, string step = "step")
    {
        var points = ImmutableArray.CreateBuilder<CurvePoint>();
        foreach (var row in rows)
        {
            if (row.TryGetProperty(metric, out var value) && row.TryGetProperty(step, out var at) && at.ValueKind is JsonValueKind.Number)
            {
                points.Add(new CurvePoint(at.GetDouble(), value.ValueKind is JsonValueKind.Number ? value.GetDouble() : null));
            }
        }

        return new Curve(metric, points.ToImmutable());
    }
}

/// <summary>Draws curves over steps as SVG, the same text for the same curves. It is read in light and in dark, and tells in words what it shows.</summary>
public sealed record CurvePlot(string Title, ImmutableArray<Curve> Curves)
{
    private const double Width = 720;
    private const double Left = 72;
    private const double Right = 704;
    private const double Top = 44;
    private const double Bottom = 300;
    private const int LegendRow = 18;

    // Beyond it nothing is told apart, and sums overflow; NaN and infinities are not below it.
    private const double Largest = 1e300;

    // Each told apart also without colour, by its dashes.
    private static readonly ImmutableArray<(string Light, string Dark, string Dashes)> Looks =
    [
        ("#1f5fbf", "#7fb2ff", string.Empty), ("#b3470a", "#ffa366", "6 3"), ("#1b7a3d", "#6fd696", "2 3"),
        ("#8a2f8f", "#dd9be3", "9 3 2 3"), ("#6b5d00", "#e0cf5a", "12 4"), ("#5a5a5a", "#b8b8b8", "4 2"),
    ];

    /// <summary>What the steps are called.</summary>
    public string StepLabel { get; init; } = "step";

    /// <summary>Whether values are shown by their logarithm; those that are not above 0 are gaps then.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>The SVG.</summary>
    public string ToSvg()
    {
        var points = Curves.SelectMany(static curve => curve.Points).Where(IsShown).ToList();
        var steps = PlotAxis.Linear(points.Select(static point => point.Step), Left, Right);
        var values = points.Select(static point => point.Value!.Value);
        var axis = IsLogarithmic ? PlotAxis.Logarithmic(values, Bottom, Top) : PlotAxis.Linear(values, Bottom, Top);
        var height = Bottom + 48 + (LegendRow * Curves.Length);
        var svg = new StringBuilder(Invariant($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-labelledby=\"title desc\">\n"))
            .Append("<title id=\"title\">").Append(MarkupText.Escape(Title)).Append("</title>\n<desc id=\"desc\">").Append(MarkupText.Escape(Words())).Append("</desc>\n");
        AppendStyle(svg);
        AppendLine(svg, "title", Left, 24, "start", Title);
        AppendAxes(svg, steps, axis);
        for (var i = 0; i < Curves.Length; i++)
        {
            AppendCurve(svg, Curves[i], i % Looks.Length, steps, axis);
            var y = Bottom + 52 + (LegendRow * i);
            svg.Append(Invariant($"<path class=\"c{i % Looks.Length}\" d=\"M{Left} {y}h28\"/>\n"));
            AppendLine(svg, "label", Left + 36, y + 4, "start", Curves[i].Name);
        }

        if (points.Count == 0)
        {
            AppendLine(svg, "label", (Left + Right) / 2, (Top + Bottom) / 2, "middle", "no values");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void AppendStyle(StringBuilder svg)
    {
        svg.Append("<style>text{font:12px system-ui,sans-serif;fill:#222}.title{font-size:15px;font-weight:600}.grid{stroke:#8884}.frame{stroke:#888}path{fill:none;stroke-width:2;stroke-linejoin:round}");
        for (var i = 0; i < Looks.Length; i++)
        {
            svg.Append(Invariant($".c{i}{{stroke:{Looks[i].Light}{(Looks[i].Dashes.Length > 0 ? $";stroke-dasharray:{Looks[i].Dashes}" : string.Empty)}}}.d{i}{{fill:{Looks[i].Light}}}"));
        }

        svg.Append("@media(prefers-color-scheme:dark){text{fill:#ddd}");
        for (var i = 0; i < Looks.Length; i++)
        {
            svg.Append(Invariant($".c{i}{{stroke:{Looks[i].Dark}}}.d{i}{{fill:{Looks[i].Dark}}}"));
        }

        svg.Append("}</style>\n");
    }

    private void AppendAxes(StringBuilder svg, PlotAxis steps, PlotAxis values)
    {
        foreach (var (value, label) in values.Ticks)
        {
            svg.Append(Invariant($"<line class=\"grid\" x1=\"{Left}\" y1=\"{At(values.Place(value))}\" x2=\"{Right}\" y2=\"{At(values.Place(value))}\"/>\n"));
            AppendLine(svg, "label", Left - 8, values.Place(value) + 4, "end", label);
        }

        foreach (var (step, label) in steps.Ticks)
        {
            svg.Append(Invariant($"<line class=\"frame\" x1=\"{At(steps.Place(step))}\" y1=\"{Bottom}\" x2=\"{At(steps.Place(step))}\" y2=\"{Bottom + 5}\"/>\n"));
            AppendLine(svg, "label", steps.Place(step), Bottom + 18, "middle", label);
        }

        svg.Append(Invariant($"<line class=\"frame\" x1=\"{Left}\" y1=\"{Bottom}\" x2=\"{Right}\" y2=\"{Bottom}\"/>\n"));
        AppendLine(svg, "label", (Left + Right) / 2, Bottom + 34, "middle", StepLabel);
    }

    // A value between two gaps is a dot: a line of one point is not seen.
    private void AppendCurve(StringBuilder svg, Curve curve, int look, PlotAxis steps, PlotAxis values)
    {
        var (path, dots, run) = (new StringBuilder(), new StringBuilder(), new List<string>());
        foreach (var point in curve.Points.Append(default))
        {
            if (IsShown(point))
            {
                run.Add($"{At(steps.Place(point.Step))} {At(values.Place(point.Value!.Value))}");
                continue;
            }

            if (run.Count == 1)
            {
                var place = run[0].Split(' ');
                dots.Append(Invariant($"<circle class=\"d{look}\" cx=\"{place[0]}\" cy=\"{place[1]}\" r=\"3\"/>\n"));
            }
            else if (run.Count > 1)
            {
                path.Append('M').AppendJoin('L', run);
            }

            run.Clear();
        }

        svg.Append(path.Length > 0 ? $"<path class=\"c{look}\" d=\"{path}\"/>\n" : string.Empty).Append(dots);
    }

    private string Words() => string.Join(" ", Curves.Select(curve =>
    {
        var shown = curve.Points.Where(IsShown).ToList();
        return shown.Count == 0
            ? $"{curve.Name} has no values."
            : string.Create(CultureInfo.InvariantCulture, $"{curve.Name} goes from {shown[0].Value:G4} at {StepLabel} {shown[0].Step:G6} to {shown[^1].Value:G4} at {StepLabel} {shown[^1].Step:G6}, least {shown.Min(static point => point.Value):G4}, most {shown.Max(static point => point.Value):G4}.");
    }));

    private bool IsShown(CurvePoint point) => Math.Abs(point.Step) < Largest && point.Value is { } value && Math.Abs(value) < Largest && (!IsLogarithmic || value > 1 / Largest);

    private static void AppendLine(StringBuilder svg, string look, double x, double y, string anchor, string text) => svg
        .Append(Invariant($"<text class=\"{look}\" x=\"{At(x)}\" y=\"{At(y)}\" text-anchor=\"{anchor}\">")).Append(MarkupText.Escape(text)).Append("</text>\n");

    private static string At(double place) => Math.Round(place, 1).ToString("0.#", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
