using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.Core.Text;

namespace Slipway.Core.Contracts;

/// <summary>Compares a JSON value with a <see cref="Shape"/>, and collects everything that does not fit.</summary>
internal sealed partial class ShapeCheck
{
    // What a hostile document may make us say.
    private const int MostProblems = 100;

    private readonly List<ContractProblem> _problems = [];

    /// <summary>Everything that does not fit, in the order of the document.</summary>
    public static IReadOnlyList<ContractProblem> Of(JsonElement value, Shape shape)
    {
        var check = new ShapeCheck();
        check.Visit(value, shape, string.Empty);
        return check._problems;
    }

    private void Visit(JsonElement value, Shape shape, string pointer)
    {
        switch (shape)
        {
            case Shape.Fields fields:
                VisitFields(value, fields, pointer);
                break;
            case Shape.List list when value.ValueKind is JsonValueKind.Array:
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    Visit(item, list.Item, ContractProblem.Join(pointer, index++));
                }

                break;
            default:
                if (WhatIsWrong(value, shape) is { } wrong)
                {
                    Add(pointer, wrong);
                }

                break;
        }
    }

    private void VisitFields(JsonElement value, Shape.Fields shape, string pointer)
    {
        if (value.ValueKind is not JsonValueKind.Object)
        {
            Add(pointer, $"must be an object, and is {Kind(value)}");
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            var at = ContractProblem.Join(pointer, member.Name);
            if (!seen.Add(member.Name))
            {
                Add(at, "is given twice");
            }
            else if (shape.Members.FirstOrDefault(field => string.Equals(field.Name, member.Name, StringComparison.Ordinal)) is not { } field)
            {
                VisitUnknown(shape, member.Name, at);
            }
            else if (!field.IsNullable || member.Value.ValueKind is not JsonValueKind.Null)
            {
                Visit(member.Value, field.Shape, at);
            }
        }

        foreach (var field in shape.Members.Where(field => field.IsRequired && !seen.Contains(field.Name)))
        {
            Add(ContractProblem.Join(pointer, field.Name), "is missing");
        }
    }

    private void VisitUnknown(Shape.Fields shape, string name, string at)
    {
        if (!shape.IsOpen)
        {
            var nearest = NearestName.Of(name, shape.Members.Select(field => field.Name));
            Add(at, $"is not a field of {shape.Title}{(nearest is null ? string.Empty : $"; did you mean {nearest}?")}");
        }
    }

    private static string? WhatIsWrong(JsonElement value, Shape shape) => (shape, value.ValueKind) switch
    {
        (Shape.List, _) => $"must be a list, and is {Kind(value)}",
        (Shape.Flag, JsonValueKind.True or JsonValueKind.False) => null,
        (Shape.Flag, _) => $"must be true or false, and is {Kind(value)}",
        (Shape.Whole whole, JsonValueKind.Number) => !value.TryGetInt64(out var number) ? "must be a whole number"
            : whole.Only is { } only && number != only ? $"must be {only}" : null,
        (Shape.Whole, _) => $"must be a whole number, and is {Kind(value)}",
        (_, not JsonValueKind.String) => $"must be a text, and is {Kind(value)}",
        (Shape.Text { IsFilled: true }, _) => string.IsNullOrWhiteSpace(value.GetString()) ? "must not be empty" : null,
        (Shape.Instant, _) => InstantForm().IsMatch(value.GetString()!) && value.TryGetDateTimeOffset(out var ignored) ? null : "must be a time by RFC 3339, as in 2026-01-31T12:00:00Z",
        (Shape.Choice choice, _) => choice.Names.Contains(value.GetString()!, StringComparer.Ordinal) ? null : $"must be one of {string.Join(", ", choice.Names)}",
        _ => null,
    };

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    private void Add(string pointer, string message)
    {
        if (_problems.Count < MostProblems)
        {
            _problems.Add(new ContractProblem(Shown.Line(pointer), message));
        }
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$", RegexOptions.CultureInvariant)]
    private static partial Regex InstantForm();
}
