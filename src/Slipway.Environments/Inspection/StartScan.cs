using System.Collections.Immutable;

namespace Slipway.Environments.Inspection;

/// <summary>Finds what runs at every start: the rules of Python's <c>site</c> module, read and not executed.</summary>
internal sealed class StartScan
{
    private static readonly string[] CustomizeModules = ["sitecustomize", "usercustomize"];

    private readonly ImmutableArray<StartCode>.Builder _code = ImmutableArray.CreateBuilder<StartCode>();
    private readonly ImmutableArray<OutsidePath>.Builder _paths = ImmutableArray.CreateBuilder<OutsidePath>();
    private readonly ImmutableArray<string>.Builder _unreadable = ImmutableArray.CreateBuilder<string>();

    /// <summary>What runs.</summary>
    public ImmutableArray<StartCode> Code => _code.ToImmutable();

    /// <summary>Directories elsewhere that are put on <c>sys.path</c>.</summary>
    public ImmutableArray<OutsidePath> Paths => _paths.ToImmutable();

    /// <summary>Files that could not be read.</summary>
    public ImmutableArray<string> Unreadable => _unreadable.ToImmutable();

    /// <summary>Adds what a folder holds.</summary>
    public void Add(SiteFolder site)
    {
        AddStartFiles(site);
        AddCustomizeModules(site);
    }

    /// <summary>Adds the files of a folder that Python reads where packages are installed.</summary>
    public void AddStartFiles(SiteFolder site)
    {
        foreach (var name in site.Names("*.pth"))
        {
            Each(site, name, (number, line) => AddPathLine(site, name, number, line));
        }

        foreach (var name in site.Names("*.start"))
        {
            Each(site, name, (number, line) => _code.Add(new StartCode(StartKind.StartFile, $"{site.Folder}/{name}", number, line)));
        }
    }

    /// <summary>Adds the modules of a folder that Python imports from anywhere on <c>sys.path</c>.</summary>
    public void AddCustomizeModules(SiteFolder site)
    {
        // A module may be a file of any ending, an extension or a folder.
        foreach (var name in CustomizeModules.SelectMany(module => site.Names(module).Concat(site.Names($"{module}.*"))).Distinct(StringComparer.Ordinal))
        {
            _code.Add(new StartCode(StartKind.CustomizeModule, $"{site.Folder}/{name}", 0, string.Empty));
        }
    }

    private void Each(SiteFolder site, string name, Action<int, string> use)
    {
        if (site.Lines(name) is not { } lines)
        {
            _unreadable.Add($"{site.Folder}/{name}");
            return;
        }

        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Trim().Length > 0 && lines[i][0] != '#')
            {
                use(i + 1, lines[i].TrimEnd());
            }
        }
    }

    private void AddPathLine(SiteFolder site, string name, int number, string line)
    {
        if (line.StartsWith("import ", StringComparison.Ordinal) || line.StartsWith("import\t", StringComparison.Ordinal))
        {
            _code.Add(new StartCode(StartKind.PathFileImport, $"{site.Folder}/{name}", number, line));
        }
        else if (!site.IsInside(line))
        {
            _paths.Add(new OutsidePath($"{site.Folder}/{name}", number, line));
        }
    }
}
