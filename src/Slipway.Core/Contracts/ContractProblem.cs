namespace Slipway.Core.Contracts;

/// <summary>One thing that is wrong with a contract document.</summary>
/// <param name="Pointer">Where: a JSON pointer (RFC 6901).</param>
/// <param name="Message">What: a clause that follows the pointer.</param>
public sealed record ContractProblem(string Pointer, string Message)
{
    /// <summary>For people: <c>/bindings/0/binding_id is missing</c>.</summary>
    public override string ToString() => $"{(Pointer.Length == 0 ? "the document" : Pointer)} {Message}";

    /// <summary>The pointer of a member of an object.</summary>
    internal static string Join(string pointer, string name) =>
        $"{pointer}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    /// <summary>The pointer of an element of a list.</summary>
    internal static string Join(string pointer, int index) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{pointer}/{index}");
}
