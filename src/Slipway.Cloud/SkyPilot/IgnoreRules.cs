using System.Text;
using Slipway.Core.Failures;
using Slipway.Machines.Files;

namespace Slipway.Cloud.SkyPilot;

/// <summary>
/// What is left out of an upload: the rules of <c>.skyignore</c> in the folder itself, else those of every <c>.gitignore</c> on the way, as gitignore(5) has them: the last rule that
/// fits decides, <c>!</c> takes back, a slash that is not last binds the rule to its folder, a slash at the end means folders alone, and <c>**</c> stands for any folders.
/// </summary>
internal sealed class IgnoreRules
{
    private const int MostBytes = 1 << 20;
    private readonly string _root;
    private readonly bool _nested;
    private readonly Dictionary<string, List<Rule>> _byFolder = new(StringComparer.Ordinal);

    private IgnoreRules(string root, bool nested)
    {
        _root = root;
        _nested = nested;
    }

    /// <summary>The rules of a folder.</summary>
    /// <param name="root">Its absolute path.</param>
    public static Result<IgnoreRules> Of(string root)
    {
        var nested = !LocalFiles.Exists(Path.Combine(root, ".skyignore"));
        var rules = new IgnoreRules(root, nested);
        if (nested)
        {
            return rules;
        }

        return rules.Load(string.Empty, ".skyignore").Map(_ => rules);
    }

    /// <summary>Reads the rules that a folder adds; to be called before its entries are asked about.</summary>
    /// <param name="folder">Its path within the root; empty for the root.</param>
    public Result<Unit> Enter(string folder) => _nested ? Load(folder, ".gitignore") : Unit.Value;

    /// <summary>Whether an entry is left out; its folder is not.</summary>
    /// <param name="path">Its path within the root, with slashes.</param>
    /// <param name="isFolder">Whether it is a folder.</param>
    public bool Ignores(string path, bool isFolder)
    {
        // The nearest folder's rules come last, so they are asked first.
        for (var folder = Parent(path); ; folder = Parent(folder))
        {
            if (_byFolder.TryGetValue(folder, out var rules))
            {
                var relative = (folder.Length == 0 ? path : path[(folder.Length + 1)..]).Split('/');
                for (var at = rules.Count - 1; at >= 0; at--)
                {
                    if (rules[at].Fits(relative, isFolder))
                    {
                        return !rules[at].TakesBack;
                    }
                }
            }

            if (folder.Length == 0)
            {
                return false;
            }
        }
    }

    private static string Parent(string path) => path.LastIndexOf('/') is >= 0 and var slash ? path[..slash] : string.Empty;

    private Result<Unit> Load(string folder, string name)
    {
        var file = Path.Combine(_root, folder, name);
        if (!LocalFiles.Exists(file))
        {
            return Unit.Value;
        }

        return LocalFiles.Read(file, MostBytes).Map(bytes =>
        {
            _byFolder[folder] = [.. Encoding.UTF8.GetString(bytes).Split('\n').Select(Rule.Read).OfType<Rule>()];
            return Unit.Value;
        });
    }

    private sealed record Rule(string[] Parts, bool TakesBack, bool FoldersOnly)
    {
        public static Rule? Read(string line)
        {
            var text = line.TrimEnd('\r').TrimEnd('\t');
            while (text.EndsWith(' ') && !text.EndsWith("\\ ", StringComparison.Ordinal))
            {
                text = text[..^1];
            }

            if (text.Length == 0 || text[0] == '#')
            {
                return null;
            }

            var back = text[0] == '!';
            text = back ? text[1..] : text;
            var folders = text.EndsWith('/');
            text = folders ? text[..^1] : text;
            var anchored = text.Contains('/', StringComparison.Ordinal);
            var parts = text.TrimStart('/').Split('/');
            return text.Length == 0 ? null : new Rule(anchored ? parts : ["**", .. parts], back, folders);
        }

        public bool Fits(string[] path, bool isFolder) => (isFolder || !FoldersOnly) && Fits(Parts, path);

        private static bool Fits(ReadOnlySpan<string> parts, ReadOnlySpan<string> path)
        {
            if (parts.Length == 0)
            {
                return path.Length == 0;
            }

            if (parts[0] != "**")
            {
                return path.Length > 0 && Glob.Fits(parts[0], path[0]) && Fits(parts[1..], path[1..]);
            }

            // At the end it stands for everything within, not for the folder itself.
            for (var skip = parts.Length == 1 ? 1 : 0; skip <= path.Length; skip++)
            {
                if (Fits(parts[1..], path[skip..]))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
