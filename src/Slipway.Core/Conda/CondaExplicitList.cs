using System.Collections.Immutable;
using Slipway.Core.Failures;
using Slipway.Core.Text;

namespace Slipway.Core.Conda;

/// <summary>An explicit list: after a line <c>@EXPLICIT</c>, the URL and hash of every package.</summary>
/// <param name="Packages">The packages in the order of the list.</param>
public sealed record CondaExplicitList(ImmutableArray<CondaPackage> Packages)
{
    private const string Mark = "@EXPLICIT";
    private const string Sha256 = "sha256:";

    /// <summary>Whether a text is an explicit list, well-formed or not.</summary>
    public static bool IsMarked(string text) => text.Split('\n').Any(line => line.StartsWith(Mark, StringComparison.Ordinal));

    /// <summary>The list as a text.</summary>
    public string ToText() => string.Concat(Packages.Select(package => $"{package.ToExplicitLine()}\n").Prepend($"{Mark}\n"));

    /// <summary>Reads a list.</summary>
    /// <param name="text">The list: lines <c>URL#md5</c> or <c>URL#sha256:…</c>; blank lines and comments are skipped.</param>
    /// <param name="source">Its name for messages.</param>
    /// <returns>The list, or <see cref="CoreFailures.CondaLockInvalid"/> with its line.</returns>
    public static Result<CondaExplicitList> Parse(string text, string source)
    {
        ArgumentNullException.ThrowIfNull(text);
        var packages = ImmutableArray.CreateBuilder<CondaPackage>();
        var lines = text.Split('\n');
        if (!IsMarked(text))
        {
            return CoreFailures.CondaLockInvalid.Because($"There is no line {Mark}.", new FailureLocation(source, 1, 1));
        }

        for (var index = 0; index < lines.Length; index++)
        {
            var line = lines[index].Trim();
            if (line.Length == 0 || line[0] == '#' || line.StartsWith(Mark, StringComparison.Ordinal))
            {
                continue;
            }

            var at = new FailureLocation(source, index + 1, 1, Shown.Line(lines[index].TrimEnd('\r')));
            if (!Package(line, at).TryGet(out var package, out var failure))
            {
                return failure;
            }

            packages.Add(package);
        }

        return new CondaExplicitList(packages.ToImmutable());
    }

    private static Result<CondaPackage> Package(string line, FailureLocation at)
    {
        var end = line.LastIndexOf('#');
        var (url, hash) = end < 0 ? (line, string.Empty) : (line[..end], line[(end + 1)..]);
        return hash.StartsWith(Sha256, StringComparison.Ordinal) ? CondaPackage.Create(url, hash[Sha256.Length..], string.Empty, at)
            : CondaPackage.Create(url, string.Empty, hash, at);
    }
}
